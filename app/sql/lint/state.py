"""What a continuous query keeps for ever, never finishes, or never takes back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from app.sql.lint.subject import Advice, Severity, Subject, span, sql
from app.sql.lint.tree import CLOCKS, Parts, call_name, conjuncts, own, parts, where_parts
from app.sql.lint.windows import windows
from app.sql.names.model import Block

_TTL = "SET 'table.exec.state.ttl' = '1 d'"
_POLLED = frozenset({"kafka", "upsert-kafka", "pulsar", "kinesis"})
_IDLE = "scan.watermark.idle-timeout"


def updating_aggregate(subject: Subject) -> Iterator[Advice]:
    """GROUP BY without a window."""
    for block, select in _streaming(subject):
        if not select.grouped or _by_window(subject, select) or _over_window(block):
            continue
        keys = ", ".join(map(sql, select.keys))
        what = f"Grouping by {keys}" if keys else "Aggregating everything"
        message = f"{what} without a window never ends."
        why = "Flink keeps every group for ever and sends an update for each row that comes."
        fix = _windowed(block, keys)
        place = next(iter((*select.keys, *select.aggregates)), None)
        yield Advice("updating_aggregate", "warning", message, why, fix, *span(place))


def distinct_state(subject: Subject) -> Iterator[Advice]:
    """SELECT DISTINCT."""
    for _, select in _streaming(subject):
        if select.node.args.get("distinct"):
            message = "SELECT DISTINCT remembers every row that it has seen."
            why = "Flink keeps all distinct rows for ever, to tell whether the next one is new."
            yield Advice("distinct_state", "warning", message, why, _TTL, *span(select.node))


def count_distinct_state(subject: Subject) -> Iterator[Advice]:
    """COUNT(DISTINCT x) without a window."""
    for block, select in _streaming(subject):
        if _by_window(subject, select) or _over_window(block):
            continue
        for part in select.aggregates:
            inner = part.this if isinstance(part, (exp.Count, exp.Sum)) else None
            if isinstance(inner, exp.Distinct):
                what = ", ".join(map(sql, inner.expressions))
                message = f"{sql(part)} remembers every {what} that it has seen."
                why = "Flink keeps all distinct values of every group for ever."
                fix = _windowed(block, ", ".join(map(sql, select.keys)))
                yield Advice("count_distinct_state", "warning", message, why, fix, *span(part))


def union_state(subject: Subject) -> Iterator[Advice]:
    """UNION, INTERSECT or EXCEPT."""
    for node in subject.nodes(exp.Union, exp.Intersect, exp.Except):
        if subject.continuous and (node.args.get("distinct") or not isinstance(node, exp.Union)):
            word = type(node).__name__.upper()
            message = f"{word} remembers every row of both sides."
            why = "Flink keeps all distinct rows for ever, to leave out those that repeat."
            fix = f"{sql(node.left)} UNION ALL {sql(node.right)}" if word == "UNION" else _TTL
            yield Advice("union_state", "warning", message, why, fix, *span(node))


def subquery_state(subject: Subject) -> Iterator[Advice]:
    """IN (SELECT ...) and EXISTS."""
    if not subject.continuous:
        return
    for node in subject.nodes(exp.In, exp.Exists):
        query = node.args.get("query") if isinstance(node, exp.In) else node.this
        if query is not None and query.find(exp.Table):
            word = "IN (SELECT …)" if isinstance(node, exp.In) else "EXISTS"
            message = f"{word} is a join that keeps both sides."
            why = "Flink keeps every row of the query and of the subquery for ever."
            fix = f"a JOIN with … BETWEEN … AND … + INTERVAL '1' HOUR on the event times, or {_TTL}"
            yield Advice("subquery_state", "warning", message, why, fix, *span(node))


def clock_filter(subject: Subject) -> Iterator[Advice]:
    """`WHERE t > CURRENT_TIMESTAMP - INTERVAL '1' HOUR` in a continuous query."""
    for block, select in _streaming(subject):
        clock = next((part for part in where_parts(select.node) if call_name(part) in CLOCKS), None)
        if clock is None:
            continue
        severity: Severity = "error" if select.grouped else "warning"
        filter_ = next((p for p in conjuncts(select.node) if _holds(p, clock)), None)
        message = f"{sql(clock)} in a filter is looked at once, when a row comes."
        why = (
            "A row that passed is never taken back when it grows old, so that the result covers "
            "everything since the start."
        )
        given = f"TABLE {_table(block)}, DESCRIPTOR({_time(block)}), {_slide_and_size(filter_)}"
        fix = f"TABLE(HOP({given})), or run a snapshot again"
        if _until(filter_, clock):
            why = "A row that is too young when it comes is dropped, and never looked at again."
            fix = "run a snapshot again"
        place = span(filter_ or select.node.args.get("where"))
        yield Advice("clock_filter", severity, message, why, fix, *place)


def sort_on_stream(subject: Subject) -> Iterator[Advice]:
    """ORDER BY without LIMIT by something else than ascending event time."""
    node = subject.query.tree
    order = node.args.get("order") if subject.names and isinstance(node, exp.Query) else None
    if not subject.continuous or order is None or node is None:
        return
    if node.args.get("limit") or not order.expressions:
        return
    first = order.expressions[0]
    field = subject.field(first.this)
    if not (field and field.role and not first.args.get("desc")):
        message = f"ORDER BY {sql(first)} never ends on a stream."
        why = "The next row may be the first; Flink sorts by ascending event time or with a LIMIT."
        fix = f"{sql(order).strip()} LIMIT 100"
        yield Advice("sort_on_stream", "error", message, why, fix, *span(order))


def limit_on_stream(subject: Subject) -> Iterator[Advice]:
    """LIMIT without ORDER BY."""
    node = subject.query.tree
    limit = node.args.get("limit") if subject.names and isinstance(node, exp.Query) else None
    if subject.continuous and node is not None and limit is not None and not node.args.get("order"):
        message = f"{sql(limit).strip()} gives whichever rows come first."
        why = "It stays with them, and the query runs on without giving any more."
        fix = f"ORDER BY {_time(subject.blocks[-1])} DESC {sql(limit).strip()}"
        yield Advice("limit_on_stream", "warning", message, why, fix, *span(limit))


def idle_partitions(subject: Subject) -> Iterator[Advice]:
    """A window over a table whose partitions may fall silent."""
    if not subject.continuous:
        return
    seen = set()
    for relation, window in windows(subject):
        table = subject.catalog.get(relation.input.table) if relation.input else None
        if table is None or table.name in seen or table.connector not in _POLLED:
            continue
        seen.add(table.name)
        if _IDLE not in table.options:
            message = f"One silent partition of {table.name} holds all its windows back."
            why = "The watermark is the least of all partitions; without new rows it stands still."
            fix = "SET 'table.exec.source.idle-timeout' = '30 s'"
            yield Advice("idle_partitions", "warning", message, why, fix, *span(window.call))


def order_in_subquery(subject: Subject) -> Iterator[Advice]:
    """ORDER BY without LIMIT in a subquery or WITH."""
    for node in subject.nodes(exp.Select):
        order = node.args.get("order")
        inner = isinstance(node.parent, (exp.Subquery, exp.CTE))
        top = node.parent
        while isinstance(top, (exp.Subquery, exp.Paren)):
            top = top.parent
        if (
            order is None
            or not inner
            or top is None
            or node.args.get("limit")
            or node.args.get("offset")
        ):
            continue
        message = f"{sql(order).strip()} in a subquery has no effect."
        why = "Flink drops it: the rows of a subquery have no order."
        fix = f"{sql(order).strip()} at the end of the whole query"
        yield Advice("order_in_subquery", "warning", message, why, fix, *span(order))


def _streaming(subject: Subject) -> Iterator[tuple[Block, Parts]]:
    """The SELECTs of a continuous query that read something."""
    for block, select in parts(subject) if subject.continuous else ():
        if any(relation.kind != "values" for relation in block.relations):
            yield block, select


def _by_window(subject: Subject, select: Parts) -> bool:
    """Whether it is grouped by a bound of a window, new or old."""
    for part in own(*select.keys):
        field = subject.field(part)
        if field is not None and field.role.startswith("window_"):
            return True
        if call_name(part) in {"TUMBLE", "HOP", "SESSION"}:
            return True
    return False


def _over_window(block: Block) -> bool:
    """Whether its rows are those of a window, which other rules look at."""
    return any(relation.kind == "window" for relation in block.relations)


def _table(block: Block) -> str:
    return next((relation.table for relation in block.relations if relation.table), "…")


def _time(block: Block) -> str:
    fields = (field for relation in block.relations for field in relation.fields)
    return next((field.name for field in fields if field.role == "event_time"), "…")


def _slide_and_size(node: exp.Expr | None) -> str:
    """The sizes of a HOP that covers the span of time that a filter asks for."""
    spans = [part for part in own(node) if isinstance(part, exp.Interval)]
    unit = spans[0].text("unit").upper().removesuffix("S") if len(spans) == 1 else ""
    if unit not in {"MINUTE", "HOUR", "DAY"}:
        return "INTERVAL '1' MINUTE, INTERVAL '1' HOUR"
    return f"INTERVAL '1' {'HOUR' if unit == 'DAY' else 'MINUTE'}, {sql(spans[0])}"


def _until(node: exp.Expr | None, clock: exp.Expr) -> bool:
    """Whether a filter wants what is older than the clock says."""
    if isinstance(node, (exp.LT, exp.LTE)):
        return _holds(node.right, clock)
    return isinstance(node, (exp.GT, exp.GTE)) and _holds(node.left, clock)


def _holds(node: exp.Expr, part: exp.Expr) -> bool:
    """Whether this very node stands within another."""
    return any(one is part for one in own(node))


def _windowed(block: Block, keys: str) -> str:
    listed = ", ".join(filter(None, (keys, "window_start", "window_end")))
    source = f"TABLE(TUMBLE(TABLE {_table(block)}, DESCRIPTOR({_time(block)}), INTERVAL '1' HOUR))"
    return f"FROM {source} GROUP BY {listed}"
