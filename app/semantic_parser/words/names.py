"""What tables, columns, constants and stretches of time are called."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from app.catalog.model import Column, Table
from app.semantic_parser.form import AnyOf, Bucket, Constant, Field, Form, Related, TimeRange, Unit
from app.semantic_parser.types import spoken_unit
from app.semantic_parser.words.nouns import a, plural, singular

UNITS: tuple[Unit, ...] = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_UNIT_ENDS = {
    "milliseconds": ("ms", "millis"),
    "seconds": ("s", "sec", "seconds"),
    "minutes": ("min", "minutes"),
    "hours": ("h", "hours"),
    "days": ("d", "days"),
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLAIN = re.compile(r"[^\W_][\w.:@/+%#&-]*(?: (?!(?:or|and|with|in|not)\b)[\w.:@/+%#&-]+)*")
_CLEAR = re.compile(
    r"today|yesterday|(?:in )?(?:the )?(?:last|past) (?:\d+ )?(?:second|minute|hour|day)s?"
    r"|(?:in )?the (?:\d+ )?(?:second|minute|hour|day)s? before|\d{4}-\d\d-\d\d"
)


@dataclass(frozen=True, slots=True)
class Names:
    """How the columns of a form are called, each in a way that no other of its table is.

    Attributes:
        root: The table whose columns need no `of the ...`.
        tables: All that the form reads, by name.
        prose: Whether sentences are written, instead of labels that leave nothing open.
    """

    root: str
    tables: Mapping[str, Table]
    prose: bool = False

    @classmethod
    def of(cls, form: Form, *, prose: bool = False) -> Names:
        """The names for a form."""
        return cls(form.table.name, {t.name: t for t in _tables(form)}, prose)

    def within(self, table: str) -> Names:
        """The same where the talk is of another table's rows."""
        return replace(self, root=table)

    def short(self, field: Field) -> str:
        """A field without unit and `id`: what rows are grouped by and what is measured."""
        return self._placed(field, (say_column, _without_unit, _spaced))

    def full(self, field: Field) -> str:
        """A field without its unit: what a condition is about."""
        return self._placed(field, (_without_unit, _spaced))

    def many(self, field: Field) -> str:
        """What the values of a field are: `customers`."""
        said = self.short(replace(field, table=self.root) if not field.within else field)
        return plural(said)

    def rows(self, table: str = "") -> str:
        """Rows of a table: `page views`, or `rows of inventory` where its name is no plural."""
        said = _words(table or self.root)
        return said if singular(said) != said else f"rows of {said}"

    def row(self, table: str = "") -> str:
        """One row of a table."""
        return singular(_words(table or self.root))

    def _placed(self, field: Field, ways: tuple[Callable[[Column], str], ...]) -> str:
        said = self._own(field, ways)
        if field.within:
            said = f"{said} in {_words(field.within)}"
        return said if field.table == self.root else f"{said} of the {self.row(field.table)}"

    def _own(self, field: Field, ways: tuple[Callable[[Column], str], ...]) -> str:
        if field.within:
            return _words(field.name)
        table = self.tables.get(field.table)
        others = [c for c in table.columns if c.name != field.name] if table else []
        for way in ways:
            said = way(field.column)
            if said and all(way(other) != said for other in others):
                return said
        return field.name


def say_column(column: Column) -> str:
    """A column's name without underscores and without its unit.

    >>> say_column(Column("load_ms", "INT")), say_column(Column("order_id", "STRING"))
    ('load', 'order')
    """
    name = _without_unit(column)
    return name.removesuffix(" id") or name


def say_constant(value: Constant) -> str:
    """A constant for reading; text is in quotes where it could be taken for something else.

    >>> say_constant(Decimal("1E+3")), say_constant("Wool Hat"), say_constant("red or blue")
    ('1000', 'Wool Hat', '"red or blue"')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if _PLAIN.fullmatch(value) else quoted(value)


def quoted(text: str) -> str:
    """A text in quotes, on one line."""
    return json.dumps(text, ensure_ascii=False)


def say_bucket(bucket: Bucket) -> str:
    """A bucket, such as `per hour` or `per 5 minutes`."""
    return f"per {bucket.unit}" if bucket.count == 1 else f"per {bucket.count} {bucket.unit}s"


def say_time(time: TimeRange) -> str:
    """A range as it was asked, with its ends where those words alone leave them open."""
    said = time.words.strip()
    if said and _CLEAR.fullmatch(said):
        return said
    ends = [f"{m:%Y-%m-%d %H:%M}{f':{m:%S}' if m.second else ''}" for m in _ends(time)]
    if time.start and time.end:
        bounds = f"{ends[0]} to {ends[1]}"
    else:
        bounds = f"{'from' if time.start else 'until'} {ends[0]}" if ends else "at any time"
    return f"{said} ({bounds})" if said else bounds


def some(noun: str) -> str:
    """One of a noun, whichever: `a payment`."""
    return a(singular(noun))


def _ends(time: TimeRange) -> list[datetime]:
    return [m for m in (time.start, time.end) if m]


def _words(name: str) -> str:
    """A snake or camel case name as words.

    >>> _words("page_views"), _words("orderTime"), _words("totalCO2")
    ('page views', 'order time', 'total CO2')
    """
    parts = _CAMEL.sub(" ", name.replace("_", " ")).split()
    mixed = _CAMEL.search(name) is not None
    return " ".join(p.lower() if mixed and p.istitle() else p for p in parts) or name


def _spaced(column: Column) -> str:
    return _words(column.name)


def _without_unit(column: Column) -> str:
    name, unit = _words(column.name), spoken_unit(column)
    for end in (*_UNIT_ENDS.get(unit, ()), unit.lower()):
        if end:
            name = name.removesuffix(f" {end}")
    return name


def _tables(form: Form) -> Iterator[Table]:
    yield form.table
    yield from (join.table for join in form.joins)
    metrics = [f for m in form.measures for f in _filters_of(m)]
    newest = form.newest.filters if form.newest else ()
    yield from _related((*form.filters, *metrics, *newest))


def _filters_of(measure: object) -> Iterator[object]:
    for name in ("where", "part", "whole", "later", "earlier", "metric"):
        part = getattr(measure, name, ())
        yield from part if isinstance(part, tuple) else _filters_of(part)


def _related(filters: tuple[object, ...]) -> Iterator[Table]:
    for one in filters:
        if isinstance(one, Related):
            yield one.join.table
        if isinstance(one, Related | AnyOf):
            yield from _related(one.filters)
