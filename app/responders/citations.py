"""The final numbers of a text's markers.

While it writes, a model cites evidence by the numbers it was given, most of which it never uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answer import Source
from app.markers import MARKER, listed, numbers


def settled(text: str, evidence: Sequence[Source]) -> tuple[str, tuple[Source, ...]]:
    """The text with its markers numbered from 1 as they appear, and the sources that stay with it.

    Args:
        text: Markdown with markers.
        evidence: All that the model was given, numbered from 1.

    Returns:
        What is cited comes first, in the order of the text; then the results of queries that ran
        without being cited, since the answer's record is to be whole. A marker that has no source
        keeps its number, which is beyond those of all sources.
    """
    known = {source.number: source for source in evidence}
    cited = [known[n] for n in dict.fromkeys(numbers(text)) if n in known]
    kept = [*cited, *(s for s in evidence if s.result is not None and s not in cited)]
    anew = {source.number: number for number, source in enumerate(kept, 1)}

    def marked(match: re.Match[str]) -> str:
        return " ".join(f"[{anew.get(n, n)}]" for n in listed(match[1]))

    return MARKER.sub(marked, text), tuple(
        Source(number, source.evidence) for number, source in enumerate(kept, 1)
    )
