"""Conditions in words: `status = late` as a label, `status late` in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.catalog.model import Table
from app.semantic_parser.form import (
    AnyOf,
    Compares,
    Contains,
    Equals,
    Field,
    Filter,
    Join,
    Member,
    Null,
    Operator,
    Related,
)
from app.semantic_parser.words.names import Names, quoted, say_constant, say_time, some
from app.semantic_parser.words.nouns import with_unit
from app.semantic_parser.words.operands import is_moment, say_operand, unit

OPERATORS: dict[Operator, str] = {
    ">": "over", ">=": "at least", "<": "under", "<=": "at most", "=": "=", "<>": "≠",
}  # fmt: skip
_MOMENTS: dict[Operator, str] = {
    ">": "after", ">=": "not before", "<": "before", "<=": "not after", "=": "=", "<>": "≠",
}  # fmt: skip
_PLACES = {
    "anywhere": ("contains", "does not contain", "containing"),
    "start": ("starts with", "does not start with", "starting with"),
    "end": ("ends with", "does not end with", "ending with"),
}


def say_filter(names: Names, filter_: Filter) -> str:
    """One condition; in prose it is what follows `with`."""
    match filter_:
        case Equals():
            return _equals(names, filter_)
        case Compares():
            return _compares(names, filter_)
        case Contains():
            return _contains(names, filter_)
        case Null(field=field, negated=negated):
            if names.prose:
                return some(names.full(field)) if negated else f"no {names.full(field)}"
            return f"{names.full(field)} {'given' if negated else 'missing'}"
        case Member(field=field, values=values, negated=negated):
            verb = "including" if names.prose else "include"
            not_ = ("not " if names.prose else "do not ") if negated else ""
            return f"{names.full(field)} {not_}{verb} {either(values)}"
        case Related():
            return f"{'without' if filter_.negated else 'with'} {_related(names, filter_)}"
        case AnyOf(filters=filters):
            return f"({' or '.join(say_filter(names, f) for f in filters)})"
        case _:
            return f"{names.full(filter_.field)} {say_time(filter_.time)}"


def attached(names: Names, filters: Sequence[Filter]) -> str:
    """Conditions behind a noun: ` with status = late and without a payment`, or nothing."""
    plain = [say_filter(names, f) for f in filters if not isinstance(f, Related)]
    related = [say_filter(names, f) for f in filters if isinstance(f, Related)]
    said = [f"with {plain[0]}", *plain[1:]] if plain else []
    every = [*said, *related]
    if names.prose and len(every) > 2:
        return f" {', '.join(every[:-1])} and {every[-1]}"
    return f" {' and '.join(every)}" if every else ""


def via(names: Names, join: Join) -> str:
    """By what keys a table is joined, where there is more than the natural way to do it."""
    left = {before.table for before, _ in join.on}
    pairs = [(before.name, own.name) for before, own in join.on]
    natural = _natural_keys(names.tables.get(names.root), join.table)
    same = all(before == own for before, own in pairs)
    if left == {names.root} and same and {own for _, own in pairs} == set(natural):
        return ""
    within = names.within(join.table.name)
    said = [_pair(names, within, before, own) for before, own in join.on]
    return f" by {' and '.join(said)}"


def either(values: Sequence[str | bool | Decimal], measure: str = "") -> str:
    """One of some values, with their unit."""
    return with_unit(" or ".join(say_constant(v) for v in values), measure)


def _pair(names: Names, within: Names, before: Field, own: Field) -> str:
    if before.name == own.name:
        through = "" if before.table == names.root else f" of the {names.row(before.table)}"
        return f"{names.within(before.table).full(before)}{through}"
    return f"{names.full(before)} = {within.full(own)}"


def _natural_keys(root: Table | None, table: Table) -> tuple[str, ...]:
    """The columns that two tables are joined by when nobody says otherwise."""
    if root is None:
        return ()
    here, there = [c.name for c in root.columns], [c.name for c in table.columns]
    for key, others in ((root.primary_key, there), (table.primary_key, here)):
        if key and set(key) <= set(others):
            return key
    shared = [name for name in here if name in there]
    return tuple(shared) if len(shared) == 1 else ()


def _equals(names: Names, filter_: Equals) -> str:
    name = names.full(filter_.field)
    said = either(filter_.values, unit(filter_.field))
    if names.prose:
        return f"{name} {'other than ' if filter_.negated else ''}{said}"
    if filter_.negated:
        return f"{name} {'≠' if len(filter_.values) == 1 else 'none of'} {said}"
    return f"{name} = {said}"


def _compares(names: Names, filter_: Compares) -> str:
    left, right = filter_.left, filter_.right
    name = names.full(left) if isinstance(left, Field) else say_operand(names, left)
    words = _MOMENTS if is_moment(left) else OPERATORS
    if isinstance(right, Decimal):
        compared = with_unit(say_constant(right), unit(left))
    else:
        compared = names.full(right)
    return f"{name} {words[filter_.operator]} {compared}"


def _contains(names: Names, filter_: Contains) -> str:
    does, does_not, doing = _PLACES[filter_.place]
    said = does_not if filter_.negated else does
    if names.prose:
        said = f"not {doing}" if filter_.negated else doing
    return f"{names.full(filter_.field)} {said} {quoted(filter_.text)}"


def _related(names: Names, filter_: Related) -> str:
    table = filter_.join.table.name
    of = names.within(table)
    row = some(names.row(table)) + via(names, filter_.join)
    if not filter_.filters:
        return row
    inner = " and ".join(say_filter(of, f) for f in filter_.filters)
    return f"{row} ({inner})"
