"""Questions after a moment: `when was the last delivery`, `when did each carrier last deliver`."""

from __future__ import annotations

from app.semantic_parser.form import Field, Function, Metric, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_time

_WHEN = (
    ("at", "what", "time"),
    ("at", "which", "time"),
    ("on", "what", "date"),
    ("on", "which", "date"),
    ("since", "when"),
    ("what", "time"),
    ("what", "date"),
    ("when",),
)
_LAST = word_set("last latest newest recent recently lastly")
_FIRST = word_set("first earliest oldest initially")
_OPENERS = 6
_GENERIC = word_set("time tim date day when moment ts at")


def when(draft: Draft) -> None:
    """The last or first time, or the time of one thing."""
    start, stop = _asking(draft)
    if not stop:
        return
    k = next((i for i in range(stop, len(draft)) if _end(draft, i)), None)
    if k is None:
        _of_one(draft, start, stop)
        return
    moment = _moment(draft, stop)
    if moment is None:
        return
    aged = draft.text(k) in {"newest", "oldest"} and not draft.rows_at(k + 1)
    if aged and things.is_elsewhere(draft, k + 1):
        draft.distrust(f"how old each {draft.text(k + 1)} is is told elsewhere")
    function = _end(draft, k)
    draft.take(start, stop, "ask")
    most = draft.text(k - 1) == "most" and draft.is_free(k - 1)
    draft.take(k - most, k + 1, "measure")
    if function is not None:
        draft.add_measure(Metric(function, moment), k, k + 1)


def _asking(draft: Draft) -> tuple[int, int]:
    for i in range(min(_OPENERS, len(draft))):
        stop = things.says(draft, i, _WHEN)
        if stop:
            return i, stop
    return 0, 0


def _end(draft: Draft, i: int) -> Function | None:
    if not draft.is_free(i):
        return None
    if draft.text(i) in _LAST:
        return "max"
    return "min" if draft.text(i) in _FIRST else None


def _moment(draft: Draft, start: int) -> Field | None:
    """The time that the words name, else the usual one: `when was the last alert closed`."""
    for stated in draft.filters:
        condition = stated.filter
        if isinstance(condition, Null) and condition.negated and is_time(condition.field.column):
            return condition.field
    for i in range(start, len(draft)):
        link = draft.field_at(i, _is_own_moment, least=0.75) if draft.is_free(i) else None
        if link and any(draft.stem(k) not in _GENERIC for k in range(i, link.stop)):
            rows = draft.rows_at(i)
            if rows is None or rows.stop < link.stop or rows.score < link.score:
                draft.take(i, link.stop, "measure", link.score)
                return link.field
    return draft.time_field


def _of_one(draft: Draft, start: int, stop: int) -> None:
    """`when was order O-5f3a placed`: the time of rows that a condition singles out."""
    ids = {t.field for t in draft.scope.fields if t.is_id}
    single = any(getattr(s.filter, "field", None) in ids for s in draft.filters)
    if draft.text(start) != "when" or not single:
        return
    field = _moment(draft, stop)
    if field is not None:
        draft.columns, draft.distinct, draft.listing = [field], True, True
        draft.take(start, stop, "ask")
        draft.intent = 1.0


def _is_own_moment(terms: FieldTerms) -> bool:
    return is_moment(terms) and not terms.hops and not terms.field.within
