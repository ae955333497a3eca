"""Averages over things: `how many scans does a parcel have on average`."""

from __future__ import annotations

from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.linking import Noun
from app.semantic_parser.tokens import word_set

_ONE = word_set("a an one each every")
_AUX = word_set("do does did has have had is are was were can")
_AVERAGES = word_set("average mean avg typically usually median")


def mark(draft: Draft) -> None:
    """Groups by the one thing that a number is asked for of."""
    start = next((i for i in range(len(draft)) if draft.said(i, i + 2) == "how many"), None)
    averaged = any(draft.text(i) in _AVERAGES for i in range(len(draft)))
    if start is None or not draft.is_free(start) or not averaged or draft.bucket is not None:
        return
    aux = next((k for k in range(start + 2, len(draft)) if draft.text(k) in _AUX), None)
    if aux is None or draft.text(aux + 1) not in _ONE:
        return
    thing = draft.noun_at(aux + 2)
    field = _key(draft, thing) if thing is not None else None
    if thing is not None and field is not None:
        draft.group.append(field)
        draft.take(thing.start, thing.stop, "group", thing.score)


def _key(draft: Draft, thing: Noun) -> Field | None:
    """The root's own field for a thing that several of its rows belong to."""
    table = draft.scope.root.table
    if thing.is_rows or len(thing.key) != 1 or (thing.key[0].name,) == table.primary_key:
        return None
    column = table.column(thing.key[0].name)
    return Field(table.name, column) if column is not None else None


def check(draft: Draft) -> None:
    """An average over groups needs some."""
    if draft.summary is not None and not (draft.group or draft.bucket):
        draft.summary = None
        draft.distrust("for each of what it is to be counted is not said")
