"""What a new schema version means for a table and its queries; `table_imports` says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.registry import evolution
from ingest.registry.draft import Draft
from ingest.registry.evolution import Compatibility
from ingest.registry.model import Column, Relation


@dataclass(frozen=True, slots=True)
class Change:
    """What a new schema version does to a column.

    Attributes:
        text: A clause that says it.
        breaks: Whether queries over the column as it was no longer work.
    """

    text: str
    breaks: bool


def compatibility(base: Draft, theirs: Draft) -> Compatibility:
    """What two versions of a topic can read of each other: the worse of value and key."""
    order = list(Compatibility)
    found = [evolution.compare(base.source.value, theirs.source.value, _held(base), _held(theirs))]
    old, new = base.source.key, theirs.source.key
    if old and new and theirs.key:
        found.append(evolution.compare(old, new, _keys(base), _keys(theirs)))
    if {Compatibility.BACKWARD, Compatibility.FORWARD} <= set(found):
        return Compatibility.NONE
    return max(found, key=order.index)


def _held(made: Draft) -> Relation:
    return Relation(made.columns)


def _keys(made: Draft) -> Relation:
    return Relation(made.key.columns if made.key else ())


def changes(old: Sequence[Column], new: Sequence[Column]) -> Iterator[Change]:
    """What happens to the columns of a table, what goes first."""
    before, after = ({column.name: column for column in columns} for columns in (old, new))
    for name, column in before.items():
        if name not in after:
            yield Change(f"{name} is gone", breaks=True)
        elif column.type.text != after[name].type.text:
            kinds = f"{column.type.text} to {after[name].type.text}"
            breaks = not evolution.widened(column, after[name])
            yield Change(f"{name} changes from {kinds}", breaks=breaks)
        elif column.type.nullable != after[name].type.nullable:
            now = "may now be null" if after[name].type.nullable else "is never null now"
            yield Change(f"{name} {now}", breaks=False)
    for name, column in after.items():
        if name not in before:
            yield Change(f"{name} {column.type.text} is new", breaks=False)
