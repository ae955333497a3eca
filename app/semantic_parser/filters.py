"""Rules that find filters: known values, comparisons, identifiers, missing values."""

from __future__ import annotations

from collections.abc import Iterable

from app.catalog.model import Column
from app.semantic_parser.draft import LINKING, Draft, column_before
from app.semantic_parser.form import Constant, Equals, Null
from app.semantic_parser.lexicon import (
    GROUP_BY,
    NEGATIONS,
    STOP,
)
from app.semantic_parser.linking import ColumnTerms, Link, Meant, link_value
from app.semantic_parser.types import (
    is_boolean,
    is_number,
    is_text,
    is_time,
)

_LIST_WORDS = frozenset({"and", "or", ",", "nor", "plus"})


def missing(draft: Draft) -> None:
    """`without a failure reason`, `with no product`, `where product is null`."""
    for i in range(len(draft.tokens)):
        word = draft.text(i)
        if word in {"without", "no", "missing", "null", "empty"} and draft.is_free(i):
            j = draft.skip_small_words(i + 1)
            link = draft.column_at(j, _nullable, least=0.75)
            if link and draft.named_at(j) is not None:
                continue  # "orders without payment" is about the rows of payments
            if link and (is_boolean(link.column) or _is_value_of(draft, i, link.column)):
                continue  # "without cancelled trips" is false and no null; "missing" may be a value
            exact = link is not None and link.score >= 0.97
            if link and word in {"without", "no", "missing"} and (exact or not _is_value(draft, j)):
                draft.filters.append(Null(link.column))
                if is_number(link.column):  # none, or zero?
                    draft.doubt *= 0.5
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
        _check_listed(draft, found, last, (i, column, negated))
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
        link = column_before(draft, i, _is_plain_id)
        if link is None or (token.kind == "number" and link.stop != i):
            continue
        text = is_text(link.column)
        if text or token.number is not None:
            value: Constant = token.raw if text or token.number is None else token.number
            draft.filters.append(Equals(link.column, (value,)))
            draft.take(i, i + 1, "value")
            draft.take(link.start, link.stop, "value", link.score)


def _is_plain_id(column: ColumnTerms) -> bool:
    return column.is_id and (is_text(column.column) or is_number(column.column))


def _nullable(column: ColumnTerms) -> bool:
    return column.column.nullable and not is_time(column.column)


def _is_value(draft: Draft, i: int) -> bool:
    return link_value(draft.terms, draft.stems, i) is not None


def _is_value_of(draft: Draft, i: int, column: Column) -> bool:
    match = link_value(draft.terms, draft.stems[: i + 1], i)
    return match is not None and any(m.column == column for m in match[1])


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
    if not near and _is_rather_a_name(draft, i, end, meant):
        return None
    name = next(iter(near), columns[0])
    if len(columns) > 1 and not near:
        score *= 0.7
    chosen = [m for m in meant if m.column.name == name]
    _credit_beside(draft, i, end, chosen[0].column)
    return end, chosen[0].column, chosen, score


def _is_rather_a_name(draft: Draft, start: int, stop: int, meant: Iterable[Meant]) -> bool:
    """Whether the phrase is a small word, or better known as a table's or a column's name."""
    span = tuple(draft.stems[start:stop])
    longer = draft.column_at(start, lambda _: True, least=0.97)
    if longer and longer.stop > stop:
        return True
    if stop - start == 1 and draft.text(start) in STOP | NEGATIONS:
        raw = draft.tokens[start].raw
        return not (len(raw) > 1 and raw.isupper() and any(m.value == raw for m in meant))
    if _is_in_table_name(draft, start, stop):
        return True
    grouped = any(
        draft.matches(start - len(words), words) for words in GROUP_BY if start >= len(words)
    )
    flags = {m.column.name for m in meant if is_boolean(m.column)}
    names = {c.name for c in draft.terms.columns if grouped or c.column.name not in flags}
    names |= {draft.terms.name}
    return span in names or (grouped and any(set(span) <= set(n) for n in names))


def _is_in_table_name(draft: Draft, start: int, stop: int) -> bool:
    """`fraud alerts`, of a table of that name, are not those that proved to be fraud."""
    name = draft.terms.name
    begins = range(max(0, stop - len(name)), start + 1)
    longer = len(name) > stop - start
    return longer and any(tuple(draft.stems[b : b + len(name)]) == name for b in begins)


def _is_beside(draft: Draft, start: int, stop: int, column: Column) -> bool:
    return _beside(draft, start, stop, column) is not None


def _beside(draft: Draft, start: int, stop: int, column: Column) -> Link | None:
    """The column's own name next to its value: `status late`, `product pages`."""

    def same(terms: ColumnTerms) -> bool:
        return terms.column is column

    j = start
    while j > 0 and draft.text(j - 1) in LINKING | NEGATIONS | {"in"} and start - j < 3:
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
        in_between = draft.text(j) in LINKING or draft.stems[j] in column.name.lower()
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


def _check_listed(
    draft: Draft,
    found: dict[tuple[str, bool], tuple[Column, list[Constant]]],
    last: tuple[int, Column, bool] | None,
    this: tuple[int, Column, bool],
) -> None:
    """`late parcels were delivered`: values of one column that are not listed side by side."""
    i, column, negated = this
    if (column.name, negated) not in found:
        return
    beside = last is not None and last[1] is column and _is_listed(draft, last[0], i)
    between = [draft.text(k) for k in range(last[0], i)] if last else []
    listed = beside and any(w in _LIST_WORDS for w in between)
    if listed and "and" in between and _is_predicate(draft, i):
        listed = False  # "are late and lost" wants both of one thing
    if not listed:
        draft.distrust(f"two values of {column.name.replace('_', ' ')} cannot both hold in one row")


def _is_predicate(draft: Draft, i: int) -> bool:
    """Whether a list that `i` is in follows `are`, `were` or the like."""
    j = i - 1
    while j >= 0 and (draft.roles.get(j) == "value" or draft.text(j) in _LIST_WORDS | {"both"}):
        j -= 1
    return draft.text(j) in {"is", "are", "was", "were", "be", "been"}


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
