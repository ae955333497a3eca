"""SQL that a text shows must be SQL that ran."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.responders.grounding.corpus import Corpus
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Block, Text
from app.sql.lexer import Kind, scan

MESSAGE = "This SQL did not run."
_LANGUAGES = frozenset({"sql", "flink", "flinksql", "flink-sql", "flink_sql"})
_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*\(?\s*(?:"
    r"(?:SELECT|WITH|INSERT\s+INTO|CREATE|DROP|ALTER|EXPLAIN|UPDATE|DELETE\s+FROM"
    r"|WHERE|FROM|GROUP\s+BY|ORDER\s+BY|HAVING|(?:LEFT\s+|INNER\s+)?JOIN|LIMIT)\s+\S"
    r"|(?i:select)\s[^`]+\s(?i:from)\s)"
)
_GAP = re.compile(r"\[?(?:\.\.\.|…)\]?")
_FENCE = re.compile(r"^\s*(?:>\s*)*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)


def is_sql(code: str) -> bool:
    """Whether code is a statement or a clause, not only a name, a function or a keyword."""
    return _STATEMENT.match(_FENCE.sub("", code)) is not None


def doubts(read: Text, corpus: Corpus) -> Iterator[Doubt]:
    """SQL in code spans and fences that is no part of any query that ran."""
    places = [
        *((b.start, b.end, read.text[b.start : b.end]) for b in read.blocks if _shows_sql(read, b)),
        *((s.start, s.end, s.code) for s in read.spans if is_sql(s.code)),
    ]
    if not places:
        return
    ran = [_tokens(query) for query in corpus.queries]
    # Documents hold SQL too, and users ask about their own; neither is all SQL.
    told = [_spaced(text) for text in (*corpus.passages, *corpus.readings)]
    for start, end, code in places:
        pieces = [_tokens(piece) for piece in _GAP.split(_FENCE.sub("", code))]
        bare = _spaced(_FENCE.sub("", code))
        is_told = any(bare in text for text in told)
        if not is_told and not any(_in_order(pieces, text) for text in ran):
            yield Doubt(start, end, read.text[start:end], MESSAGE)


def _shows_sql(read: Text, block: Block) -> bool:
    if block.kind != "code":
        return False
    return block.language.lower() in _LANGUAGES or is_sql(read.text[block.start : block.end])


def _tokens(sql: str) -> str:
    """The tokens in one line, words in lower case: what is laid out otherwise is still the same."""
    said = (
        token.name.casefold() if token.kind in {Kind.WORD, Kind.QUOTED} else token.text
        for token in scan(sql)
    )
    return "\n".join(text for text in said if text not in {";", "`"})


def _spaced(text: str) -> str:
    return " ".join(text.casefold().split())


def _in_order(pieces: list[str], text: str) -> bool:
    at, text = 0, f"\n{text}\n"
    for piece in pieces:
        found = text.find(f"\n{piece}\n", at) if piece else at
        if found < 0:
            return False
        at = found + len(piece)
    return True
