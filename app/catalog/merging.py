"""Brings a table file to a new schema version and keeps what was changed in it by hand.

`app.table_imports` gives three texts: the file, what an import would write for the schema version
that the file was made from, and what it would write for the new one. Only what differs between the
latter two is edited in the file; all else stays as it is, to the byte. Where the file itself was
changed at such a place, the hand-made text stays and a conflict says so. This is a three-way merge,
by columns, clauses and options instead of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.catalog import pieces
from app.catalog.pieces import KEY, WATERMARK, Piece
from app.sql import lexer

_REASON = "-- Event time is "


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged file.

    Attributes:
        text: The whole of it.
        conflicts: Where a change by hand stayed though the schema changed, too; a sentence each.
    """

    text: str
    conflicts: tuple[str, ...]


def merge(ours: str, base: str, theirs: str) -> Merged:
    """Merges what a new schema version changes into a file.

    Args:
        ours: The file as it is.
        base: What an import writes for the schema version that the file was made from.
        theirs: What it writes for the new version.

    Raises:
        pieces.NoTable: The file holds no statement that can be taken apart.
    """
    conflicts: list[str] = []
    text = _header(ours, base, theirs)
    for find in (pieces.elements, pieces.options):
        text = _pieces(text, base, theirs, find, conflicts)
    return Merged(_table_comment(text, base, theirs, conflicts), tuple(conflicts))


def _pieces(
    ours: str, base: str, theirs: str, find: Callable[[str], list[Piece]], conflicts: list[str]
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


def _changed(ours: str, found: Piece, old: Piece | None, new: Piece, conflicts: list[str]) -> str:
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


def _comment_changed(ours: str, found: Piece, old: Piece | None, new: Piece) -> str:
    before = old.comment_source if old else ""
    here, wanted = found.comment_source, new.comment_source
    if wanted == before or here != before:
        return ours
    if found.comment and wanted:
        return ours[: found.comment[0]] + wanted + ours[found.comment[1] :]
    if found.comment:
        return ours[: found.kind[1]] + ours[found.comment[1] :]
    return f"{ours[: found.end]} COMMENT {wanted}{ours[found.end :]}"


def _removed(ours: str, present: Sequence[Piece], key: str) -> str:
    at = next(index for index, piece in enumerate(present) if piece.key == key)
    piece = present[at]
    if at + 1 < len(present):
        return ours[: piece.start] + ours[present[at + 1].start :]
    if at == 0:
        return ours[: piece.start] + ours[piece.end :]
    last = present[at - 1].end
    between = ours[last : piece.start].replace(",", "", 1).rstrip()  # a remark may stand there
    return ours[:last] + between + ours[piece.end :]


def _inserted(ours: str, present: Sequence[Piece], order: Sequence[Piece], new: Piece) -> str:
    """Puts a new piece behind the one that it follows in an import's own text."""
    earlier = [piece.key for piece in order[: order.index(new)]]
    places = [index for index, piece in enumerate(present) if piece.key in earlier]
    after = max(places, default=-1)
    text = _aligned(present[max(after, 0)], new)
    if after + 1 < len(present):
        start = present[after + 1].start
        return f"{ours[:start]}{text},\n  {ours[start:]}"
    end = present[-1].end
    return f"{ours[:end]},\n  {text}{ours[end:]}"


def _aligned(beside: Piece, new: Piece) -> str:
    """A column with its type and its comment below those of another, where they fit."""
    if new.key in {KEY, WATERMARK} or new.source.startswith("'"):
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
    spans = [pieces.comment_of_table(text) for text in (ours, base, theirs)]
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


def _by_key(text: str, find: Callable[[str], list[Piece]]) -> dict[str, Piece]:
    return {piece.key: piece for piece in find(text)}


def _tokens(text: str) -> list[str]:
    return [token.text for token in lexer.scan(text)]


def _named(key: str) -> str:
    """A piece as a sentence about it begins; names in files may come from outside."""
    if key in {KEY, WATERMARK}:
        return f"{key[0].upper()}{key[1:]}"
    return re.sub(r"[^\w.-]", "?", key)
