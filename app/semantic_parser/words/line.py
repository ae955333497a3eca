"""A form in one line of plain words: the label of a reading."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from app.catalog.model import Column, Table
from app.semantic_parser.form import Field, Form, Having, Join, Measure, Metric, Newest, Order
from app.semantic_parser.types import is_number, is_time
from app.semantic_parser.words.filters import OPERATORS, say_filter, via
from app.semantic_parser.words.measures import (
    base,
    first_metric,
    measure_unit,
    measure_words,
    rows_of,
)
from app.semantic_parser.words.names import UNITS, Names, say_bucket, say_constant, say_time
from app.semantic_parser.words.nouns import plural, singular, with_unit
from app.semantic_parser.words.operands import is_moment


def say(form: Form) -> str:
    """The form in one line that no other reading shares.

    Such as: counting distinct parcels in shipments, status = late, in the last hour, per carrier.
    """
    names = Names.of(form)
    parts = [_head(form, names), *_joins(form, names)]
    parts += [say_filter(names, f) for f in form.filters]
    if form.time:
        parts.append(f"{_clock(form, names)}{say_time(form.time)}")
    if form.newest:
        parts.append(_newest(form, form.newest, names))
    if not form.summary:
        parts += _by(form, names)
    parts += [f"only those with {say_having(names, form, h)}" for h in form.having]
    return ", ".join([*parts, *_order(form, names)])


def say_measure(measure: Measure, form: Form) -> str:
    """What one measure of a form is, such as `number of orders` or `average load`."""
    return measure_words(Names.of(form), measure)


def say_having(names: Names, form: Form, having: Having) -> str:
    """What groups are kept: `over 10 orders`, `average load over 900 milliseconds`."""
    measure = form.measures[having.measure]
    number = with_unit(say_constant(having.number), measure_unit(measure))
    operator = OPERATORS[having.operator].replace("=", "exactly").replace("≠", "other than")
    if isinstance(measure, Metric) and measure.function == "count":
        named = measure_words(names, measure).removeprefix("number of ")
        return f"{operator} {number} {singular(named) if having.number == 1 else named}"
    return f"{measure_words(names, measure)} {operator} {number}"


def say_group(names: Names, field: Field) -> str:
    """What rows are grouped by; a column named like a unit of time is no bucket."""
    said = names.short(field)
    return f"value of {said}" if said in UNITS else said


def say_each(names: Names, form: Form) -> str:
    """What a limit is for each of: ` of each city`, or nothing."""
    per = [names.short(f) if isinstance(f, Field) else _stretch(form) for f in form.limit_per]
    return f" of each {' and '.join(per)}" if per else ""


def ends(form: Form, order: Order, names: Names) -> tuple[str, str]:
    """Which end comes first, and by what where that is not plain: `most`, ` by amount`."""
    if order.by == "bucket":
        return ("latest" if order.descending else "earliest"), ""
    if isinstance(order.by, Field):
        return _field_ends(form, order.by, order.descending, names)
    measure = form.measures[order.by]
    by = "" if len(form.measures) == 1 else f" {measure_words(names, measure)}"
    if isinstance(measure, Metric) and measure.function == "count":
        return ("most" if order.descending else "fewest"), by.removeprefix(" number of ").strip()
    if is_moment(first_metric(measure).of):
        return ("latest" if order.descending else "earliest"), by.strip()
    return ("highest" if order.descending else "lowest"), by.strip()


def _field_ends(form: Form, field: Field, descending: bool, names: Names) -> tuple[str, str]:
    if is_time(field.column):
        usual = form.time_field or _time_attribute(form)
        by = "" if field == usual else f"by {names.short(field)}"
        return ("latest" if descending else "earliest"), by
    if is_number(field.column):
        return ("highest" if descending else "lowest"), names.short(field)
    return ("Z to A" if descending else "A to Z"), f"by {names.short(field)}"


def _time_attribute(form: Form) -> Field | None:
    column = form.table.column(form.table.time_attribute or "")
    return Field(form.table.name, column) if column else None


def _head(form: Form, names: Names) -> str:
    if form.summary:
        said = _summary(form, names)
    elif form.asks_whether:
        said = f"whether there are {_asked(form, names)}"
    elif not form.measures:
        return _listing(form, names)
    elif form.cumulative:
        said = f"running {_joined([_added_up(names, m) for m in form.measures])}"
    else:
        said = _joined([measure_words(names, m, head=True) for m in form.measures])
    if _names_root(form, names):
        return said
    first = base(names, first_metric(form.measures[0])) if len(form.measures) == 1 else said
    first = first if first in said else said
    return said.replace(first, f"{first} in {_table(names, names.root)}", 1)


def _added_up(names: Names, measure: Measure) -> str:
    """A measure that adds up from bucket to bucket."""
    said = measure_words(names, measure)
    for function, start in (("count", "number of "), ("sum", "total ")):
        if isinstance(measure, Metric) and measure.function == function:
            return f"total of {said.removeprefix(start)}"
    return said


def _asked(form: Form, names: Names) -> str:
    if not form.measures:
        return names.rows()
    measure = form.measures[0]
    is_count = isinstance(measure, Metric) and measure.function == "count"
    return measure_words(names, measure).removeprefix("number of ") if is_count else (
        f"any {measure_words(names, measure)}"
    )  # fmt: skip


def _joined(said: list[str]) -> str:
    return (" and " if all(" with " not in s for s in said) else ", and ").join(said)


def _table(names: Names, table: str) -> str:
    return names.rows(table).removeprefix("rows of ")


def _names_root(form: Form, names: Names) -> bool:
    """Whether what is counted already says the table."""
    counted = [first_metric(m) for m in form.measures]
    return any(
        m.function == "count"
        and m.of is None
        and rows_of(names, m) in {names.rows(), _table(names, names.root)}
        for m in counted
    ) or bool(form.asks_whether and not form.measures)


def _listing(form: Form, names: Names) -> str:
    whole = tuple(Field(form.table.name, c) for c in form.table.columns)
    shown = " and ".join(names.full(f) for f in form.columns)
    if form.distinct:
        return f"listing the different {shown or 'rows'} of {_table(names, names.root)}"
    if form.columns in {(), whole}:
        return f"listing {names.rows()}"
    return f"listing {names.rows()} with their {shown}"


def _summary(form: Form, names: Names) -> str:
    summary = form.summary
    function = summary.function if summary else "count"
    noun = (summary.noun if summary else "") or _unit_of_group(form, names)
    groups = " and ".join(b.removeprefix("per ") for b in _by(form, names))
    measures = _joined([measure_words(names, m) for m in form.measures])
    if function == "count":
        each = "" if singular(noun) == groups else f" (each {groups})"
        by = "" if form.having or not form.measures else f" by {measures}"
        return f"counting {plural(noun)}{each}{by}"
    words = {"sum": "sum of", "avg": "average", "min": "lowest", "max": "highest"}
    return f"{words.get(function, 'median')} {measures} per {groups}"


def _unit_of_group(form: Form, names: Names) -> str:
    if form.group:
        return names.many(form.group[0])
    return f"{form.bucket.unit}s" if form.bucket else "groups"


def _by(form: Form, names: Names) -> list[str]:
    said = [f"per {say_group(names, f)}" for f in form.group]
    if form.bucket:
        of = "" if form.time else _clock(form, names).strip()
        said.append(f"{say_bucket(form.bucket)}{f' of {of}' if of else ''}")
    return said


def _clock(form: Form, names: Names) -> str:
    """The time column that a form goes by, where it is not the table's own."""
    field = form.time_field
    if field is None or (field.name == form.table.time_attribute and not field.within):
        return ""
    return f"{names.full(field)} "


def _newest(form: Form, newest: Newest, names: Names) -> str:
    end = "oldest" if newest.oldest else "newest"
    by = "" if form.time or form.bucket else _clock(form, names).strip()
    per = " and ".join(names.short(f) for f in newest.per)
    said = f"by the {end} row of each {per}{f' by {by}' if by else ''}"
    kept = " and ".join(say_filter(names, f) for f in newest.filters)
    return f"{said} where {kept}" if kept else said


def _joins(form: Form, names: Names) -> list[str]:
    """Joined tables, where no column says them or where there are several ways to them."""
    used = {f.table for f in _fields(form)}
    said: list[str] = []
    for join in form.joins:
        way = via(names, join)
        if way or join.table.name not in used:
            said.append(f"joined with {_table(names, join.table.name)}{way}")
    return said


def _fields(value: object) -> list[Field]:
    """Every field in a form, but for the keys of joins."""
    if isinstance(value, Field):
        return [value]
    if isinstance(value, tuple):
        return [field for one in value for field in _fields(one)]
    if is_dataclass(value) and not isinstance(value, Join | Table | Column):
        return [field for one in fields(value) for field in _fields(getattr(value, one.name))]
    return []


def _order(form: Form, names: Names) -> list[str]:
    if form.summary or (form.measures and not (form.group or form.bucket)):
        return []  # one row
    limit = form.limit
    if not form.order:
        return [f"at most {limit}{say_each(names, form)}"] if limit is not None else []
    (end, by), *others = [ends(form, o, names) for o in form.order]
    rest = "".join(f", then {e} {b}".rstrip() for e, b in others)
    ranked = isinstance(form.order[0].by, int)
    if limit is None:
        said = f"{end} {by}".rstrip() + " first"
    elif by.startswith("by "):
        said = f"the {'first' if limit == 1 else f'first {limit}'} {by}, {end}"
    elif ranked and limit == 1:
        said = f"the one with the {end} {by}".rstrip()
    elif ranked:
        said = f"the {limit} with the {end} {by}".rstrip()
    else:
        said = f"the {end}{f' {limit}' if limit != 1 else ' one'}{f' by {by}' if by else ''}"
    return [f"{said}{rest}{say_each(names, form)}"]


def _stretch(form: Form) -> str:
    return say_bucket(form.bucket).removeprefix("per ") if form.bucket else "stretch"
