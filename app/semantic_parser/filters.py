"""Rules that find filters: known values, comparisons, identifiers, missing values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Compares, Constant, Equals, Having, Null, Operator
from app.semantic_parser.lexicon import (
    COMPARISONS,
    GROUP_BY,
    NEGATIONS,
    STOP,
)
from app.semantic_parser.linking import ColumnTerms, Link, Meant, link_value
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    DURATIONS,
    is_duration,
    is_measure,
    is_money,
    is_number,
    is_text,
    unit_of,
)

_Accept = Callable[[ColumnTerms], bool]

_BETWEEN = word_set(
    "the in at by from with of via been be yet are is was were to for through to on has have"
    " had being a an equal status = == value equals using those that"
)
_LIST_WORDS = frozenset({"and", "or", ",", "nor", "plus"})


def missing(draft: Draft) -> None:
    """`without a failure reason`, `with no product`, `where product is null`."""
    for i in range(len(draft.tokens)):
        word = draft.text(i)
        if word in {"without", "no", "missing", "null", "empty"} and draft.is_free(i):
            j = draft.skip_small_words(i + 1)
            link = draft.column_at(j, _nullable, least=0.75)
            exact = link is not None and link.score >= 0.97
            if link and word in {"without", "no", "missing"} and (exact or not _is_value(draft, j)):
                draft.filters.append(Null(link.column))
                draft.take(i, link.stop, "value", link.score)


def values(draft: Draft) -> None:
    """Known values become equalities; values of one column become a set."""
    found: dict[tuple[str, bool], tuple[Column, list[Constant]]] = {}
    last: tuple[int, Column, bool] | None = None
    i = 0
    while i < len(draft.tokens):
        match = _value_at(draft, i)
        if match is None:
            i += 1
            continue
        stop, column, meant, score = match
        negated = _negated(draft, i, column)
        if last and last[1] is column and _is_listed(draft, last[0], i):
            negated = negated or last[2]
        _check_or(draft, last, i, column)
        _, constants = found.setdefault((column.name, negated), (column, []))
        constants += [m.value for m in meant if m.value not in constants]
        draft.take(i, stop, "value", score)
        last = (stop, column, negated)
        i = stop
    for (_, negated), (column, constants) in found.items():
        draft.filters.append(_equality(column, constants, negated=negated))


def identifiers(draft: Draft) -> None:
    """`order O-5f3a`, `customer 42`: a code right after the noun of an id column."""
    for i, token in enumerate(draft.tokens):
        is_code = token.kind == "code" or (token.kind == "number" and token.raw.isdecimal())
        if not is_code or not draft.is_free(i) or i == 0:
            continue
        link = _before(draft, i, lambda c: c.is_id and (is_text(c.column) or is_number(c.column)))
        if link is None or (token.kind == "number" and link.stop != i):
            continue
        text = is_text(link.column)
        if text or token.number is not None:
            value: Constant = token.raw if text or token.number is None else token.number
            draft.filters.append(Equals(link.column, (value,)))
            draft.take(i, i + 1, "value")
            draft.take(link.start, link.stop, "value", link.score)


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


def _between(draft: Draft, start: int) -> None:
    low = _number(draft, start + 1)
    high = _number(draft, low[2] + 1) if low and draft.text(low[2]) == "and" else None
    if low is None or high is None:
        return
    unit = high[1] or low[1]
    link = _compared(draft, start, high[2], unit)
    if link is None:
        return
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
        if ending in {"more", "less", "fewer"}:
            operator: Operator = ">=" if ending == "more" else "<="
            link = _after(draft, i + 3) or _before(draft, i, _is_measure_of(draft))
        else:
            operator = "="
            link = _before(draft, i, lambda c: is_number(c.column))
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

    found = _before(draft, start, accept) or _after(draft, stop, accept)
    if found:
        return found
    columns = [c.column for c in draft.terms.columns if accept(c)]
    if len(columns) == 1 or (columns and unit in CURRENCIES):
        return Link(columns[0], start, start, 0.9 if unit else 0.7)
    return None


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


def _is_measure_of(draft: Draft) -> _Accept:
    table = draft.terms.table
    return lambda c: is_measure(c.column, table)


def _before(draft: Draft, i: int, accept: _Accept) -> Link | None:
    """The column named right before `i`, over small words."""
    j = i
    while j > 0 and draft.text(j - 1) in _BETWEEN | {"when", "took", "takes"}:
        j -= 1
    for start in range(max(0, j - 3), j):
        link = draft.column_at(start, accept, least=0.6)
        if link and link.stop == j and not _is_table_noun(draft, link):
            return link
    return None


def _after(draft: Draft, i: int, accept: _Accept | None = None) -> Link | None:
    while draft.text(i) in {"of", "in", "the"}:
        i += 1
    link = draft.column_at(i, accept or _is_measure_of(draft), least=0.6)
    return None if link and _is_table_noun(draft, link) else link


def _is_table_noun(draft: Draft, link: Link) -> bool:
    """Whether words that only a comment ties to the column are the table's own name."""
    return link.score <= 0.8 and draft.table_noun(link.start) == link.stop


def _nullable(column: ColumnTerms) -> bool:
    return column.column.nullable


def _is_value(draft: Draft, i: int) -> bool:
    return link_value(draft.terms, draft.stems, i) is not None


def _value_at(draft: Draft, i: int) -> tuple[int, Column, list[Meant], float] | None:
    """A value phrase of free words at `i`, with its column decided."""
    if not draft.is_free(i):
        return None
    stop = i
    while stop < min(i + 6, len(draft.tokens)) and draft.is_free(stop):
        stop += 1
    match = link_value(draft.terms, draft.stems[:stop], i)
    if match is None:
        return None
    end, meant, score = match
    near = {m.column.name for m in meant if _is_beside(draft, i, end, m.column)}
    columns = list(dict.fromkeys(m.column.name for m in meant))
    if not near and _is_rather_a_name(draft, i, end):
        return None
    name = next(iter(near), columns[0])
    if len(columns) > 1 and not near:
        score *= 0.7
    chosen = [m for m in meant if m.column.name == name]
    _credit_beside(draft, i, end, chosen[0].column)
    return end, chosen[0].column, chosen, score


def _is_rather_a_name(draft: Draft, start: int, stop: int) -> bool:
    """Whether the phrase is a small word, or better known as a table's or a column's name."""
    span = tuple(draft.stems[start:stop])
    longer = draft.column_at(start, lambda _: True, least=0.97)
    if longer and longer.stop > stop:
        return True
    if stop - start == 1 and draft.text(start) in STOP | NEGATIONS:
        return True
    grouped = any(
        draft.matches(start - len(words), words) for words in GROUP_BY if start >= len(words)
    )
    names = {c.name for c in draft.terms.columns} | {draft.terms.name}
    return span in names or (grouped and any(set(span) <= set(n) for n in names))


def _is_beside(draft: Draft, start: int, stop: int, column: Column) -> bool:
    return _beside(draft, start, stop, column) is not None


def _beside(draft: Draft, start: int, stop: int, column: Column) -> Link | None:
    """The column's own name next to its value: `status late`, `product pages`."""

    def same(terms: ColumnTerms) -> bool:
        return terms.column is column

    j = start
    while j > 0 and draft.text(j - 1) in _BETWEEN | NEGATIONS | {"in"} and start - j < 3:
        j -= 1
    for begin in range(max(0, j - 3), j):
        link = draft.column_at(begin, same, least=0.9)
        if link and link.stop == j:
            return link
    return draft.column_at(stop, same, least=0.9) if stop < len(draft.tokens) else None


def _credit_beside(draft: Draft, start: int, stop: int, column: Column) -> None:
    link = _beside(draft, start, stop, column)
    grouped = link and any(
        link.start >= len(w) and draft.matches(link.start - len(w), w) for w in GROUP_BY
    )
    asked = link and draft.text(_previous(draft, link.start)) in {"which", "what"}
    if link and not grouped and not asked:
        draft.take(link.start, link.stop, "value")


def _previous(draft: Draft, i: int) -> int:
    """The position before `i` that is no article."""
    i -= 1
    while i > 0 and draft.text(i) in {"the", "are", "is"}:
        i -= 1
    return i


def _negated(draft: Draft, i: int, column: Column) -> bool:
    j = i - 1
    while j >= 0 and i - j < 6 and draft.text(j) not in NEGATIONS:
        in_between = draft.text(j) in _BETWEEN or draft.stems[j] in column.name.lower()
        if not in_between and draft.text(j) not in {"other", "than", "apart"}:
            return False
        if draft.matches(j, ("other", "than")) or draft.matches(j, ("apart", "from")):
            draft.take(j, j + 2, "value")
            return True
        j -= 1
    if j < 0 or draft.text(j) not in NEGATIONS:
        return False
    draft.take(j, j + 1, "value")
    return True


def _is_listed(draft: Draft, start: int, stop: int) -> bool:
    words = [draft.text(k) for k in range(start, stop)]
    return all(w in _LIST_WORDS | {"in", "the", "from"} for w in words)


def _check_or(draft: Draft, last: tuple[int, Column, bool] | None, i: int, column: Column) -> None:
    """`cancelled or from Berlin` would need OR between columns, which the form cannot say."""
    if last and last[1] is not column:
        between = [draft.text(k) for k in range(last[0], i)]
        if "or" in between and len(between) <= 4:
            draft.doubt *= 0.3


def _equality(column: Column, constants: Iterable[Constant], *, negated: bool) -> Equals:
    kept = tuple(constants)
    if kept == (True,) and negated:
        return Equals(column, (False,))
    return Equals(column, kept, negated)
