"""Things by their newest row: `by their latest scan`, `machines whose last reading shows ...`."""

from __future__ import annotations

from app.semantic_parser.form import Field, Filter, Newest
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Stated
from app.semantic_parser.grammar.shape import holders, things
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.tokens import word_set

LATEST = (
    ("most", "recently", "reported"),
    ("most", "recent"),
    ("last", "known"),
    ("last", "reported"),
    ("last", "recorded"),
    ("last", "measured"),
    ("latest",),
    ("newest",),
    ("last",),
)
"""Words for the newest row or what it says."""

_GOING_BY = (
    ("going", "by"),
    ("judging", "by"),
    ("based", "on"),
    ("according", "to"),
    ("as", "of"),
    ("after",),
    ("in",),
    ("by",),
    ("at",),
    ("on",),
    ("with",),
)
_REPORTS = word_set(
    "report scan reading entry record update event message measurement observation signal row state"
    " status value"
)
_WHOSE = (("whose",), ("where", "the"), ("in", "which", "the"))
_LONGEST = 3
_ARTICLES = word_set("the a its their his our each every one s")


def latest(draft: Draft) -> bool:
    """Looks only at the newest row of each thing, where conditions are said to be of that."""
    return _whose_latest(draft) or _by_latest(draft)


def _whose_latest(draft: Draft) -> bool:
    """`machines whose last reading shows an alarm`: things by what their newest row says."""
    for i in range(1, len(draft)):
        stop = things.says(draft, i, _WHOSE)
        end = things.says(draft, stop, LATEST) if stop else 0
        rows = (draft.rows_at(end) or _report(draft, end)) if end else None
        thing = _ending(draft, i) if rows else None
        per = thing.field if thing else None
        if rows is None or thing is None or per is None or not holders.is_log(draft, per):
            continue
        draft.take(i, rows.stop, "order")
        draft.newest = Newest((per,), moved(draft, per))
        if not things.asks_number(draft):
            draft.take(thing.start, thing.stop, "noun", thing.score)
            draft.columns, draft.listing, draft.distinct = [per], True, True
            draft.intent = 1.0
        return True
    return False


def _ending(draft: Draft, i: int) -> Thing | None:
    """The thing that is named right before `i`."""
    found = (things.category_at(draft, start) for start in range(max(0, i - _LONGEST), i))
    return next((thing for thing in found if thing and thing.stop == i), None)


def _by_latest(draft: Draft) -> bool:
    """`by their latest scan`, `going by the most recent scan of each`."""
    for i in range(len(draft)):
        stop = things.says(draft, i, _GOING_BY)
        if not stop:
            continue
        j = stop
        while draft.text(j) in _ARTICLES:
            j += 1
        end = things.says(draft, j, LATEST)
        if not end or (draft.text(j) == "last" and things.whole(draft, end)):
            continue
        rows = draft.rows_at(end) or _state_noun(draft, end) or _report(draft, end)
        per = holders.subject(draft, but=end) if rows is not None else None
        if rows is None or per is None or not holders.is_log(draft, per):
            continue
        while draft.text(rows.stop) in {"of", "for", "each", "every", "one"}:
            draft.take(rows.stop, rows.stop + 1, "order")
            rows = Link(per, rows.start, rows.stop + 1, rows.score)
        draft.take(i, rows.stop, "order")
        draft.newest = Newest((per,), moved(draft, per))
        return True
    return False


def _report(draft: Draft, i: int) -> Noun | None:
    """A word for a row that no table goes by."""
    if draft.text(i) not in _REPORTS or not draft.is_free(i):
        return None
    return Noun(i, i + 1, 0.9, draft.scope.root.table.name, (), is_rows=True)


def _state_noun(draft: Draft, i: int) -> Link | None:
    return draft.field_at(i, is_state, least=0.8)


def is_state(terms: FieldTerms) -> bool:
    """Whether a field may tell how things are, and not which or when."""
    return not terms.is_id and not is_moment(terms) and not terms.hops


def moved(draft: Draft, per: Field) -> tuple[Filter, ...]:
    """The conditions that may change from row to row: they are asked of the newest one."""
    root = draft.scope.root.table.name
    ids = {t.field for t in draft.scope.fields if t.is_id}

    def may_change(stated: Stated) -> bool:
        field = getattr(stated.filter, "field", getattr(stated.filter, "left", None))
        own = isinstance(field, Field) and field.table == root
        return own and field != per and field not in ids

    found = [s for s in draft.filters if may_change(s)]
    draft.filters = [s for s in draft.filters if s not in found]
    return tuple(s.filter for s in found)
