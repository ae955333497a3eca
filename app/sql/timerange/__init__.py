"""Which event time a query can need of each table, so that an engine may skip the rest.

Never too narrow: what is not understood leaves a table unbounded, and a row outside of a table's
span cannot change the rows of the answer. Where Flink's own meaning leaves doubt (a clock that is
changed, months of different length, the moment of CURRENT_TIMESTAMP), a span is the wider one.
Holds for a snapshot, which Flink plans in batch mode; a query that is kept running reads on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlglot import exp

from app.catalog.model import Catalog, Table
from app.sql.names.model import Names
from app.sql.query import Query
from app.sql.timerange import literals
from app.sql.timerange.flow import Flow
from app.sql.timerange.spans import ALWAYS, Span, clock
from app.sql.timerange.terms import Terms

__all__ = ["Span", "of"]

# Sources that only ever add rows. From one that changes rows, a skipped change would bring an older
# version back.
_APPEND_ONLY = {"filesystem", "kafka", "kinesis", "pulsar", "datagen", "faker"}
_CHANGE_FORMATS = ("debezium", "canal", "maxwell", "ogg", "cdc", "upsert", "$")


def of(query: Query, catalog: Catalog, *, now: datetime, time_zone: str) -> Mapping[str, Span]:
    """The span of event time that each table of a query can matter in.

    Args:
        query: What was read from the text.
        catalog: The tables and their time attributes.
        now: The moment that the query is run at, aware; Flink's clock may differ by a minute.
        time_zone: Flink's session time zone, in which TIMESTAMP values are meant.

    Returns:
        Each table read that has a time attribute; where a bound is None, the table must be read
        from its beginning or to its end.
    """
    names = query.names
    if names is None or query.tree is None:
        return {}
    tables = [t for name in sorted(names.tables) if (t := catalog.get(name)) and t.time_attribute]
    zone = clock(time_zone)
    nodes = tuple(_nodes(query.tree))
    if zone is None or not names.certain or (not zone.universal and _mixed(nodes)):
        return {table.name: ALWAYS for table in tables}
    try:
        found = _found(nodes, names, Flow(names, Terms(names, zone, now), zone, catalog))
    except RecursionError:  # an expression that nobody wrote to be understood
        found = {}
    return {
        table.name: found.get(table.name, ALWAYS) if _append_only(table) else ALWAYS
        for table in tables
    }


def _found(nodes: Iterable[exp.Expr], names: Names, flow: Flow) -> Mapping[str, Span]:
    spans = flow.spans()
    missed: set[str] = set()
    queries: set[str] = set()
    for node in nodes:
        # A table or a CTE may stand where no relation says so, as another argument of a function.
        if isinstance(node, exp.Table) and id(node) not in flow.seen:
            missed.add(node.name)
        elif isinstance(node, exp.CTE):
            queries.add(node.alias)
    if missed - names.tables or missed & queries:
        return {}
    return {name: _settled(span) for name, span in spans.items() if name not in missed}


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        for value in node.args.values():
            if isinstance(value, exp.Expr):
                pending.append(value)
            elif isinstance(value, list):
                pending.extend(item for item in value if isinstance(item, exp.Expr))


def _mixed(nodes: Iterable[exp.Expr]) -> bool:
    """Whether there are constants both with and without a time zone.

    Flink 2.1 merges conditions on one column to a range, and takes the digits of a TIMESTAMP for
    UTC if it has a TIMESTAMP_LTZ in that range: nobody can say which rows it will find.
    """
    kinds = {local for node in nodes if (local := _local(node)) is not None}
    return len(kinds) > 1


def _local(node: exp.Expr) -> bool | None:
    """Whether a constant is a TIMESTAMP, not a TIMESTAMP_LTZ; None for anything else."""
    if isinstance(node, exp.Cast):
        kind = node.to.this
        if kind not in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPLTZ} or node.find(exp.Column):
            return None
        return bool(kind == exp.DType.TIMESTAMP)
    if isinstance(node, exp.Anonymous):
        return {"TO_TIMESTAMP": True, "TO_TIMESTAMP_LTZ": False}.get(node.name.upper())
    # Text that is compared with a TIMESTAMP_LTZ becomes one.
    if isinstance(node, exp.Literal) and node.is_string and literals.time(node.name):
        parent = node.parent
        of_column = parent and any(isinstance(v, exp.Column) for v in parent.args.values())
        return False if of_column else None
    return None


def _append_only(table: Table) -> bool:
    formats = [value for key, value in table.options.items() if key.endswith("format")]
    return table.connector in _APPEND_ONLY and not any(
        word in value.lower() for value in formats for word in _CHANGE_FORMATS
    )


def _settled(span: Span) -> Span:
    """A span whose ends are in order: conditions that exclude each other need no row at all."""
    if span.start is not None and span.end is not None and span.end < span.start:
        return Span(span.start, span.start)
    return span
