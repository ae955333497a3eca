"""Expressions of time: what a constant can be, and what a bound on an expression says of a column.

An expression of time is a chain of steps (CAST, FLOOR, plus an interval ...) down to a column or to
a constant. Each step can be gone forward, from what is inside to the whole, and backward; both
only ever widen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import NamedTuple

from sqlglot import exp

from app.sql.names.model import Field, Names, Relation
from app.sql.timerange import literals
from app.sql.timerange.spans import LENGTHS, Clock, Shift, Span

# Scans of one table share its fields: only the relation tells them apart.
Place = tuple[Relation, Field]
Bounds = dict[Place, Span]
Gates = tuple[frozenset[str], ...]

SKEW = timedelta(seconds=60)
"""How far Flink's clock may be from the `now` that the caller gave, either way."""
WAIT = timedelta(minutes=10)
"""How long a query may wait until it is planned; the clock of its text is looked at only then."""

_LONGEST = 20  # steps of one expression
_LOST = timedelta(seconds=1)  # by a CAST to fewer digits than milliseconds
_NOW = {"NOW", "CURRENT_TIMESTAMP"}
_NOW_OR_LATER = {"CURRENT_ROW_TIMESTAMP", "PROCTIME"}


@dataclass(frozen=True, slots=True)
class _Step:
    inner: exp.Expression
    forward: Callable[[Span], Span]
    backward: Callable[[Span], Span]


class Chain(NamedTuple):
    """An expression of time.

    Attributes:
        nodes: What it is made of, itself first.
        steps: From each of `nodes` to the next.
        column: What is at the end, if it is a column.
        value: Where it lies, if it is a constant.
    """

    nodes: list[exp.Expression]
    steps: list[_Step]
    column: Place | None
    value: Span | None


def name_of(call: exp.Expression) -> str:
    """The upper-case name of a call that is no class of sqlglot's; else empty."""
    return call.name.upper() if isinstance(call, exp.Anonymous) else ""


def place(field: Field) -> Place | None:
    """The column of a relation that a reference or an output passes on unchanged."""
    if field.relation is None or field.source is None:
        return None
    return field.relation, field.source


def key_of(column: Place) -> str:
    """The same text for the same column of the same relation."""
    relation, field = column
    return f"#{id(relation)}.{id(field)}"


class Terms:
    """Reads expressions of time in one query.

    Args:
        names: What the columns mean.
        clock: The session's time zone.
        now: The moment that the query is planned at, roughly.

    Attributes:
        clock: As given.
    """

    def __init__(self, names: Names, clock: Clock, now: datetime) -> None:
        self._names = names
        self.clock = clock
        self._now = Span(now - SKEW, now + SKEW + WAIT)

    def place(self, column: exp.Expression) -> Place | None:
        """The column of a relation that a reference means."""
        found = self._names.field(column)
        return place(found) if found else None

    def key(self, node: exp.Expression) -> str:
        """The same text for the same computation on the same columns."""
        if isinstance(node, exp.Paren):
            return self.key(node.this)
        if isinstance(node, exp.Column):
            found = self.place(node)
            return key_of(found) if found else node.sql()
        parts = (f"{name}={self._part(value)}" for name, value in node.args.items() if value)
        return f"{node.key}({','.join(parts)})"

    def _part(self, value: object) -> str:
        if isinstance(value, list):
            return ";".join(self._part(item) for item in value)
        return self.key(value) if isinstance(value, exp.Expression) else str(value)

    def chain(self, node: exp.Expression) -> Chain | None:
        """The steps of an expression, or None where it is no expression of time."""
        nodes: list[exp.Expression] = [node]
        steps: list[_Step] = []
        while len(nodes) <= _LONGEST:
            if isinstance(node, exp.Column):
                column = self.place(node)
                return Chain(nodes, steps, column, None) if column else None
            if (value := self._leaf(node)) is not None:
                return Chain(nodes, steps, None, value)
            if (step := self._step(node)) is None:
                return None
            node = step.inner
            steps.append(step)
            nodes.append(node)
        return None

    def value(self, chain: Chain, known: Mapping[Place, Span]) -> Span | None:
        """Where a constant lies, or an expression of a column whose bounds are known."""
        found = known.get(chain.column) if chain.column else chain.value
        if found is None:
            return None
        return reduce(lambda span, step: step.forward(span), reversed(chain.steps), found)

    def solve(self, chain: Chain, span: Span, gates: Gates = ()) -> Bounds:
        """What follows for a column from an expression of it lying in a span.

        Args:
            chain: The expression.
            span: Where it lies.
            gates: Sets of keys; the bound counts only if the expression is, or is made of, one
                expression of each set (grouping and partition columns).
        """
        if chain.column is None:
            return {}
        if gates:
            keys = {self.key(node) for node in chain.nodes}
            if any(keys.isdisjoint(gate) for gate in gates):
                return {}
        for step in chain.steps:
            span = step.backward(span)
        return {chain.column: span} if span.bounded else {}

    def compared(self, text: Span, chain: Chain) -> Span:
        """Where a text lies that is compared with an expression, whose type it takes on.

        A DATE takes nothing but the day of it.
        """
        node = chain.nodes[0]
        if isinstance(node, exp.Cast):
            exact = node.to.this != exp.DType.DATE
        elif isinstance(node, exp.Column):
            found = self._names.field(node)
            exact = found is not None and found.type.startswith("TIMESTAMP")
        else:
            exact = name_of(node) == "DATE_FORMAT"
        return text if exact else Span(self.clock.floored(text, "DAY").start, text.end)

    def _leaf(self, node: exp.Expression) -> Span | None:
        if isinstance(node, exp.Literal):
            return self._shown(node) if node.is_string else None
        return self._current(node) or self._read(node)

    def _shown(self, text: exp.Literal) -> Span | None:
        wall = literals.time(text.name)
        if wall is None:
            return None
        return Span(self.clock.shown(wall[0]).start, self.clock.shown(wall[1]).end)

    def _current(self, node: exp.Expression) -> Span | None:
        if isinstance(node, exp.CurrentTimestamp) or name_of(node) in _NOW:
            return self._now
        if isinstance(node, exp.Localtimestamp):
            return self.clock.moved(self._now, Shift())
        if isinstance(node, exp.CurrentDate):
            return self.clock.floored(self._now, "DAY")
        if name_of(node) in _NOW_OR_LATER:  # evaluated for each row
            return Span(self._now.start, None)
        return None

    def _read(self, node: exp.Expression) -> Span | None:
        """Times made of text or of a number."""
        arguments = node.expressions if name_of(node) else []
        if name_of(node) in {"TO_TIMESTAMP", "TO_DATE"} and 1 <= len(arguments) <= 2:
            text = arguments[0]
            if isinstance(text, exp.Literal) and text.is_string and _fits(node, text.name):
                return self._shown(text)
        if name_of(node) == "TO_TIMESTAMP_LTZ" and len(arguments) == 2:
            since, digits = map(literals.number, arguments)
            if since is not None and digits in {0, 3}:
                return _epoch(since * (1000 if digits == 0 else 1))
        return None

    def _step(self, node: exp.Expression) -> _Step | None:
        if isinstance(node, exp.Paren):
            return _Step(node.this, _same, _same)
        if isinstance(node, exp.Cast):
            return self._cast(node)
        if isinstance(node, exp.Floor | exp.Ceil):
            unit = node.args.get("to")
            return self._cut(node.this, unit.name.upper() if unit else "", node)
        if isinstance(node, exp.Add | exp.Sub):
            return self._sum(node)
        arguments = node.expressions if name_of(node) else []
        if name_of(node) == "TIMESTAMPADD" and len(arguments) == 3:
            count = literals.number(arguments[1])
            unit = arguments[0].name.upper()
            shift = None if count is None else literals.steps(unit, count)
            return self._shifted(arguments[2], shift)
        if name_of(node) == "DATE_FORMAT" and len(arguments) == 2:
            return self._cut(arguments[0], literals.format_unit(arguments[1]) or "", node)
        if name_of(node) in {"TO_TIMESTAMP", "TO_DATE"} and len(arguments) == 1:
            text = arguments[0]
            return _Step(text, _same, _same) if name_of(text) == "DATE_FORMAT" else None
        return None

    def _cast(self, node: exp.Cast) -> _Step | None:
        kind = node.args["to"].this
        if kind == exp.DType.DATE:
            return self._cut(node.this, "DAY", node)
        if kind == exp.DType.TEXT:
            # A number or a flag as text would not sort as times do; a literal would not need it.
            return None if isinstance(node.this, exp.Literal) else self._shifted(node.this, Shift())
        if kind in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPLTZ}:
            sizes = node.args["to"].expressions
            lost = _LOST if sizes and sizes[0].name in {"0", "1", "2"} else timedelta()
            return self._shifted(node.this, Shift(-lost, lost))
        return None

    def _cut(self, inner: exp.Expression, unit: str, node: exp.Expression) -> _Step | None:
        length = LENGTHS.get(unit)
        if length is None:
            return None
        later = Shift(timedelta(), length)
        if isinstance(node, exp.Ceil):
            return self._shifted(inner, later)
        return _Step(
            inner,
            lambda span: self.clock.floored(span, unit),
            lambda span: self.clock.moved(span, later),
        )

    def _sum(self, node: exp.Add | exp.Sub) -> _Step | None:
        shift = literals.interval(node.expression)
        if shift is not None and isinstance(node, exp.Sub):
            return self._shifted(node.this, -shift)
        if shift is None and isinstance(node, exp.Add):
            return self._shifted(node.expression, literals.interval(node.this))
        return self._shifted(node.this, shift)

    def _shifted(self, inner: exp.Expression, shift: Shift | None) -> _Step | None:
        if shift is None:
            return None
        return _Step(
            inner,
            lambda span: self.clock.moved(span, shift),
            lambda span: self.clock.moved(span, -shift),
        )


def _fits(call: exp.Expression, text: str) -> bool:
    """Whether a call reads all of a text: of a longer one it may read the beginning."""
    if len(call.expressions) == 2:
        pattern = call.expressions[1]
        return bool(literals.format_unit(pattern)) and len(pattern.name) == len(text)
    return name_of(call) == "TO_TIMESTAMP" or len(text) == len("yyyy-MM-dd")


def _same(span: Span) -> Span:
    return span


def _epoch(milliseconds: int) -> Span | None:
    try:
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    return Span(instant, instant)
