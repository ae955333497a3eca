"""Tables, columns and values that a text names and that do not exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from app.responders.grounding.corpus import Corpus
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Text, blanked
from app.responders.grounding.statements import is_sql
from app.sql.builtins import BUILTINS

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,3}")
_SNAKE = re.compile(r"(?<![\w.\\/@-])[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?![\w/-])")
_LITERALS = frozenset({"null", "true", "false"})


def doubts(read: Text, corpus: Corpus, names: Collection[str]) -> Iterator[Doubt]:
    """Names in back-ticks and words such as `order_id` that neither tables nor evidence have."""
    if not names:
        return
    known = _Names(corpus, names)
    found: dict[str, bool] = {}
    for start, name in _named(read):
        if name not in found:
            found[name] = known.has(name)
        if not found[name]:
            message = f"The name {name} in the text is no table or column, nor in the evidence."
            yield Doubt(start, start + len(name), name, message)


def _named(read: Text) -> Iterator[tuple[int, str]]:
    for block in read.blocks:
        if block.kind in {"quote", "code"}:
            continue
        for match in _SNAKE.finditer(read.said(block)):
            yield block.start + match.start(), match[0]
    for span in read.spans:
        code = span.code.strip()
        if _PATH.fullmatch(code):
            yield span.inside + span.code.index(code), code
        elif not is_sql(span.code):  # an expression: its functions and short words are no matter
            for match in _SNAKE.finditer(blanked(_STRING, span.code)):
                yield span.inside + match.start(), match[0]


_STRING = re.compile(r"'[^']*'")


class _Names:
    """What is known by name, whatever its case: a doubt about capitals helps nobody."""

    def __init__(self, corpus: Corpus, names: Collection[str]) -> None:
        self._corpus = corpus
        self._names = {name.casefold() for name in names}
        self._tables = {name.rpartition(".")[0] for name in self._names if "." in name}
        self._columns = {name.rpartition(".")[2] for name in self._names}
        self._text: str | None = None

    def has(self, name: str) -> bool:
        low = name.casefold()
        if low in self._names or low in _LITERALS or _is_of_sql(name):
            return True
        if self._occurs(low):
            return True
        table, _, column = low.rpartition(".")
        if not table:
            return low in self._columns
        if table in self._tables:  # its columns are known, and this is none of them
            return False
        return (table in self._names or self._occurs(table)) and (
            column in self._columns or self._occurs(column)
        )

    def _occurs(self, low: str) -> bool:
        if self._text is None:
            corpus = self._corpus
            texts = (
                *corpus.queries,
                *corpus.passages,
                *corpus.labels,
                *corpus.readings,
                *corpus.cells,
            )
            self._text = "\n".join(texts).casefold()
        at = self._text.find(low)
        while at >= 0:
            end = at + len(low)
            around = self._text[at - 1 : at] + self._text[end : end + 1]
            if not any(c.isalnum() or c == "_" for c in around):
                return True
            at = self._text.find(low, end)
        return False


def _is_of_sql(name: str) -> bool:
    """Functions, types and keywords are written in capitals."""
    return name.isupper() or name.upper() in BUILTINS
