"""Filters as conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from app.semantic_parser.form import (
    AnyOf,
    Compares,
    Contains,
    Duration,
    During,
    Equals,
    Field,
    Filter,
    Member,
    Null,
    Related,
)
from app.semantic_parser.sql import moments, operands
from app.semantic_parser.sql.scope import Scope
from app.semantic_parser.sql.text import constant, literal
from app.semantic_parser.types import is_time
from app.sql.dialect.words import identifier


def conditions(filters: Iterable[Filter], scope: Scope) -> tuple[str, ...]:
    """Conditions that all hold where all the filters do."""
    return tuple(condition for one in filters for condition in _conditions(one, scope))


def _conditions(filter_: Filter, scope: Scope) -> tuple[str, ...]:
    match filter_:
        case Equals():
            return (_equals(filter_, scope),)
        case Compares():
            return (_compares(filter_, scope),)
        case Null(field=field, negated=negated):
            return (f"{scope.of(field)} IS {'NOT ' if negated else ''}NULL",)
        case Contains():
            return (_contains(filter_, scope),)
        case Member():
            return (_member(filter_, scope),)
        case During(field=field, time=time):
            return moments.within(time, field, scope)
        case Related():
            return (_related(filter_, scope),)
        case AnyOf(filters=filters):
            return _any_of(filters, scope)


def _equals(filter_: Equals, scope: Scope) -> str:
    name, column = scope.of(filter_.field), filter_.field.column
    listed = [constant(v, column) for v in filter_.values]
    if len(listed) == 1:
        return f"{name} {'<>' if filter_.negated else '='} {listed[0]}"
    return f"{name} {'NOT IN' if filter_.negated else 'IN'} ({', '.join(listed)})"


def _compares(filter_: Compares, scope: Scope) -> str:
    left, operator, right = filter_.left, filter_.operator, filter_.right
    if isinstance(left, Duration) and isinstance(right, Decimal):
        shifted = _shifted(left, operator, right, scope)
        if shifted:
            return shifted
    if isinstance(left, Field) and isinstance(right, Field) and is_time(left.column):
        times = moments.aligned((left, right), scope)
        return f"{times[0]} {operator} {times[1]}"
    other = literal(right) if isinstance(right, Decimal) else scope.of(right)
    return f"{operands.value(left, scope)} {operator} {other}"


def _shifted(left: Duration, operator: str, number: Decimal, scope: Scope) -> str:
    """`end > TIMESTAMPADD(HOUR, 10, start)`: unlike a difference, exact below the second."""
    size = operands.SECONDS.get(left.unit)
    if size is None or (number * size) % 1:
        return ""
    unit, amount = (left.unit.upper(), number) if not number % 1 else ("SECOND", number * size)
    start, end = moments.aligned((left.start, left.end), scope)
    if not amount:
        return f"{end} {operator} {start}"
    return f"{end} {operator} TIMESTAMPADD({unit}, {int(amount)}, {start})"


def _contains(filter_: Contains, scope: Scope) -> str:
    """Case is ignored by comparing small letters; a text with `%` or `_` is no pattern."""
    name, text = f"LOWER({scope.of(filter_.field)})", filter_.text.lower()
    if "%" in text or "_" in text:
        return _positioned(filter_, name, text)
    before = "" if filter_.place == "start" else "%"
    after = "" if filter_.place == "end" else "%"
    sign = "NOT LIKE" if filter_.negated else "LIKE"
    return f"{name} {sign} {literal(before + text + after)}"


def _positioned(filter_: Contains, name: str, text: str) -> str:
    if filter_.place == "end":
        sign = "<>" if filter_.negated else "="
        return f"RIGHT({name}, {len(text)}) {sign} {literal(text)}"
    found = f"POSITION({literal(text)} IN {name})"
    if filter_.place == "start":
        return f"{found} {'<>' if filter_.negated else '='} 1"
    return f"{found} {'=' if filter_.negated else '>'} 0"


def _member(filter_: Member, scope: Scope) -> str:
    name = scope.of(filter_.field)
    found = [f"ARRAY_CONTAINS({name}, {literal(v)})" for v in filter_.values]
    either = found[0] if len(found) == 1 else f"({' OR '.join(found)})"
    return f"NOT {either}" if filter_.negated else either


def _related(filter_: Related, scope: Scope) -> str:
    """EXISTS, which unlike IN does not mind missing values."""
    table = filter_.join.table.name
    others = {scope.owner, *(near.table for near, _ in filter_.join.on)}
    alias = f"other_{table}" if table in others else table
    inner = replace(Scope(qualified=True), tables={table: alias})
    source = identifier(table) if alias == table else f"{identifier(table)} AS {identifier(alias)}"
    linked = [f"{inner.of(far)} = {scope.full(near)}" for near, far in filter_.join.on]
    holds = " AND ".join([*linked, *conditions(filter_.filters, inner)])
    return f"{'NOT ' if filter_.negated else ''}EXISTS (SELECT 1 FROM {source} WHERE {holds})"


def _any_of(filters: tuple[Filter, ...], scope: Scope) -> tuple[str, ...]:
    parts = [_conditions(one, scope) for one in filters]
    if len(parts) == 1:
        return parts[0]
    alternatives = [p[0] if len(p) == 1 else f"({' AND '.join(p)})" for p in parts if p]
    return (f"({' OR '.join(alternatives)})",)
