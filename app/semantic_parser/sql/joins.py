"""The tables of a form, joined.

Rows of a root with a key are told apart by it afterwards. Those of a root without one must not be
multiplied in the first place: what is joined with it gives each combination of its needed columns
once, and its own filters are put there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.semantic_parser.form import Field, Filter, Form, Join
from app.semantic_parser.sql import moments, uses
from app.semantic_parser.sql.conditions import conditions
from app.semantic_parser.sql.scope import Scope, column_names
from app.semantic_parser.sql.select import Select
from app.sql.dialect.words import identifier


def joined(form: Form, *, aliased: bool) -> tuple[tuple[str, ...], tuple[Filter, ...], Scope]:
    """The FROM of a form, the filters that are put within it, and how its fields are spelled.

    Args:
        form: What is asked.
        aliased: Whether a query within this one refers to the root by its name.
    """
    lines = [f"FROM {_root(form, aliased=aliased or bool(form.joins))}"]
    pushed: list[Filter] = []
    scope = Scope(qualified=bool(form.joins))
    for join in form.joins:
        own = tuple(f for f in form.filters if _is_of(f, join))
        names = _names(form, join, own) if _multiplies(form, join) else {}
        scope = replace(scope, names={**scope.names, **names})
        on = " AND ".join(f"{scope.of(left)} = {scope.of(right)}" for left, right in join.on)
        if names:
            pushed += own
            lines += _distinct(join, names, own, on)
        else:
            lines.append(f"{_kind(join)} {identifier(join.table.name)} ON {on}")
    return tuple(lines), tuple(pushed), scope


def _root(form: Form, *, aliased: bool) -> str:
    name = identifier(form.table.name)
    if not (form.bucket and form.time_field and moments.is_tumbled(form.bucket, form.time_field)):
        return name
    windows = moments.tumbling(form.bucket, form.time_field)
    return f"{windows} AS {name}" if aliased else windows


def _multiplies(form: Form, join: Join) -> bool:
    return not form.table.primary_key and (join.many or bool(join.table.primary_key))


def _is_of(filter_: Filter, join: Join) -> bool:
    """Whether a filter looks at nothing but the joined table."""
    if uses.has_related((filter_,)):
        return False
    return {f.table for f in uses.of_filters((filter_,))} == {join.table.name}


def _names(form: Form, join: Join, own: tuple[Filter, ...]) -> dict[Field, str]:
    """What is needed of a joined table outside of the query that it becomes."""
    fields = uses.of_form(replace(form, filters=tuple(f for f in form.filters if f not in own)))
    return column_names(dict.fromkeys(f for f in fields if f.table == join.table.name))


def _distinct(
    join: Join, names: Mapping[Field, str], own: tuple[Filter, ...], on: str
) -> Iterator[str]:
    plain = Scope()
    table = identifier(join.table.name)
    items = tuple(plain.item(field, name) for field, name in names.items())
    select = Select(items, (f"FROM {table}",), conditions(own, plain), distinct=True)
    _, *inner, last = select.within(table)
    yield from (f"{_kind(join)} (", *inner, f"{last} ON {on}")


def _kind(join: Join) -> str:
    return "LEFT JOIN" if join.outer else "JOIN"
