"""Missing values and given ones: `without a failure reason`, `the product is empty`."""

from __future__ import annotations

import re

from app.semantic_parser.form import Field, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.filters.states import role_of, speaks_of_null
from app.semantic_parser.grammar.slots import is_array, is_flag
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import is_number, is_text

_LACKING: near.Phrases = (
    ("without", "any"),
    ("without",),
    ("with", "no"),
    ("no",),
    ("missing",),
    ("lacking",),
    ("lack",),
    ("lacks",),
    ("null",),
    ("empty",),
    ("blank",),
    ("unknown",),
    ("undefined",),
)
_IS_MISSING = word_set("missing null empty blank unknown unset undefined absent")
_NOT_GIVEN = word_set("set known given recorded filled assigned specified available present")
_HAVING: near.Phrases = tuple(
    (*verb, article)
    for verb in (("have",), ("has",), ("had",), ("with",), ("having",), ("show",), ("shows",))
    for article in ("a", "an", "any", "some")
)
_NONE = re.compile(r"\b(?:null|empty)\b[^;.]*\b(?:no|none|without)\b", re.IGNORECASE)
"""How a comment says that a kind is missing where nothing of the sort happened."""
_ZERO = word_set(
    "fee discount tax tip charg cost quantiti amount count delay point balanc duration"
)


def missing(draft: Draft) -> None:
    """`without a contact`, `no driver assigned`, `the product is empty`."""
    for i in range(len(draft)):
        stop = near.phrase_at(draft, i, _LACKING)
        if stop and _lacks(draft, i, stop):
            continue
        if draft.text(i) in _IS_MISSING | {"not"} and draft.is_free(i):
            _is_missing(draft, i)


def given(draft: Draft) -> None:
    """`have a failure reason`: rows where there is one."""
    for i in range(len(draft)):
        stop = near.phrase_at(draft, i, _HAVING)
        link = _field_at(draft, stop) if stop else None
        if link is None or _says_which(draft, link) or draft.rows_at(stop):
            continue
        says_else = link.field.column.comment and not speaks_of_null(link.field)
        if draft.text(i) == "with" and (says_else or is_number(link.field.column)):
            continue
        turned = near.negation(draft, i, link.field)
        if turned:
            draft.take(*turned, "filter")
        draft.add_filter(Null(link.field, negated=turned is None), i, link.stop)
        draft.take(i, _trailing(draft, link.stop), "filter", link.score)


def happened(draft: Draft) -> None:
    """`how many alarms`, `the most side effects`: rows with one, where others have none."""
    for i in range(len(draft)):
        link = (
            next(draft.fields_at(i, _may_happen, least=0.85), None) if _counts(draft, i) else None
        )
        plural = link and draft.text(link.stop - 1).endswith("s")
        if link is None or not plural or draft.rows_at(i) or any(draft.values_at(i)):
            continue
        draft.add_filter(Null(link.field, negated=True), i, link.stop)
        draft.take(i, link.stop, "filter", link.score)


def _may_happen(terms: FieldTerms) -> bool:
    column = terms.field.column
    is_kind = is_text(column) and not terms.is_id and not terms.hops and column.nullable
    return is_kind and tells_none(terms.field)


def tells_none(field: Field) -> bool:
    """Whether a comment says that nothing of the sort happened where there is no value."""
    return bool(_NONE.search(field.column.comment))


def _counts(draft: Draft, i: int) -> bool:
    """Whether what stands at `i` is counted, and not the different kinds of it."""
    if i and draft.tokens[i - 1].number is not None:
        return True
    counted = draft.text(i - 1) in {"many", "most", "fewest"} and draft.is_free(i)
    heads = not i and any(t.text in {"per", "by", "each"} for t in draft.tokens)
    return counted or heads or draft.said(i - 2, i) in {"number of", "count of"}


def _lacks(draft: Draft, start: int, i: int) -> bool:
    at = i - 1
    while draft.text(i) in {"a", "an", "any", "the", "own", "known"}:
        i += 1
    link = _field_at(draft, i)
    if link is None or _is_another_table(draft, link) or _is_its_value(draft, at, link):
        return False
    if link.score < 0.97 and any(
        v.stop >= link.stop and v.score > 0.95 for v in draft.values_at(i)
    ):
        return False
    draft.add_filter(Null(link.field), start, link.stop)
    if _counts_from_zero(link):
        draft.distrust(f"no {draft.said(i, link.stop)} may mean that it is zero")
    draft.take(start, _trailing(draft, link.stop), "filter", link.score)
    return True


def _is_missing(draft: Draft, i: int) -> None:
    """`whose product is missing`, `the driver was not assigned`."""
    stop = i + 1
    if draft.text(i) == "not":
        if draft.text(stop) not in _NOT_GIVEN or role_of(draft, draft.text(stop)):
            return
        stop += 1
    link = near.before(draft, i, _may_lack, least=0.75)
    if link is None or any(any(draft.values_at(k)) for k in range(i, stop)):
        return
    draft.add_filter(Null(link.field), link.start, stop)
    draft.take(link.start, link.stop, "filter", link.score)
    draft.take(i, stop, "filter")


def _trailing(draft: Draft, i: int) -> int:
    """Past `assigned`, `recorded` and the like behind a field that is missing or not."""
    return i + 1 if draft.text(i) in _NOT_GIVEN and draft.is_free(i) else i


def _counts_from_zero(link: Link) -> bool:
    """Whether nothing of it may as well be a zero: `no discount`."""
    column = link.field.column
    if speaks_of_null(link.field):
        return False
    counts = bool(column.comment) or bool(_ZERO & {*name_parts(column.name)})
    return is_number(column) and counts


def _field_at(draft: Draft, i: int) -> Link | None:
    """The field named at `i`; a ROW column rather than what is in it."""
    best = next(draft.fields_at(i, _may_lack, least=0.75), None)
    whole = (k for k in draft.fields_at(i, _may_lack, least=0.75) if not k.field.within)
    if best and any(k.field.name == best.field.within for k in whole):
        return next(k for k in draft.fields_at(i) if k.field.name == best.field.within)
    is_row = best is not None and best.field.column.type.upper().startswith("ROW")
    return best if is_row else draft.field_at(i, _may_lack, least=0.75)


def _may_lack(terms: FieldTerms) -> bool:
    return terms.field.column.nullable and not is_flag(terms) and not is_array(terms)


def _says_which(draft: Draft, link: Link) -> bool:
    """`have a status of late`, `with a balance over 100`: not any, but a certain one."""
    i = link.stop
    while draft.text(i) in {"of", "is", "like", "named", "called", "=", ":"}:
        i += 1
    if i > link.stop or any(draft.values_at(i)):
        return True
    return draft.roles.get(i) == "filter" or (i < len(draft) and draft.tokens[i].number is not None)


def _is_another_table(draft: Draft, link: Link) -> bool:
    """`orders without a payment` is about the rows of payments."""
    root = draft.scope.root.table.name
    noun = draft.noun_at(link.start)
    others = noun is not None and noun.table != root and noun.score >= link.score
    return others and link.field.table != root


def _is_its_value(draft: Draft, start: int, link: Link) -> bool:
    """`missing quality`, where `missing` is one of the qualities."""
    return any(m.field == link.field for v in draft.values_at(start) for m in v.meant)
