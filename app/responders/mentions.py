"""Which tables a question mentions, and which of its words none of them knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import linking
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import tokenize

_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Mentions:
    """What the words of a question are to a catalog.

    Attributes:
        tables: How many of its words each table knows, by position in the catalog; a table that
            knows none is absent.
        unknown: The words that no table knows, as they were written.
    """

    tables: Mapping[int, int]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, question: str, catalog: Catalog, values: Values) -> Mentions:
        """The mentions of a question, small words left out."""
        known = linking.vocabulary(catalog, values)
        tables: Counter[int] = Counter()
        unknown: dict[str, None] = {}
        for token in tokenize(question[:_CHARACTERS]):
            if token.kind not in {"word", "code"} or token.text in STOP or len(token.text) < 2:
                continue
            knowing = linking.tables_knowing(known, token)
            tables.update(dict.fromkeys(knowing, 1))
            if not knowing:
                unknown[token.raw] = None
        return cls(tables, tuple(unknown))
