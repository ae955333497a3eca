"""ROW_NUMBER and other functions OVER a window of rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from app.sql.lint.subject import Advice, Subject, span, sql
from app.sql.lint.tree import call_name, conjuncts, parts, type_of
from app.sql.lint.windows import BOUNDS
from app.sql.names.model import Relation

_RANKS = ("ROW_NUMBER", "RANK", "DENSE_RANK")
_UPPER = (exp.LT, exp.LTE, exp.EQ)
_LOWER = (exp.GT, exp.GTE)
_BATCH_ONLY = {
    "LEAD": "LAG({0})",
    "NTILE": "ROW_NUMBER()",
    "APPROX_COUNT_DISTINCT": "COUNT(DISTINCT {0})",
}


def rank_order(subject: Subject) -> Iterator[Advice]:
    """`ROW_NUMBER() OVER (PARTITION BY x)`."""
    for window in _overs(subject):
        if call_name(window.this) in _RANKS and not window.args.get("order"):
            message = f"{sql(window.this)} has no ORDER BY."
            why = "Which row is the first is then undefined; Flink refuses it."
            fix = _over(window, order="ORDER BY …")
            yield Advice("rank_order", "error", message, why, fix, *span(window))


def over_order(subject: Subject) -> Iterator[Advice]:
    """`SUM(x) OVER (PARTITION BY y)` in a continuous query."""
    for window in _overs(subject):
        if not subject.continuous or window.args.get("order") or window.args.get("alias"):
            continue
        if call_name(window.this) not in _RANKS:
            fix = _over(window, order=f"ORDER BY {_time_column(subject, window)}")
            message = f"{sql(window.this)} OVER has no ORDER BY."
            why = "On a stream there is no last row; Flink only computes over the rows so far."
            yield Advice("over_order", "error", message, why, fix, *span(window))


def over_descending(subject: Subject) -> Iterator[Advice]:
    """`OVER (... ORDER BY t DESC)` in a continuous query, where it is no Top-N."""
    top = _top_columns(subject)
    for window in _overs(subject):
        order = window.args.get("order")
        first = order.expressions[0] if order else None
        if not (subject.continuous and first is not None and first.args.get("desc")):
            continue
        if id(window) not in top:
            message = f"{sql(window.this)} OVER is ordered by {sql(first)}."
            why = (
                "Flink computes over a stream in ascending order only, save for a Top-N, where the "
                "rank is filtered by <= in the query around it."
            )
            fix = (
                f"SELECT … FROM (SELECT *, {sql(window)} AS row_num FROM …) WHERE row_num <= 10"
                if call_name(window.this) in _RANKS
                else _over(window, order=f"ORDER BY {sql(first.this)}")
            )
            yield Advice("over_descending", "error", message, why, fix, *span(window))


def rank_function(subject: Subject) -> Iterator[Advice]:
    """A Top-N by RANK or DENSE_RANK in a continuous query."""
    top = _top_columns(subject)
    for window in _overs(subject):
        name = call_name(window.this)
        if subject.continuous and id(window) in top and name in {"RANK", "DENSE_RANK"}:
            fix = sql(window).replace(sql(window.this), "ROW_NUMBER()", 1)
            message = f"{name} makes no Top-N on a stream."
            why = "Flink keeps the first rows by ROW_NUMBER only and refuses other ranks."
            yield Advice("rank_function", "error", message, why, fix, *span(window))


def rank_bound(subject: Subject) -> Iterator[Advice]:
    """`WHERE row_num > 3` in a continuous query: no end of the Top-N."""
    for _, select in parts(subject) if subject.continuous else ():
        bounds: dict[str, set[str]] = {}
        for part in conjuncts(select.node):
            column, side = _rank_bound(subject, part)
            if column:
                bounds.setdefault(column, set()).add(side)
        for name, sides in bounds.items():
            if sides == {"lower"}:
                message = f"{name} is filtered from below only."
                why = "A Top-N has to have an end: Flink refuses to keep all rows."
                fix = f"{name} <= 10"
                place = span(select.node.args.get("where"))
                yield Advice("rank_bound", "error", message, why, fix, *place)


def over_following(subject: Subject) -> Iterator[Advice]:
    """`ROWS BETWEEN ... AND 2 FOLLOWING` in a continuous query."""
    for window in _overs(subject):
        spec = window.args.get("spec")
        sides = (
            {str(spec.args.get(side) or "").upper() for side in ("start_side", "end_side")}
            if spec
            else ()
        )
        if subject.continuous and "FOLLOWING" in sides:
            message = f"{sql(window.this)} looks at rows that follow."
            why = "They have not come yet; Flink refuses FOLLOWING on a stream."
            fix = sql(window).split(" ROWS ")[0].split(" RANGE ")[0]
            fix += " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
            yield Advice("over_following", "error", message, why, fix, *span(window))


def batch_function(subject: Subject) -> Iterator[Advice]:
    """`LEAD`, `NTILE`, `APPROX_COUNT_DISTINCT` in a continuous query."""
    for name in _BATCH_ONLY.keys() & subject.calls_by_name.keys():
        for call in subject.calls_by_name[name] if subject.continuous else ():
            message = f"{name} works in snapshots only."
            why = "It needs rows that have not come yet; Flink refuses it on a stream."
            start, end = subject.tokens[call.at].start, subject.tokens[call.close].end
            fix = _BATCH_ONLY[name].format(*subject.arguments(call), "…")
            yield Advice("batch_function", "error", message, why, fix, start, end)


def over_windows_differ(subject: Subject) -> Iterator[Advice]:
    """Two different OVER windows in one SELECT of a continuous query."""
    if not subject.continuous:
        return
    for select in subject.nodes(exp.Select):
        overs = [
            w for w in _overs(subject) if w.parent_select is select and not w.args.get("alias")
        ]
        first = next(iter(overs), None)
        for window in overs[1:]:
            if first is not None and _spec(window) != _spec(first):
                message = f"{sql(window.this)} and {sql(first.this)} have different windows."
                why = "On a stream Flink sorts the rows of a SELECT in one way only."
                fix = f"{sql(window)} in a subquery of its own"
                yield Advice("over_windows_differ", "error", message, why, fix, *span(window))
                break


def over_instant_snapshot(subject: Subject) -> Iterator[Advice]:
    """RANK by, or a RANGE of time over, a TIMESTAMP_LTZ column in a snapshot."""
    for window in _overs(subject):
        order = window.args.get("order")
        key = order.expressions[0].this if order and order.expressions else None
        spec = window.args.get("spec")
        sides = (spec.args.get(side) for side in ("start", "end")) if spec else ()
        ranged = any(isinstance(side, exp.Interval) for side in sides)
        ranked = call_name(window.this) in {"RANK", "DENSE_RANK"}
        if subject.continuous or not (ranged or ranked):
            continue
        if type_of(subject, key) == "TIMESTAMP_LTZ":
            column = sql(key)
            cast = f"CAST({column} AS TIMESTAMP(3))"
            fix = sql(window).replace(f"ORDER BY {column}", f"ORDER BY {cast}")
            message = f"{sql(window.this)} is computed by the instant {column}."
            why = "In a snapshot Flink cannot compare TIMESTAMP_LTZ there, and refuses it."
            yield Advice("over_instant_snapshot", "error", message, why, fix, *span(window))


def distinct_over_snapshot(subject: Subject) -> Iterator[Advice]:
    """`COUNT(DISTINCT x) OVER (...)` in a snapshot."""
    for window in _overs(subject):
        inner = window.this.this if isinstance(window.this, (exp.Count, exp.Sum)) else None
        if not subject.continuous and isinstance(inner, exp.Distinct):
            what = sql(inner.expressions[0]) if inner.expressions else "…"
            message = f"{sql(window.this)} OVER cannot be computed in a snapshot."
            why = "Flink's batch planner refuses DISTINCT in OVER."
            fix = f"SELECT …, COUNT(DISTINCT {what}) FROM … GROUP BY …"
            yield Advice("distinct_over_snapshot", "error", message, why, fix, *span(window))


def window_rank(subject: Subject) -> Iterator[Advice]:
    """A Top-N over windowed rows that is not by window, in a continuous query."""
    top = _top_columns(subject)
    for window in _overs(subject):
        if not subject.continuous or id(window) not in top:
            continue
        keys = list(window.args.get("partition_by") or ())
        block = subject.names.block_of(window) if subject.names else None
        if block is None or not any(_windowed(r) for r in block.relations):
            continue
        fields = [subject.field(key) for key in keys]
        roles = {field.role for field in fields if field}
        missing = [bound for bound in BOUNDS if bound not in roles]
        if missing:
            listed = ", ".join([*map(sql, keys), *missing])
            fix = _over(window, partition=f"PARTITION BY {listed}")
            message = f"The rows of windows are ranked without {' and '.join(missing)}."
            why = "Flink then ranks all rows for ever, instead of those of a window once it closes."
            yield Advice("window_rank", "warning", message, why, fix, *span(window))


def _overs(subject: Subject) -> Iterator[exp.Window]:
    yield from subject.nodes(exp.Window)


def _spec(window: exp.Window) -> tuple[str, ...]:
    partition = ", ".join(sql(part) for part in window.args.get("partition_by") or ())
    return partition, sql(window.args.get("order")), sql(window.args.get("spec"))


def _over(window: exp.Window, *, partition: str = "", order: str = "") -> str:
    keys = ", ".join(sql(part) for part in window.args.get("partition_by") or ())
    partition = partition or (f"PARTITION BY {keys}" if keys else "")
    order = order or sql(window.args.get("order")).strip()
    return f"{sql(window.this)} OVER ({' '.join(filter(None, (partition, order)))})"


def _time_column(subject: Subject, window: exp.Window) -> str:
    block = subject.names.block_of(window) if subject.names else None
    fields = (field for relation in (block.relations if block else ()) for field in relation.fields)
    return next((field.name for field in fields if field.role == "event_time"), "the event time")


def _windowed(relation: Relation) -> bool:
    return {"window_start", "window_end"} <= {field.role for field in relation.fields}


def _top_columns(subject: Subject) -> set[int]:
    """The OVERs whose rank the query around them, or QUALIFY, bounds from above."""
    cache: set[int] | None = subject.cache.get("_top")
    if cache is None:
        cache = subject.cache["_top"] = set()
        for _, select in parts(subject):
            for part in conjuncts(select.node):
                window = _ranked(subject, part)
                if window is not None:
                    cache.add(id(window))
            qualify = select.node.args.get("qualify")
            if qualify:
                cache.update(id(found) for found in qualify.find_all(exp.Window))
    return cache


def _ranked(subject: Subject, part: exp.Expr) -> exp.Window | None:
    """The OVER that a condition such as `row_num <= 3` bounds from above."""
    column, side = _bounded(part)
    window = _window_of(subject, column)
    return window if window is not None and side != "lower" else None


def _rank_bound(subject: Subject, part: exp.Expr) -> tuple[str, str]:
    column, side = _bounded(part)
    window = _window_of(subject, column)
    ranks = window is not None and call_name(window.this) in _RANKS
    return (column.name, side) if column is not None and ranks else ("", "")


def _bounded(part: exp.Expr) -> tuple[exp.Column | None, str]:
    if isinstance(part, exp.Between) and isinstance(part.this, exp.Column):
        return part.this, "both"
    if isinstance(part, (*_UPPER, *_LOWER)):
        for column, upward in ((part.left, _UPPER), (part.right, _LOWER)):
            if isinstance(column, exp.Column):
                either = isinstance(part, (exp.EQ, upward))
                return column, "upper" if either else "lower"
    return None, ""


def _window_of(subject: Subject, column: exp.Column | None) -> exp.Window | None:
    """The OVER that computes a column, followed through queries that pass it on."""
    field = subject.field(column)
    while field is not None and field.source is not None:
        field = field.source
    if field is None:
        return None
    found = field.expression
    while isinstance(found, (exp.Alias, exp.Paren)):
        found = found.this
    return found if isinstance(found, exp.Window) else None
