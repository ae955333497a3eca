"""Terms that documents define: `gross revenue`, `cancellation rate`, `slow page view`.

`extract` finds definitions in the text of documents; `meaning` reads one with the grammar, so that
a question that uses the term is answered as the documents say.
"""

from __future__ import annotations

from app.semantic_parser.definitions.extract import Definition, find

__all__ = ["Definition", "find"]
