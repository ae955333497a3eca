"""A form in plain words, as it is shown to the user before the SQL."""

from __future__ import annotations

from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.form import Bucket, Compares, Constant, Equals, Filter, Form, Metric
from app.semantic_parser.types import spoken_unit

_FUNCTIONS = {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}
_OPERATORS = {">": "over", ">=": "at least", "<": "under", "<=": "at most", "=": "=", "<>": "not"}


def say(form: Form) -> str:
    """The form in one line.

    Such as: counting distinct parcels in shipments, status = late, in the last hour, per carrier.
    """
    parts = [_head(form), *(say_filter(f) for f in form.filters)]
    if form.time:
        about = form.time_column
        other = about is not None and about.name != form.table.time_attribute
        parts.append(f"{about.name} {form.time.words}" if other and about else form.time.words)
    parts += [f"per {say_column(c)}" for c in form.group]
    if form.bucket:
        parts.append(say_bucket(form.bucket))
    if form.having:
        operator = _OPERATORS[form.having.operator]
        parts.append(f"only groups of {operator} {say_constant(form.having.number)}")
    return ", ".join([*parts, *_order(form)])


def say_metric(metric: Metric, table: str) -> str:
    """What a metric is, such as `average load ms` or `number of orders`."""
    if metric.function == "count":
        noun = metric.noun or f"rows of {table}"
        return f"number of {'distinct ' if metric.distinct else ''}{noun}"
    subject = say_column(metric.column) if metric.column else table
    if metric.function == "percentile":
        is_median = metric.fraction == Decimal("0.5")
        return (
            f"{'median' if is_median else f'p{say_constant(metric.fraction * 100)} of'} {subject}"
        )
    word = _FUNCTIONS[metric.function]
    return subject if subject.startswith(word) else f"{word} {subject}"


def say_column(column: Column) -> str:
    """A column's name without underscores and without its unit.

    >>> say_column(Column("load_ms", "INT")), say_column(Column("order_id", "STRING"))
    ('load', 'order')
    """
    name = column.name.replace("_", " ").strip()
    unit = {"milliseconds": (" ms", " millis"), "seconds": (" s", " sec", " seconds"),
            "minutes": (" min", " minutes"), "hours": (" h", " hours"),
            "EUR": (" eur",), "USD": (" usd",)}.get(spoken_unit(column), ())  # fmt: skip
    for suffix in (*unit, f" {spoken_unit(column).lower()}", " id"):
        name = name.removesuffix(suffix)
    return name


def say_filter(filter_: Filter) -> str:
    """One condition."""
    name = filter_.column.name.replace("_", " ")
    match filter_:
        case Equals(values=(value,), negated=negated):
            return f"{name} {'≠' if negated else '='} {say_constant(value)}"
        case Equals(values=values, negated=negated):
            listed = " or ".join(say_constant(v) for v in values)
            return f"{name} {'none of' if negated else '='} {listed}"
        case Compares(column=column, operator=operator, number=number):
            unit = f" {spoken_unit(column)}" if spoken_unit(column) else ""
            return f"{say_column(column)} {_OPERATORS[operator]} {say_constant(number)}{unit}"
        case _:
            return f"{name} {'given' if filter_.negated else 'missing'}"


def say_constant(value: Constant) -> str:
    """A constant for reading; numbers have no exponent and no trailing zeros."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def say_bucket(bucket: Bucket) -> str:
    """A bucket, such as `per hour` or `per 5 minutes`."""
    return f"per {bucket.unit}" if bucket.count == 1 else f"per {bucket.count} {bucket.unit}s"


def _head(form: Form) -> str:
    table = form.table.name
    if not form.metrics:
        return f"rows of {table}"
    said: list[str] = []
    for metric in form.metrics:
        if metric.function == "count":
            noun = metric.noun or "rows"
            said.append(f"counting {'distinct ' if metric.distinct else ''}{noun}")
        else:
            said.append(say_metric(metric, table))
    named = len(form.metrics) == 1 and form.metrics[0].noun == table.replace("_", " ")
    return " and ".join(said) + ("" if named else f" in {table}")


def _order(form: Form) -> list[str]:
    if form.metrics and form.limit is None:
        return []
    if isinstance(form.order, Column):
        is_time = form.order.name == form.table.time_attribute
        ends = ("latest", "earliest") if is_time else ("highest", "lowest")
        end = ends[0] if form.descending else ends[1]
        by = "" if is_time else f" by {say_column(form.order)}"
        return [f"the {end}{f' {form.limit}' if form.limit != 1 else ' one'}{by}"]
    if form.limit is None:
        return []
    end = "most" if form.descending else "least"
    return [f"the one with the {end}" if form.limit == 1 else f"{end} first, at most {form.limit}"]
