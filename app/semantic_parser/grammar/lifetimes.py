"""Days on which something began or ends, by how that is said: `new members`, `run out in May`."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.tokens import word_set

_BEGUN = word_set(
    "join creat regist register sign signup start open hir enrol enroll onboard launch sinc since"
    " add found establish admit"
)
"""Stems of what a day goes by on which there first was such a thing."""
_FROM = word_set("from start begin sinc since")
_TO = word_set("to until till end expir thru termin")
_BEGIN = ("begin", "begins", "began", "start", "starts", "started", "commence", "commences")
_END = (
    *("expire", "expires", "expired", "end", "ends", "ended", "lapse", "lapses", "terminate"),
    *("run out", "runs out", "ran out", "terminates"),
)
_BIRTH = word_set("birth born dob birthdai birthdat")
"""Stems of what a day of birth goes by."""
_SURE = 0.9
_REACH = 4


def begun(draft: Draft) -> FieldTerms | None:
    """The one day on which the rows' things began, where they have no other time."""
    own = _days(draft)
    if draft.scope.root.table.time_attribute or not own:
        return None
    named = [t for t in own if _BEGUN & {*t.core, *t.name, *t.noun}]
    return named[0] if len(named) == 1 else None


def born(draft: Draft) -> FieldTerms | None:
    """The day of birth of what rows stand for: the oldest have the first."""
    own = [t for t in _days(draft) if _BIRTH & {*t.name}]
    return own[0] if len(own) == 1 else None


def new_before(draft: Draft, i: int) -> Link | None:
    """`new members this week`: those that began then."""
    terms = begun(draft)
    for k in range(i - 1, max(-1, i - 1 - _REACH), -1):
        if draft.text(k) == "new" and draft.is_free(k) and terms is not None:
            return Link(terms.field, k, k + 1, _SURE)
    return None


def verb_before(draft: Draft, i: int, but: FieldTerms | None) -> Link | None:
    """`contracts that run out in May`, `whose cover begins after today`: a day by what it does."""
    for verbs, parts in ((_BEGIN, _FROM), (_END, _TO), (("born",), _BIRTH)):
        for verb in verbs:
            start = i - len(verb.split())
            if not draft.is_free(start, i) or draft.said(start, i) != verb:
                continue
            own = [t for t in _days(draft) if parts & {*t.name} and t != but]
            return Link(own[0].field, start, i, _SURE) if len(own) == 1 else None
    return None


def _days(draft: Draft) -> list[FieldTerms]:
    own = (t for t in draft.scope.fields if is_moment(t) and not t.hops and not t.field.within)
    return [t for t in own if t.field.column.type.startswith("DATE")]
