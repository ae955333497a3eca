"""The names of things beside their ids: `which ward` is answered by more than `W05`."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Field, Form
from app.semantic_parser.linking import Scope
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import is_text, looks_like_id

_NAMES = frozenset({"nam", "titl", "label"})


def with_names(scope: Scope, form: Form) -> Form:
    """The form with a name for each id that it groups by or lists the distinct values of."""
    if form.summary is not None or form.newest is not None:
        return form
    if form.group:
        return replace(form, group=_named(scope, form.group))
    if form.distinct or len(form.columns) < len(form.table.columns):
        return replace(form, columns=_named(scope, form.columns))
    return form


def _named(scope: Scope, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    found = list(fields)
    for field in fields:
        name = _name_of(scope, field)
        if name is not None and all(f.table != name.table or not is_name(f) for f in found):
            found.append(name)
    return tuple(found)


def _name_of(scope: Scope, field: Field) -> Field | None:
    """The one name in the table that an id is the key of."""
    if not looks_like_id(field.name):
        return None
    if field.table == scope.root.table.name and field.name in scope.root.table.primary_key:
        return _only_name(scope, field.table)
    for table in scope.reached:
        joins = scope.joins([table])
        if not joins[-1].many and _leads(joins[-1].on, field):
            return _only_name(scope, table)
    return None


def _leads(on: tuple[tuple[Field, Field], ...], field: Field) -> bool:
    return len(on) == 1 and field in on[0]


def _only_name(scope: Scope, table: str) -> Field | None:
    names = [t.field for t in scope.fields if t.field.table == table and is_name(t.field)]
    return names[0] if len(names) == 1 else None


def is_name(field: Field) -> bool:
    """Whether a column holds what things are called."""
    named = name_parts(field.name)[-1:]
    return is_text(field.column) and not field.within and bool(_NAMES & set(named))
