"""Brings a table file to a new schema version and keeps what was changed in it by hand.

`app.table_imports` gives three texts: the file, what an import would write for the schema version
that the file was made from, and what it would write for the new one. Only what differs between the
latter two is edited in the file; all else stays as it is, to the byte. Where the file itself was
changed at such a place, the hand-made text stays and a conflict says so. This is a three-way merge,
by columns, clauses and options instead of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.sql import lexer
from app.sql.lexer import Kind, Token

_KEY, _WATERMARK = "the primary key", "the watermark"
_CLAUSES = {("PRIMARY", "KEY"): _KEY, ("WATERMARK", "FOR"): _WATERMARK}
_REASON = "-- Event time is "
_NESTING = {"ROW", "ARRAY", "MAP", "MULTISET"}


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged file.

    Attributes:
        text: The whole of it.
        conflicts: Where a change by hand stayed though the schema changed, too; a sentence each.
    """

    text: str
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A column, a clause or an option of a statement, and where it and its parts stand.

    The parts of a column are what stands between its name and COMMENT, and its comment; the one
    part of an option is its value.
    """

    text: str = field(repr=False)  # the whole text that it stands in
    key: str
    start: int
    end: int
    kind: tuple[int, int]
    comment: tuple[int, int] | None = None

    @property
    def source(self) -> str:
        """As it is written."""
        return self.text[self.start : self.end]

    @property
    def kind_source(self) -> str:
        """Its first part as it is written."""
        return self.text[slice(*self.kind)]

    @property
    def comment_source(self) -> str:
        """Its comment as it is written, in quotes; empty where it has none."""
        return self.text[slice(*self.comment)] if self.comment else ""


class NoTable(ValueError):
    """A text holds no CREATE TABLE that can be taken apart."""


def merge(ours: str, base: str, theirs: str) -> Merged:
    """Merges what a new schema version changes into a file.

    Args:
        ours: The file as it is.
        base: What an import writes for the schema version that the file was made from.
        theirs: What it writes for the new version.

    Raises:
        NoTable: The file holds no statement that can be taken apart.
    """
    conflicts: list[str] = []
    text = _header(ours, base, theirs)
    for find in (_elements, _options):
        text = _pieces(text, base, theirs, find, conflicts)
    return Merged(_table_comment(text, base, theirs, conflicts), tuple(conflicts))


def _pieces(
    ours: str, base: str, theirs: str, find: Callable[[str], list[_Piece]], conflicts: list[str]
) -> str:
    before, after = _by_key(base, find), _by_key(theirs, find)
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old and new and _tokens(old.source) == _tokens(new.source):
            continue
        found = _by_key(ours, find).get(key)
        if new is None:
            ours = _removed(ours, find(ours), key) if found else ours
        elif found is None and old is None:
            ours = _inserted(ours, find(ours), list(after.values()), new)
        elif found is None:
            conflicts.append(f"{_named(key)} was removed by hand; the schema changed it.")
        else:
            ours = _changed(ours, found, old, new, conflicts)
    return ours


def _changed(
    ours: str, found: _Piece, old: _Piece | None, new: _Piece, conflicts: list[str]
) -> str:
    """Edits the parts of a piece that the schema changed and nobody else."""
    ours = _comment_changed(ours, found, old, new)
    before = _tokens(old.kind_source) if old else None
    here, wanted = _tokens(found.kind_source), _tokens(new.kind_source)
    if wanted in (before, here):
        return ours
    if here != before:
        said = new.kind_source
        shown = f"; the schema says {said}" if len(said) <= 80 else ""
        conflicts.append(f"{_named(found.key)} was changed by hand and stays{shown}.")
        return ours
    start, end = found.kind
    # A comment behind it stays where it was, as far as white space gives way.
    space = len(ours) - end - len(ours[end:].lstrip(" "))
    room = max(min(space, 1), space - (len(new.kind_source) - (end - start)))
    return f"{ours[:start]}{new.kind_source}{' ' * room if space else ''}{ours[end + space :]}"


def _comment_changed(ours: str, found: _Piece, old: _Piece | None, new: _Piece) -> str:
    before = old.comment_source if old else ""
    here, wanted = found.comment_source, new.comment_source
    if wanted == before or here != before:
        return ours
    if found.comment and wanted:
        return ours[: found.comment[0]] + wanted + ours[found.comment[1] :]
    if found.comment:
        return ours[: found.kind[1]] + ours[found.comment[1] :]
    return f"{ours[: found.end]} COMMENT {wanted}{ours[found.end :]}"


def _removed(ours: str, pieces: Sequence[_Piece], key: str) -> str:
    at = next(index for index, piece in enumerate(pieces) if piece.key == key)
    piece = pieces[at]
    if at + 1 < len(pieces):
        return ours[: piece.start] + ours[pieces[at + 1].start :]
    if at == 0:
        return ours[: piece.start] + ours[piece.end :]
    last = pieces[at - 1].end
    between = ours[last : piece.start].replace(",", "", 1).rstrip()  # a remark may stand there
    return ours[:last] + between + ours[piece.end :]


def _inserted(ours: str, pieces: Sequence[_Piece], order: Sequence[_Piece], new: _Piece) -> str:
    """Puts a new piece behind the one that it follows in an import's own text."""
    earlier = [piece.key for piece in order[: order.index(new)]]
    places = [index for index, piece in enumerate(pieces) if piece.key in earlier]
    after = max(places, default=-1)
    text = _aligned(pieces[max(after, 0)], new)
    if after + 1 < len(pieces):
        start = pieces[after + 1].start
        return f"{ours[:start]}{text},\n  {ours[start:]}"
    end = pieces[-1].end
    return f"{ours[:end]},\n  {text}{ours[end:]}"


def _aligned(beside: _Piece, new: _Piece) -> str:
    """A column with its type and its comment below those of another, where they fit."""
    if new.key in {_KEY, _WATERMARK} or new.source.startswith("'"):
        return new.source
    name = new.text[new.start : new.kind[0]].rstrip()
    width = max(beside.kind[0] - beside.start - 1, 0)
    first = f"{name:<{width}} {new.kind_source}"
    if new.comment is None or beside.comment is None:
        return first + new.text[new.kind[1] : new.end]
    marked = beside.source.upper().rindex("COMMENT", 0, beside.comment[0] - beside.start)
    return f"{first:<{marked - 1}} COMMENT {new.comment_source}"


def _header(ours: str, base: str, theirs: str) -> str:
    """Remarks before the statement: those that an import would no longer write, and new ones."""
    before, after = _remarks(base), _remarks(theirs)
    lines = ours.splitlines(keepends=True)
    gone = {line for line in before if line not in after}
    if any(line.startswith(_REASON) for line in gone):  # an import gives the reason in other words
        gone |= {line for line in map(str.rstrip, lines) if line.startswith(_REASON)}
    first = next((i for i, line in enumerate(lines) if line.rstrip() in gone), 0)
    kept = [line for line in lines if line.rstrip() not in gone]
    for at, line in enumerate(after):
        if line in before:
            continue
        places = [i for i, one in enumerate(kept) if one.rstrip() in after[:at]]
        kept.insert(places[-1] + 1 if places else first, f"{line}\n")
    return "".join(kept)


def _remarks(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("--")]


def _table_comment(ours: str, base: str, theirs: str, conflicts: list[str]) -> str:
    spans = [_comment_of_table(text) for text in (ours, base, theirs)]
    here, before, wanted = (
        text[slice(*span)] if span else ""
        for text, span in zip((ours, base, theirs), spans, strict=True)
    )
    if before == wanted or not spans[0] or not wanted:
        return ours
    if here != before:
        conflicts.append("The table's comment was changed by hand and stays.")
        return ours
    return ours[: spans[0][0]] + wanted + ours[spans[0][1] :]


def _statement(text: str) -> tuple[Token, ...]:
    for tokens in lexer.statements(text):
        words = [token.upper for token in tokens[:2]]
        if words == ["CREATE", "TABLE"]:
            return tokens
    raise NoTable


def _outer(text: str) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """The parenthesized lists of a statement's own level: columns first, options last."""
    tokens = _statement(text)
    depth, start = 0, 0
    for index, token in enumerate(tokens):
        if token.text == "(":
            depth += 1
            start = index + 1 if depth == 1 else start
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                yield start, tokens[start:index]


def _elements(text: str) -> list[_Piece]:
    lists = list(_outer(text))
    if not lists:
        raise NoTable
    return [_element(text, part) for part in _split(lists[0][1])]


def _options(text: str) -> list[_Piece]:
    lists = list(_outer(text))
    if len(lists) < 2:
        raise NoTable
    return [
        _Piece(text, part[0].value, part[0].start, part[-1].end, (part[-1].start, part[-1].end))
        for part in _split(lists[-1][1])
        if part[0].kind is Kind.STRING
    ]


def _split(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cuts at commas, but not at those within parentheses or a nested type."""
    part: list[Token] = []
    depth = angles = 0
    for token in tokens:
        if token.text == "," and depth == angles == 0:
            if part:
                yield part
            part = []
            continue
        if token.text == "<" and part and part[-1].upper in _NESTING:
            angles += 1
        elif token.text == ">" and angles:
            angles -= 1
        depth += (token.text == "(") - (token.text == ")")
        part.append(token)
    if part:
        yield part


def _element(text: str, part: Sequence[Token]) -> _Piece:
    start, end = part[0].start, part[-1].end
    words = (part[0].upper, part[1].upper if len(part) > 1 else "")
    clause = _KEY if words[0] == "CONSTRAINT" else _CLAUSES.get(words)
    if clause:
        return _Piece(text, clause, start, end, (start, end))
    said = len(part) > 2 and part[-2].upper == "COMMENT" and part[-1].kind is Kind.STRING
    last = part[-3] if said else part[-1]
    first = part[1].start if len(part) > 1 else end
    comment = (part[-1].start, end) if said else None
    return _Piece(text, part[0].name, start, end, (first, max(first, last.end)), comment)


def _comment_of_table(text: str) -> tuple[int, int] | None:
    tokens = _statement(text)
    depth = 0
    for word, following in pairwise(tokens):
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0 and word.upper == "COMMENT":
            return following.start, following.end
    return None


def _by_key(text: str, find: Callable[[str], list[_Piece]]) -> dict[str, _Piece]:
    return {piece.key: piece for piece in find(text)}


def _tokens(text: str) -> list[str]:
    return [token.text for token in lexer.scan(text)]


def _named(key: str) -> str:
    """A piece as a sentence about it begins; names in files may come from outside."""
    if key in {_KEY, _WATERMARK}:
        return f"{key[0].upper()}{key[1:]}"
    return re.sub(r"[^\w.-]", "?", key)
