"""Comparisons of a field with numbers: `over 300`, `between 10 and 20 kWh`, `4 or worse`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.semantic_parser.form import Compares, Operator
from app.semantic_parser.grammar.draft import Accept, Draft
from app.semantic_parser.grammar.filters import near, quantities
from app.semantic_parser.grammar.filters.limits import limits_groups
from app.semantic_parser.grammar.filters.operators import operator_at
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.grammar.filters.subjects import compared
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_duration, is_number

_OR_BEYOND: dict[str, Operator] = {
    **dict.fromkeys(word_set("more higher above greater over up larger later longer worse"), ">="),
    **dict.fromkeys(word_set("less fewer lower below under smaller shorter down faster"), "<="),
}
"""What may follow `4 or`."""
_SIGNS: dict[str, Operator] = {"negative": "<", "positive": ">"}
_TURNED: dict[Operator, Operator] = {
    ">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "<>", "<>": "=",
}  # fmt: skip
_HOURS = 24
_OF_SPEED = word_set("faster quicker slower")
"""Less of a length of time, and more of a speed: `faster than 50 km/h`."""
_BACKWARDS: dict[Operator, Operator] = {
    ">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "=", "<>": "<>",
}  # fmt: skip
_REPORTING = word_set(
    "lie lies report reports show shows showed read reads measure measures reach reached"
)
_TO = word_set("and to - – until till")


def comparisons(draft: Draft) -> None:
    """Ranges, then single limits, then bare numbers beside a field."""
    numbers = [i for i, token in enumerate(draft.tokens) if token.number is not None]
    i = 0 if numbers or any(t.text in {"a", "an"} for t in draft.tokens) else len(draft)
    while i < len(draft):
        i = max(i + 1, _range(draft, i) or _limit(draft, i) or _or_beyond(draft, i))
    _signs(draft)


def _range(draft: Draft, i: int) -> int:
    """`between 40 and 60`, `from 1000 to 3000 ms`, `50-75 EUR`; 0 where there is none."""
    word = draft.text(i)
    worded = word in {"between", "from"} and draft.is_free(i)
    named = next(draft.fields_at(i + 1, is_measure, least=0.75), None) if worded else None
    low = quantities.number_at(draft, named.stop if named else i + worded)
    if low is None or draft.text(low.stop) not in _TO or not draft.is_free(low.stop):
        return 0
    high = quantities.number_at(draft, low.stop + 1)
    if high is None or (word != "between" and draft.text(low.stop) == "and"):
        return 0
    high = Said(high.number, high.unit or low.unit, i, high.stop)
    low = Said(low.number, low.unit or high.unit, i, low.stop)
    link = named or compared(draft, i, high)
    if link is None or (not high.unit and link.start == link.stop and word != "between"):
        return 0
    if link.start == link.stop and not high.unit and max(low.number, high.number) <= _HOURS:
        draft.distrust("the range may be of hours of the day")
    ends = [quantities.converted(said, link.field.column) for said in (low, high)]
    if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
        return 0
    turned = near.negation(draft, i, link.field)
    if turned:
        draft.distrust("a range is left out, and what lies at its ends is not said")
    draft.add_filter(Compares(link.field, ">=", ends[0]), i, high.stop)
    draft.add_filter(Compares(link.field, "<=", ends[1]), i, high.stop)
    _take(draft, i, high.stop, link)
    return high.stop


def _limit(draft: Draft, i: int) -> int:
    """`over 500 euros`, `at least three units`; 0 where there is none."""
    found = operator_at(draft, i)
    if found is None:
        return 0
    operator, at = found
    said = quantities.number_at(draft, at)
    if said is None:
        return 0
    said, operator = _beyond(draft, said, operator)
    if limits_groups(draft, i, said):
        return said.stop
    link = compared(draft, i, said)
    if link and draft.text(i) in _OF_SPEED and not is_duration(link.field.column):
        operator = _BACKWARDS[operator]
    return _compare(draft, i, said, operator, link)


def _beyond(draft: Draft, said: Said, operator: Operator) -> tuple[Said, Operator]:
    """The number with `or more` behind it."""
    beyond = draft.text(said.stop) in {"or", "and"} and draft.text(said.stop + 1) in _OR_BEYOND
    if beyond and quantities.number_at(draft, said.stop + 2) is None:
        stop = said.stop + 2 + (draft.text(said.stop + 2) == "than")
        operator = _OR_BEYOND[draft.text(said.stop + 1)]
        return Said(said.number, said.unit, said.start, stop), operator
    return said, operator


def _or_beyond(draft: Draft, i: int) -> int:
    """`4 or worse`, `1,000 euros or more`, `100+`."""
    said = quantities.number_at(draft, i)
    if said is None:
        return 0
    beyond, operator = _beyond(draft, said, "=")
    if limits_groups(draft, i, beyond):
        return 0
    if operator == "=":
        return _named_beyond(draft, i, said)
    link = compared(draft, i, beyond)
    return _compare(draft, i, beyond, operator, link)


def _named_beyond(draft: Draft, i: int, said: Said) -> int:
    """`7 nights or more`: the field stands between."""
    link = next(draft.fields_at(said.stop, is_measure, least=0.75), None)
    if link is None or said.unit:
        return 0
    beyond, operator = _beyond(draft, Said(said.number, "", i, link.stop), "=")
    return _compare(draft, i, beyond, operator, link) if operator != "=" else 0


def _compare(draft: Draft, i: int, said: Said, operator: Operator, link: Link | None) -> int:
    number = quantities.converted(said, link.field.column) if link else None
    if link is None or number is None:
        return 0
    turned = near.negation(draft, i, link.field)
    if turned:
        operator = _TURNED[operator]
        draft.take(*turned, "filter")
    draft.add_filter(Compares(link.field, operator, number), i, said.stop)
    _take(draft, i, said.stop, link)
    doing = draft.text(i - 1).endswith("ing") and said.unit
    if doing and draft.is_free(i - 1) and not any(draft.fields_at(i - 1, least=0.75)):
        draft.take(i - 1, i, "filter", 0.9)  # "trucks carrying more than 1000 kg"
    return said.stop


def _take(draft: Draft, start: int, stop: int, link: Link) -> None:
    if draft.text(start - 1) in _REPORTING and draft.is_free(start - 1):
        draft.take(start - 1, start, "filter")
    draft.take(start, stop, "filter", link.score)
    near.take(draft, link.start, link.stop, link.score)


def _signs(draft: Draft) -> None:
    """`negative balances`, `has the price been negative`, `a delay of zero`."""
    for i in range(len(draft)):
        operator = _SIGNS.get(draft.text(i))
        if operator is None or not draft.is_free(i) or any(draft.values_at(i)):
            continue
        link = _beside(draft, i)
        if link is None:
            continue
        turned = near.negation(draft, i, link.field)
        if turned:
            operator = _TURNED[operator]
            draft.take(*turned, "filter")
        draft.add_filter(Compares(link.field, operator, Decimal(0)), i, i + 1)
        _take(draft, i, i + 1, link)


def _beside(draft: Draft, i: int) -> Link | None:
    named = draft.field_at(i + 1, is_measure, least=0.6) or near.before(draft, i, is_measure)
    if named:
        return named
    for link in _named_anywhere(draft, i, is_measure):
        return link
    return None


def _named_anywhere(draft: Draft, i: int, accept: Accept) -> Iterator[Link]:
    """Fields named before `i` with verbs in between: `has the price been negative`."""
    for start in range(i - 1, -1, -1):
        yield from draft.fields_at(start, accept, least=0.7)


def numbered(draft: Draft) -> None:
    """`attempt 2`, `severity 5`, `second attempts`, `status code is 500`."""
    for i, token in enumerate(draft.tokens):
        if token.number is None and token.text not in _ORDINALS:
            continue
        if draft.is_free(i):
            _ordinal(draft, i) or _bare(draft, i)


_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
}  # fmt: skip


def _is_numbered(terms: FieldTerms) -> bool:
    """Whether the field counts up: `Number of the attempt`, and is no amount."""
    column = terms.field.column
    return is_number(column) and column.type.startswith(("INT", "SMALLINT", "TINYINT", "BIGINT"))


def _ordinal(draft: Draft, i: int) -> bool:
    number = _ORDINALS.get(draft.text(i))
    if number is None or draft.text(i) == "first":
        return False  # "first orders" are the oldest
    link = draft.field_at(i + 1, _is_numbered, least=0.7)
    if link is None:
        return False
    draft.add_filter(Compares(link.field, "=", Decimal(number)), i, link.stop)
    draft.take(i, i + 1 if draft.rows_at(i + 1) else link.stop, "filter", link.score)
    return True


def _bare(draft: Draft, i: int) -> bool:
    """A number right behind the field that it is a value of."""
    number = draft.tokens[i].number
    said = quantities.number_at(draft, i)
    is_worded = draft.tokens[i].kind != "number" and draft.text(i - 1) not in {"of", "is", "="}
    if number is None or said is None or is_worded:
        return False
    link = near.before(draft, i, lambda t: is_number(t.field.column))
    if link is None or limits_groups(draft, i, said):
        return False
    if said.unit and not quantities.fits(said.unit, near.terms_of(draft, link.field)):
        return False
    value = quantities.converted(said, link.field.column)
    if value is None:
        return False
    turned = near.negation(draft, link.start, link.field) or near.negation(draft, i, link.field)
    operator: Operator = "<>" if turned else "="
    if turned:
        draft.take(*turned, "filter")
    draft.add_filter(Compares(link.field, operator, value), link.start, said.stop)
    _take(draft, i, said.stop, link)
    return True
