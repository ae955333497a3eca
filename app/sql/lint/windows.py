"""Window table functions: their time column, their sizes, and the rows they give."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from sqlglot import exp

from app.sql.lint.literals import interval
from app.sql.lint.subject import Advice, Severity, Subject, span, sql
from app.sql.lint.tree import TIMES, base, own, parts
from app.sql.names.model import Block, Relation, Window

BOUNDS = ("window_start", "window_end")


def window_time(subject: Subject) -> Iterator[Advice]:
    """A window on a column that is no time attribute."""
    for relation, window in windows(subject):
        time = window.time
        if time is None or time.role:
            continue
        kind = base(time.type)
        if not subject.continuous and (not kind or kind in TIMES):
            continue
        table = subject.catalog.get(relation.input.table) if relation.input else None
        attribute = table.time_attribute if table else None
        declared = f"WATERMARK FOR {time.name} AS {time.name} - INTERVAL '5' SECOND in the table"
        fix = f"DESCRIPTOR({attribute})" if attribute else f"declare {declared}"
        message = f"{window.kind} cannot go by {time.name}: it is no time attribute."
        why = (
            "Flink orders windows by the column of a WATERMARK, passed on unchanged; computing, "
            "aggregating or joining makes an ordinary column of it, which is refused."
        )
        yield Advice("window_time", "error", message, why, fix, *span(window.call))


def processing_time_window(subject: Subject) -> Iterator[Advice]:
    """A snapshot's window on processing time."""
    for _, window in windows(subject):
        if not subject.continuous and window.time and window.time.role == "processing_time":
            message = f"{window.kind} goes by the processing time {window.time.name}."
            why = "A snapshot reads the past; Flink refuses windows on processing time there."
            fix = f"{window.kind}(…, DESCRIPTOR(the event-time column), …)"
            yield Advice("processing_time_window", "error", message, why, fix, *span(window.call))


def session_snapshot(subject: Subject) -> Iterator[Advice]:
    """A session window in a snapshot."""
    for relation, window in windows(subject):
        if window.kind == "SESSION" and not subject.continuous:
            gap = window.sizes[0] if window.sizes else None
            size = written(gap) if gap else "INTERVAL '10' MINUTE"
            fix = f"TUMBLE({_rows_of(relation)}, DESCRIPTOR({window.descriptor}), {size})"
            message = "SESSION windows work in continuous queries only."
            why = "Flink refuses windows of varying length in batch mode."
            yield Advice("session_snapshot", "error", message, why, fix, *span(window.call))


def session_keys(subject: Subject) -> Iterator[Advice]:
    """Sessions over everybody's rows, grouped by a key afterwards."""
    for block, select in parts(subject):
        for relation in block.relations:
            window = relation.window
            if not (subject.continuous and window and window.kind == "SESSION"):
                continue
            keys = [k for k in select.keys if isinstance(k, exp.Column) and not _role(subject, k)]
            missing = [key.name for key in keys if key.name not in window.partition_by]
            if keys and len(missing) == len(keys):
                names = ", ".join(missing)
                message = f"The sessions are of all rows together, not of each {names}."
                why = "Without PARTITION BY a session ends only when nobody is active any more."
                fix = f"SESSION(TABLE … PARTITION BY {names}, DESCRIPTOR({window.descriptor}), …)"
                yield Advice("session_keys", "warning", message, why, fix, *span(window.call))


def window_order(subject: Subject) -> Iterator[Advice]:
    """`HOP(..., size, slide)` instead of `(slide, size)`; CUMULATE likewise."""
    for relation, window in windows(subject):
        step, size = _step_and_size(window)
        if step and size and step > size:
            name = "slide" if window.kind == "HOP" else "step"
            message = f"{window.kind}'s {name} of {written(step)} is longer than its size."
            why = (
                f"The {name} comes first; so written, rows between the windows are lost or refused."
            )
            sizes = f"{written(size)}, {written(step)}"
            fix = f"{window.kind}({_rows_of(relation)}, DESCRIPTOR({window.descriptor}), {sizes})"
            yield Advice("window_order", "error", message, why, fix, *span(window.call))


def window_multiple(subject: Subject) -> Iterator[Advice]:
    """A size that is no multiple of the slide or step."""
    for relation, window in windows(subject):
        step, size = _step_and_size(window)
        if not (step and size and step < size and size % step):
            continue
        if window.kind == "HOP" and not subject.continuous:
            continue
        common = timedelta(seconds=math.gcd(int(step.total_seconds()), int(size.total_seconds())))
        message = f"{window.kind}'s size of {written(size)} is no multiple of {written(step)}."
        why = "Flink cuts the window into equal parts and refuses what does not divide."
        sizes = f"{written(common)}, {written(size)}"
        fix = f"{window.kind}({_rows_of(relation)}, DESCRIPTOR({window.descriptor}), {sizes})"
        yield Advice("window_multiple", "error", message, why, fix, *span(window.call))


def window_bound(subject: Subject) -> Iterator[Advice]:
    """Grouped by one bound of the window only."""
    for block, select in parts(subject):
        roles = {_role(subject, key): key for key in select.keys}
        found = [bound for bound in BOUNDS if bound in roles]
        if len(found) != 1 or not select.grouped:
            continue
        merged = found == ["window_start"] and _kinds(block) == {"CUMULATE"}
        if not (subject.continuous or merged):
            continue
        missing = BOUNDS[1 - BOUNDS.index(found[0])]
        fix = f"GROUP BY {', '.join([*map(sql, select.keys), missing])}"
        message = f"It is grouped by {found[0]} without {missing}."
        why = (
            "All windows of CUMULATE that begin together fall into one group."
            if merged
            else "Flink then plans an ordinary aggregate, which sends an update for each row and "
            "keeps every group for ever, instead of one final result for each window."
        )
        severity: Severity = "error" if merged else "warning"
        yield Advice("window_bound", severity, message, why, fix, *span(roles[found[0]]))


def window_ungrouped(subject: Subject) -> Iterator[Advice]:
    """An aggregate over windowed rows that is not grouped by the window."""
    for block, select in parts(subject):
        window = next((r.window for r in block.relations if r.kind == "window"), None)
        if window is None or not select.aggregates or _names_bound(subject, select.node):
            continue
        many = window.kind in {"HOP", "CUMULATE"} and any(
            isinstance(part, (exp.Count, exp.Sum)) for part in select.aggregates
        )
        if not (many or subject.continuous):
            continue
        keys = ", ".join([*map(sql, select.keys), *BOUNDS])
        message = f"The rows of {window.kind} are aggregated over all windows together."
        why = (
            f"{window.kind} gives each row once for every window it is in, and so often it counts."
            if many
            else "No window closes it: it sends an update for each row and never a final result."
        )
        severity: Severity = "error" if many else "warning"
        place = span(window.call)
        yield Advice("window_ungrouped", severity, message, why, f"GROUP BY {keys}", *place)


def windows(subject: Subject) -> Iterator[tuple[Relation, Window]]:
    """Every window function, with what it gives."""
    for block in subject.blocks:
        for relation in block.relations:
            if relation.window is not None:
                yield relation, relation.window


def written(size: timedelta) -> str:
    """A span of time as an interval.

    >>> written(timedelta(minutes=90)), written(timedelta(hours=2))
    ("INTERVAL '90' MINUTE", "INTERVAL '2' HOUR")
    """
    seconds = size.total_seconds()
    for unit, length in (("DAY", 86400), ("HOUR", 3600), ("MINUTE", 60)):
        if seconds % length == 0:
            return interval(seconds / length, unit)
    return interval(seconds, "SECOND")


def _rows_of(relation: Relation) -> str:
    """The table argument of a window function, where it is a table."""
    given = relation.input
    return f"TABLE {given.table}" if given and given.kind == "table" else "…"


def _step_and_size(window: Window) -> tuple[timedelta | None, timedelta | None]:
    if window.kind not in {"HOP", "CUMULATE"} or len(window.sizes) < 2:
        return None, None
    return window.sizes[0], window.sizes[1]


def _role(subject: Subject, node: exp.Expr) -> str:
    field = subject.field(node)
    return field.role if field else ""


def _kinds(block: Block) -> set[str]:
    return {relation.window.kind for relation in block.relations if relation.window}


def _names_bound(subject: Subject, select: exp.Select) -> bool:
    """Whether a bound of the window is grouped by or filtered on."""
    clauses = (select.args.get("group"), select.args.get("where"))
    found = (_role(subject, part) for part in own(*clauses) if isinstance(part, exp.Column))
    return any(role.startswith("window_") for role in found)
