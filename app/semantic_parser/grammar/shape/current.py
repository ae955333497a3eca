"""The current state of things: `status of each parcel`, `by their latest scan`, `right now`.

Tables of events have many rows about one thing; only the newest of them says how it is now. Where
one row is one thing, or rows are opened and closed, the words ask for nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.semantic_parser.form import Field, Newest
from app.semantic_parser.grammar import clocked
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.shape import by_latest, holders, open_rows, things
from app.semantic_parser.linking import Link

_NOW = (
    ("at", "the", "moment"),
    ("at", "present"),
    ("at", "this", "moment"),
    ("right", "now"),
    ("as", "of", "now"),
    ("just", "now"),
    ("these", "days"),
    ("currently",),
    ("presently",),
    ("current",),
    ("now",),
)
_STILL = (("still",), ("yet",), ("ongoing",))


@dataclass(frozen=True, slots=True)
class _Said:
    """The words that ask for a state, and what they name: `current bid and ask`."""

    start: int
    stop: int
    is_now: bool
    fields: tuple[Link, ...] = ()


def current(draft: Draft) -> None:
    """Looks only at the newest row of each thing, where that is asked for."""
    if by_latest.latest(draft):
        for i in range(len(draft)):
            stop = things.says(draft, i, _NOW)
            if stop:
                draft.take(i, stop, "order")
    said = _said(draft) if draft.newest is None else None
    if said is not None:
        _state(draft, said)
    _still(draft)
    if draft.newest is None:
        _as_of(draft)


def _as_of(draft: Draft) -> None:
    """`what status did claim C-1 have at 14:00`: the newest row that there was by then."""
    fields = _fields(draft, 1) if draft.text(0) in {"what", "which"} else ()
    moment = clocked.moment(draft) if fields else None
    per = holders.filtered(draft) if moment else None
    if moment is None or per is None or not holders.is_log(draft, per):
        return
    draft.take(0, 1, "ask")
    for link in fields:
        draft.take(link.start, link.stop, "noun", link.score)
    draft.times = [(moment.until, moment.start)]
    draft.newest = Newest((per,))
    draft.columns = list(dict.fromkeys((per, *(link.field for link in fields))))
    draft.listing = draft.distinct = True
    draft.intent = 1.0


def _said(draft: Draft) -> _Said | None:
    for i in range(len(draft)):
        stop = things.says(draft, i, _NOW)
        fields = _fields(draft, stop) if stop else ()
        if stop and (draft.text(i) != "now" or i == len(draft) - 1 or fields):
            return _Said(i, stop, is_now=True, fields=fields)
        stop = things.says(draft, i, by_latest.LATEST)
        fields = _fields(draft, stop) if stop else ()
        if fields:
            return _Said(i, stop, is_now=False, fields=fields)
    return None


def _fields(draft: Draft, i: int) -> tuple[Link, ...]:
    """The fields named from `i` on: `bid and ask`, `payment outcome`."""
    found: list[Link] = []
    while True:
        while draft.text(i) in {"the", "a"} or draft.roles.get(i) == "filter":
            i += 1
        link = draft.field_at(i, by_latest.is_state, least=0.7)
        rows = draft.rows_at(i)
        if rows is not None and (link is None or rows.stop >= link.stop):
            inner = draft.field_at(rows.stop, by_latest.is_state, least=0.7)
            link = inner  # "payment outcome" is the outcome
        if link is None:
            return tuple(found)
        found.append(link)
        i = link.stop
        if draft.text(i) not in {"and", ",", "&"}:
            return tuple(found)
        i += 1 + (draft.text(i + 1) == "and")


def _state(draft: Draft, said: _Said) -> None:
    """What is asked for of the newest rows."""
    if not said.fields:
        if not _row_now(draft, said):
            _rows_now(draft, said)
        return
    each = holders.each(draft, said.fields[-1].stop, said.fields)
    per = each or holders.subject(draft) or holders.filtered(draft)
    measured = things.asks_number(draft)
    again = _asked_again(draft, said)
    if not said.is_now and (per is None or (measured and not again)):
        return
    if not per or not holders.is_log(draft, per):
        if said.is_now:
            draft.take(said.start, said.stop, "context")
        return
    draft.take(said.start, said.stop, "order")
    if measured:
        draft.newest = Newest((per,))
        if again:  # "the latest status of the parcels, how many in each status"
            _take_all(draft, said)
        return
    for link in said.fields:
        draft.take(link.start, link.stop, "noun", link.score)
    draft.newest = Newest((per,))
    draft.columns = list(dict.fromkeys((per, *(link.field for link in said.fields))))
    draft.listing = draft.distinct = True
    draft.intent = 1.0


def _asked_again(draft: Draft, said: _Said) -> bool:
    """Whether the state that is asked for is also what is counted for each of."""
    fields = {link.field for link in said.fields}
    return any(
        near.is_grouped(draft, link.start)
        for i in range(said.fields[-1].stop, len(draft))
        for link in draft.fields_at(i, least=0.8)
        if link.field in fields
    )


def _take_all(draft: Draft, said: _Said) -> None:
    for link in said.fields:
        draft.take(link.start, link.stop, "noun", link.score)
    for i in range(said.start):
        if draft.text(i) in {"now", "currently"}:
            draft.take(i, i + 1, "order")


def _row_now(draft: Draft, said: _Said) -> bool:
    """`the current spot price in NL`: the newest row there, where rows are the state itself."""
    k = things.skip_taken(draft, said.stop)
    rows = draft.rows_at(k)
    per = holders.filtered(draft)
    plural = rows is not None and things.is_plural(draft, rows.stop - 1)
    if rows is None or plural or per is None or not holders.is_log(draft, per):
        return False
    if draft.text(said.start) != "current" or things.asks_number(draft):
        return False
    draft.take(said.start, said.stop, "order")
    draft.take(k, rows.stop, "noun", rows.score)
    draft.newest = Newest((per,))
    draft.listing = draft.distinct = True
    draft.intent = 1.0
    return True


def _rows_now(draft: Draft, said: _Said) -> None:
    """`which chargers are available right now`: things by what their newest row says."""
    if open_rows.open_now(draft, said.start, said.stop):
        return
    per = holders.subject(draft)
    if per is None or not holders.is_log(draft, per) or open_rows.is_opened_and_closed(draft):
        if not _has_log(draft, per) and not _is_elsewhere(draft):
            draft.take(said.start, said.stop, "context")
        return
    draft.take(said.start, said.stop, "order")
    draft.newest = Newest((per,), by_latest.moved(draft, per))


def _is_elsewhere(draft: Draft) -> bool:
    """Whether the things asked about are told of in another table only."""
    nouns = [n for i in range(len(draft)) if (n := draft.noun_at(i, taken=True))]
    root = draft.scope.root.table.name
    return bool(nouns) and not any(n.is_rows or n.table == root for n in nouns)


def _has_log(draft: Draft, per: Field | None) -> bool:
    """Whether now may mean more than the rows that there are."""
    return (
        per is not None and holders.is_log(draft, per) and not open_rows.is_opened_and_closed(draft)
    )


def _still(draft: Draft) -> None:
    """`still pending`: says no more than the condition, where rows are opened and closed."""
    for i in range(len(draft)):
        stop = things.says(draft, i, _STILL)
        if not stop or draft.newest is not None or draft.roles.get(stop) == "context":
            continue  # "still in the data" says nothing of the rows
        here = stop + (draft.text(stop) in {"in", "here", "there", "inside"})
        if draft.text(here) in {"in", "", ","} and open_rows.open_now(draft, i, here):
            continue  # "patients still in", "who is still here"
        if draft.filters:
            _rows_now(draft, _Said(i, stop, is_now=True))
