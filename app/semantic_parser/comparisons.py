"""Rules that find comparisons with numbers, in the units that columns are in."""

from __future__ import annotations

from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.draft import Accept, Draft, column_before, is_table_noun
from app.semantic_parser.form import Compares, Having, Operator
from app.semantic_parser.lexicon import COMPARISONS, MONEY_WORDS, SELLING, STOP
from app.semantic_parser.linking import ColumnTerms, Link
from app.semantic_parser.measures import preferred
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    DURATIONS,
    is_duration,
    is_measure,
    is_money,
    is_number,
    unit_of,
)

_OR_BEYOND: dict[str, Operator] = {
    "more": ">=",
    "higher": ">=",
    "above": ">=",
    "less": "<=",
    "fewer": "<=",
    "lower": "<=",
    "below": "<=",
}
"""What may follow `4 or`; `worse` may be either end."""


def comparisons(draft: Draft) -> None:
    """`amount over 100`, `more than 3000 ms`, `between 10 and 20 EUR`, `attempt 2`."""
    for i in range(len(draft.tokens)):
        if not draft.is_free(i):
            continue
        if draft.text(i) == "between":
            _between(draft, i)
            continue
        for words, operator in COMPARISONS:
            if draft.matches(i, words):
                _comparison(draft, i, i + len(words), operator)
                break
    _bare_numbers(draft)


def _comparison(draft: Draft, start: int, i: int, operator: Operator) -> None:
    read = _number(draft, i)
    if read is None:
        return
    number, unit, stop = read
    if draft.matches(stop, ("or", "more")) or draft.matches(stop, ("or", "less")):
        operator, stop = (">=" if draft.text(stop + 1) == "more" else "<="), stop + 2
    if not unit and _having(draft, start, stop, operator, number):
        return
    link = _compared(draft, start, stop, unit)
    if link is None:
        return
    converted = _converted(number, unit, link.column)
    if converted is None:
        return
    draft.filters.append(Compares(link.column, operator, converted))
    draft.take(start, stop, "number", link.score)
    draft.take(link.start, link.stop, "number", link.score)
    if is_money(link.column) and draft.is_free(start - 1) and _prices(draft, start - 1):
        draft.take(start - 1, start, "number")


def _prices(draft: Draft, i: int) -> bool:
    """`costing exactly 100 euros`, `worth over 50 EUR`."""
    return draft.stems[i] in MONEY_WORDS and draft.text(i) not in SELLING


def _between(draft: Draft, start: int) -> None:
    low = _number(draft, start + 1)
    high = _number(draft, low[2] + 1) if low and draft.text(low[2]) == "and" else None
    if low is None or high is None:
        return
    unit = high[1] or low[1]
    link = _compared(draft, start, high[2], unit)
    if link is None or (not unit and link.start == link.stop):
        return  # "between 9 and 11" may as well be hours
    ends = [_converted(n, unit, link.column) for n in (low[0], high[0])]
    if ends[0] is None or ends[1] is None:
        return
    draft.filters += [Compares(link.column, ">=", ends[0]), Compares(link.column, "<=", ends[1])]
    draft.take(start, high[2], "number", link.score)
    draft.take(link.start, link.stop, "number", link.score)


def _bare_numbers(draft: Draft) -> None:
    """`attempt 2`, `status code is 500`, `3 or more attempts`."""
    for i, token in enumerate(draft.tokens):
        if token.kind != "number" or not draft.is_free(i) or token.number is None:
            continue
        ending = draft.text(i + 2) if draft.text(i + 1) == "or" else ""
        ending = ending if ending in _OR_BEYOND else ""
        if ending:
            operator: Operator = _OR_BEYOND[ending]
            link = _after(draft, i + 3) or column_before(draft, i, _is_measure_of(draft))
        else:
            operator = "="
            link = column_before(draft, i, lambda c: is_number(c.column))
        if link:
            draft.filters.append(Compares(link.column, operator, token.number))
            draft.take(i, i + (3 if ending else 1), "number")
            draft.take(link.start, link.stop, "number", link.score)


def _number(draft: Draft, i: int) -> tuple[Decimal, str, int] | None:
    """A number at `i`, the stem of its unit, and where both end."""
    unit = ""
    if draft.text(i) in CURRENCIES:
        unit, i = draft.text(i), i + 1
    if i >= len(draft.tokens) or not draft.is_free(i):
        return None
    number = draft.tokens[i].number
    if number is None:
        return None
    following = draft.stems[i + 1] if i + 1 < len(draft.stems) else ""
    if following in DURATION_WORDS or following in CURRENCIES:
        return number, following, i + 2
    return number, unit, i + 1


def _compared(draft: Draft, start: int, stop: int, unit: str) -> Link | None:
    """The column that a comparison is about: named before, after, or known by its unit."""
    fits = _is_measure_of(draft)

    def accept(column: ColumnTerms) -> bool:
        return fits(column) and _fits_unit(column.column, unit)

    found = column_before(draft, start, accept) or _after(draft, stop, accept)
    if found:
        return found
    columns = [c.column for c in draft.terms.columns if accept(c)]
    if unit and (len(columns) == 1 or (columns and unit in CURRENCIES)):
        return Link(columns[0], start, start, 0.9)
    return None if unit else _priced(draft, start, stop)


def _priced(draft: Draft, start: int, stop: int) -> Link | None:
    """`orders over 300`: rows that are an amount of money, where nothing else follows."""
    rows = any(draft.named_at(k) == start for k in range(max(0, start - 4), start))
    following = draft.text(stop)
    ends = not following or following in STOP or draft.roles.get(stop) in {"time", "value"}
    measure = preferred(draft, "money")
    if not (rows and ends and measure and is_money(measure)):
        return None
    return Link(measure, start, start, 0.85)


def _fits_unit(column: Column, unit: str) -> bool:
    if unit in DURATION_WORDS:
        return is_duration(column)
    return is_money(column) if unit in CURRENCIES else True


def _converted(number: Decimal, unit: str, column: Column) -> Decimal | None:
    """The number in the column's unit; None where the currencies differ."""
    own = unit_of(column)
    if unit in CURRENCIES:
        return number if CURRENCIES[unit] == own else None
    if unit in DURATION_WORDS and own in DURATIONS:
        converted = (number * DURATIONS[DURATION_WORDS[unit]] / DURATIONS[own]).normalize()
        return converted.quantize(Decimal(1)) if converted == int(converted) else converted
    return number


def _having(draft: Draft, start: int, stop: int, operator: Operator, number: Decimal) -> bool:
    """`cities with more than 10 orders`: groups kept by their count."""
    after = draft.skip_small_words(stop)
    while after < len(draft.tokens) and draft.roles.get(after) == "value":
        after = draft.skip_small_words(after + 1)
    names_rows = draft.table_noun(after) is not None or _names_id(draft, after)
    if not draft.group or not names_rows:
        return False
    draft.having = Having(operator, number)
    draft.take(start, stop, "number")
    return True


def _names_id(draft: Draft, i: int) -> bool:
    link = draft.column_at(i, lambda c: c.is_id, least=0.75)
    return link is not None and link.column not in draft.group


def _is_measure_of(draft: Draft) -> Accept:
    table = draft.terms.table
    return lambda c: is_measure(c.column, table)


def _after(draft: Draft, i: int, accept: Accept | None = None) -> Link | None:
    while draft.text(i) in {"of", "in", "the"}:
        i += 1
    link = draft.column_at(i, accept or _is_measure_of(draft), least=0.6)
    return None if link and is_table_noun(draft, link) else link
