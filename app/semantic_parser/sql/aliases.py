"""What a metric is called in words, as the name of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from app.semantic_parser.form import Arithmetic, Duration, Equals, Field, Filter, Form, Metric
from app.semantic_parser.types import is_time

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_STATE_COLUMNS = {"status", "state", "outcome", "result", "severity", "level"}
_LONG = 40

FUNCTIONS = {
    "sum": "total",
    "avg": "average",
    "min": "lowest",
    "max": "highest",
    "percentile": "median",
}
"""What an aggregate is called."""


def of_metric(form: Form, metric: Metric) -> str:
    """A plain name for a metric; it may be reserved, or that of a column."""
    return plain(" ".join(_words(form, metric)))


def plain(words: str) -> str:
    """Words as a name that needs no quotes, reserved words aside.

    >>> plain("Late parcels"), plain("95th"), plain("")
    ('late_parcels', 'n_95th', 'matches')
    """
    name = _NOT_PLAIN.sub("_", words.lower()).strip("_") or "matches"
    return f"n_{name}" if name[0].isdigit() else name


def _words(form: Form, metric: Metric) -> Iterator[str]:
    """What a metric is called in words: which rows, what of them, when."""
    yield from _conditions(metric.where)
    if metric.function == "count":
        yield _state(form)
        yield metric.noun or (metric.of.name if isinstance(metric.of, Field) else form.table.name)
    else:
        yield _function(metric, _subject(metric))
    if metric.time and len(metric.time.words) <= _LONG:
        yield metric.time.words


def _function(metric: Metric, subject: str) -> str:
    if metric.function == "sum" and subject.startswith("total"):
        return subject
    if metric.function == "percentile" and metric.fraction != Decimal("0.5"):
        return f"p{(metric.fraction * 100).normalize():f} {subject}"
    if isinstance(metric.of, Field) and is_time(metric.of.column):
        return f"{'latest' if metric.function == 'max' else 'earliest'} {subject}"
    return f"{FUNCTIONS[metric.function]} {subject}"


def _subject(metric: Metric) -> str:
    match metric.of:
        case Field(column=column):
            return column.name
        case Duration(unit=unit):
            return f"{unit}s"
        case Arithmetic():
            return metric.noun or f"{metric.of.left.name} {_SIGNS[metric.of.operator]}".strip()
        case None:
            return metric.noun


_SIGNS = {"+": "sum", "-": "difference", "*": "product", "/": "quotient"}


def _state(form: Form) -> str:
    """The one status asked for, so that a count of late parcels is called that."""
    states = [
        f.values[0]
        for f in form.filters
        if isinstance(f, Equals)
        and not f.negated
        and len(f.values) == 1
        and f.field.name.lower().rpartition("_")[2] in _STATE_COLUMNS
    ]
    return str(states[0]) if len(states) == 1 else ""


def _conditions(filters: tuple[Filter, ...]) -> Iterator[str]:
    """Which rows a metric is of, where it is of some only."""
    for one in filters:
        match one:
            case Equals(field=field, values=(bool() as value,), negated=negated):
                yield ("" if value is not negated else "not ") + field.name
            case Equals(values=values, negated=negated):
                said = " or ".join(map(str, values))
                yield ("not " if negated else "") + (said if len(said) <= _LONG else "some")
            case _:
                yield "matching"
                return
