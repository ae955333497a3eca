"""A form as Flink SQL text, for batch mode and in the session's time zone."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.form import (
    Bucket,
    Compares,
    Constant,
    Equals,
    Filter,
    Form,
    Metric,
    Null,
)
from app.semantic_parser.types import is_integer
from app.sql import lexer
from app.sql.dialect.words import RESERVED

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_STATE_COLUMNS = {"status", "state", "outcome", "result", "severity", "level"}


def render(form: Form) -> str:
    """The query for a form, formatted over several lines.

    Flink never enforces a declared key and streams deliver at least once, so every aggregate that
    a repeated row would change is computed over distinct rows.
    """
    return _listing(form) if not form.metrics else _aggregate(form)


def identifier(name: str) -> str:
    """A name, in backticks only where Flink needs them.

    >>> identifier("city"), identifier("method"), identifier("a`b")
    ('city', '`method`', '`a``b`')
    """
    if _PLAIN.match(name) and name.upper() not in RESERVED:
        return name
    return lexer.quote(name)


def literal(value: Constant) -> str:
    """A constant; the quote doubled is the only escape that Flink knows.

    >>> literal("it's"), literal(True), literal(Decimal("2.50"))
    ("'it''s'", 'TRUE', '2.50')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value, "f")
    return lexer.literal(value)


def timestamp(moment: datetime) -> str:
    """A local moment as a literal, to the second."""
    return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"


def alias(form: Form, metric: Metric) -> str:
    """A plain name for a metric's column that is neither reserved nor a column of the table."""
    subject = metric.column.name if metric.column else ""
    match metric.function:
        case "count":
            words = f"{_state(form)} {metric.noun or form.table.name}"
        case "sum":
            words = subject if subject.startswith("total") else f"total {subject}"
        case "avg":
            words = f"average {subject}"
        case "percentile" if metric.fraction == Decimal("0.5"):
            words = f"median {subject}"
        case "percentile":
            words = f"p{(metric.fraction * 100).normalize():f} {subject}"
        case extreme:
            words = f"{'highest' if extreme == 'max' else 'lowest'} {subject}"
    name = _NOT_PLAIN.sub("_", words.lower()).strip("_") or "matches"
    if name[0].isdigit():
        name = f"n_{name}"
    taken = name.upper() in RESERVED or form.table.column(name) is not None
    return f"{name}_count" if taken else name


def _state(form: Form) -> str:
    """The one status asked for, so that a count of late parcels is called that."""
    states = [
        f.values[0]
        for f in form.filters
        if isinstance(f, Equals)
        and not f.negated
        and len(f.values) == 1
        and f.column.name.lower().rpartition("_")[2] in _STATE_COLUMNS
    ]
    return str(states[0]) if len(states) == 1 else ""


def _aggregate(form: Form) -> str:
    names = [alias(form, m) for m in form.metrics]
    needs_distinct = bool(form.table.primary_key) and any(_counts_twice(m) for m in form.metrics)
    nested = needs_distinct or (form.bucket is not None and form.bucket.count > 1)
    heads = [identifier(c.name) for c in form.group]
    if form.bucket:
        start = bucket_name(form.bucket)
        heads.insert(0, start if nested else f"{_floor(form)} AS {start}")
    selected = [
        *heads,
        *(f"{_call(form, m)} AS {n}" for m, n in zip(form.metrics, names, strict=True)),
    ]
    lines = [f"SELECT {', '.join(selected)}"]
    lines += _distinct_source(form, needs_distinct) if nested else [*_from_where(form)]
    keys = [identifier(c.name) for c in form.group]
    if form.bucket:
        keys.insert(0, bucket_name(form.bucket) if nested else _floor(form))
    if keys:
        lines.append(f"GROUP BY {', '.join(keys)}")
    if form.having:
        condition = f"{form.having.operator} {literal(form.having.number)}"
        lines.append(f"HAVING {_call(form, form.metrics[0])} {condition}")
    if keys:
        lines.append(f"ORDER BY {_group_order(form, names[0])}")
    return "\n".join([*lines, *_limit(form)])


def _group_order(form: Form, metric: str) -> str:
    direction = " DESC" if form.descending else ""
    groups = [identifier(c.name) for c in form.group]
    start = [bucket_name(form.bucket)] if form.bucket else []
    if form.order == "metric":
        return ", ".join([f"{metric}{direction}", *start, *groups])
    return ", ".join([*start, *groups])


def bucket_name(bucket: Bucket) -> str:
    """What the column of bucket starts is called."""
    return f"{bucket.unit}_start" if bucket.count == 1 else "window_start"


def _floor(form: Form) -> str:
    column = form.time_column.name if form.time_column else ""
    unit = form.bucket.unit.upper() if form.bucket else ""
    return f"FLOOR({identifier(column)} TO {unit})"


def _distinct_source(form: Form, distinct: bool) -> list[str]:
    """The rows that metrics are computed over, each once where there is a key to know it by."""
    names = list(dict.fromkeys(_needed(form, distinct)))
    selected = [identifier(n) for n in names]
    source = identifier(form.table.name)
    if form.bucket and form.bucket.count > 1:
        selected.insert(0, "window_start")
        source = _tumble(form, form.bucket)
    elif form.bucket:
        selected.insert(0, f"{_floor(form)} AS {bucket_name(form.bucket)}")
    keyword = "SELECT DISTINCT" if distinct else "SELECT"
    lines = [f"{keyword} {', '.join(selected)}", f"FROM {source}", *_where(form)]
    return ["FROM (", *(f"  {line}" for line in lines), ")"]


def _needed(form: Form, distinct: bool) -> list[str]:
    counts_rows = any(m.function == "count" and m.column is None for m in form.metrics)
    keys = form.table.primary_key if distinct or counts_rows else ()
    metrics = [m.column.name for m in form.metrics if m.column]
    return [*keys, *(c.name for c in form.group), *metrics]


def _tumble(form: Form, bucket: Bucket) -> str:
    size = f"INTERVAL '{bucket.count}' {bucket.unit.upper()}{_precision(bucket)}"
    column = identifier(form.time_column.name if form.time_column else "")
    return f"TABLE(TUMBLE(TABLE {identifier(form.table.name)}, DESCRIPTOR({column}), {size}))"


def _precision(bucket: Bucket) -> str:
    return f"({len(str(bucket.count))})" if bucket.count > 99 else ""


def _counts_twice(metric: Metric) -> bool:
    """Whether a repeated row changes the metric."""
    return metric.function in {"sum", "avg", "percentile"}


def _call(form: Form, metric: Metric) -> str:
    """The aggregate; integers are widened, since Flink keeps the type and AVG would truncate."""
    if metric.function == "count" or metric.column is None:
        return _count(form, metric)
    name = identifier(metric.column.name)
    if metric.function == "percentile":
        return f"PERCENTILE({name}, {literal(metric.fraction)})"
    if is_integer(metric.column) and metric.function in {"sum", "avg"}:
        name = f"CAST({name} AS {'BIGINT' if metric.function == 'sum' else 'DOUBLE'})"
    return f"{metric.function.upper()}({name})"


def _count(form: Form, metric: Metric) -> str:
    if metric.column is not None:
        return f"COUNT(DISTINCT {identifier(metric.column.name)})"
    key = form.table.primary_key
    if not key or any(_counts_twice(m) for m in form.metrics):
        return "COUNT(*)"
    return f"COUNT(DISTINCT {', '.join(identifier(k) for k in key)})"


def _listing(form: Form) -> str:
    names = ", ".join(identifier(c.name) for c in form.columns)
    keyword = "SELECT DISTINCT" if form.table.primary_key else "SELECT"
    lines = [f"{keyword} {names}", *_from_where(form)]
    if isinstance(form.order, Column):
        direction = " DESC" if form.descending else ""
        lines.append(f"ORDER BY {identifier(form.order.name)}{direction}")
    return "\n".join([*lines, *_limit(form)])


def _from_where(form: Form) -> list[str]:
    return [f"FROM {identifier(form.table.name)}", *_where(form)]


def _where(form: Form) -> list[str]:
    conditions = [_condition(f) for f in form.filters]
    if form.time and form.time_column:
        column = identifier(form.time_column.name)
        if form.time.start:
            conditions.append(f"{column} >= {timestamp(form.time.start)}")
        if form.time.end:
            conditions.append(f"{column} < {timestamp(form.time.end)}")
    return [f"{'WHERE' if i == 0 else '  AND'} {c}" for i, c in enumerate(conditions)]


def _condition(filter_: Filter) -> str:
    name = identifier(filter_.column.name)
    match filter_:
        case Equals(values=(value,), negated=negated):
            return f"{name} {'<>' if negated else '='} {literal(value)}"
        case Equals(values=values, negated=negated):
            listed = ", ".join(literal(v) for v in values)
            return f"{name} {'NOT IN' if negated else 'IN'} ({listed})"
        case Compares(operator=operator, number=number):
            return f"{name} {operator} {literal(number)}"
        case Null(negated=negated):
            return f"{name} IS {'NOT ' if negated else ''}NULL"


def _limit(form: Form) -> list[str]:
    return [f"LIMIT {form.limit}"] if form.limit is not None else []
