"""Numbers, times and text in calculations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from app.sql.lint.comparisons import in_milliseconds
from app.sql.lint.literals import interval
from app.sql.lint.subject import Advice, Severity, Subject, span, sql
from app.sql.lint.tree import INTEGERS, NUMBERS, TEXTS, TIMES, base, call_name, own, type_of

_SMALL = ("_ms", "millis", "millisecond", "bytes", "cents", "micros", "nanos")
_SPREADS = frozenset({"STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"})


def integer_division(subject: Subject) -> Iterator[Advice]:
    """`COUNT(a) / COUNT(*)`."""
    for node in subject.nodes(exp.Div):
        kinds = {type_of(subject, node.left), type_of(subject, node.right)}
        if not kinds <= INTEGERS or isinstance(node.right, exp.Literal):
            continue
        ratio = all(
            any(isinstance(p, (exp.Count, exp.Sum)) for p in own(s))
            for s in (node.left, node.right)
        )
        severity: Severity = "error" if ratio else "warning"
        fix = f"CAST({sql(node.left)} AS DOUBLE) / {sql(node.right)}"
        message = f"{sql(node)} divides integers."
        why = "Flink gives an integer and drops the fraction: 1 / 2 is 0."
        yield Advice("integer_division", severity, message, why, fix, *span(node))


def integer_average(subject: Subject) -> Iterator[Advice]:
    """`AVG(x)`, `STDDEV(x)` of an integer."""
    for node in (*subject.nodes(exp.Avg), *subject.nodes(exp.Anonymous)):
        name = call_name(node)
        if isinstance(node, exp.Anonymous) and (name not in _SPREADS or not node.expressions):
            continue
        inner = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
        if type_of(subject, inner) in INTEGERS:
            message = f"{sql(node)} is an integer."
            why = f"Flink's {name} of integers is one itself and drops the fraction."
            fix = f"{name}(CAST({sql(inner)} AS DOUBLE))"
            yield Advice("integer_average", "warning", message, why, fix, *span(node))


def integer_overflow(subject: Subject) -> Iterator[Advice]:
    """`SUM(x)` of an INT that counts something small, such as milliseconds."""
    for node in subject.nodes(exp.Sum):
        field = subject.field(node.this)
        origin = field.direct if field else None
        if (
            field is None
            or origin is None
            or base(field.type) not in {"INT", "SMALLINT", "TINYINT"}
        ):
            continue
        table = subject.catalog.get(origin.table)
        column = table.column(origin.column) if table else None
        words = f"{column.name} {column.comment}".lower() if column else ""
        if column and (any(word in words for word in _SMALL) or words.startswith("ms ")):
            message = f"{sql(node)} is {base(field.type)} and may overflow."
            why = "Flink's SUM keeps the type of its column and wraps around past 2147483647."
            fix = f"SUM(CAST({sql(node.this)} AS BIGINT))"
            yield Advice("integer_overflow", "warning", message, why, fix, *span(node))


def float_sum(subject: Subject) -> Iterator[Advice]:
    """`SUM(x)` of a FLOAT."""
    for node in subject.nodes(exp.Sum):
        if isinstance(node.this, exp.Column) and type_of(subject, node.this) == "FLOAT":
            message = f"{sql(node)} adds up FLOAT."
            why = "A FLOAT holds about seven digits; sums of money lose cents."
            fix = f"SUM(CAST({sql(node.this)} AS DECIMAL(18, 2)))"
            yield Advice("float_sum", "warning", message, why, fix, *span(node))


def decimal_scale(subject: Subject) -> Iterator[Advice]:
    """`CAST(x AS DECIMAL)`, `CAST(x AS CHAR)`."""
    for name in ("CAST", "TRY_CAST"):
        for call in subject.calls_by_name.get(name, ()):
            kind = subject.words[call.close - 1]
            if not subject.has(call.close - 2, "AS") or kind not in {
                "DECIMAL",
                "NUMERIC",
                "CHAR",
                "DEC",
            }:
                continue
            inner = subject.written(call.at + 2, call.close - 3)
            wanted = "STRING" if kind == "CHAR" else "DECIMAL(18, 2)"
            what = (
                "CHAR(1), one character" if kind == "CHAR" else f"{kind}(10, 0), without decimals"
            )
            message = f"{name}({inner} AS {kind}) is {what}."
            why = "Flink fills in the shortest form; the rest is rounded or cut off."
            start, end = subject.tokens[call.at].start, subject.tokens[call.close].end
            fix = f"{name}({inner} AS {wanted})"
            yield Advice("decimal_scale", "warning", message, why, fix, start, end)


def text_plus(subject: Subject) -> Iterator[Advice]:
    """`text + 'x'`."""
    for node in subject.nodes(exp.Add):
        kinds = {type_of(subject, node.left), type_of(subject, node.right)}
        if kinds & TEXTS and not isinstance(node.right, exp.Interval):
            fix = f"{_as_text(subject, node.left)} || {_as_text(subject, node.right)}"
            message = f"{sql(node)} adds text."
            why = "Flink joins text by || and refuses +."
            yield Advice("text_plus", "error", message, why, fix, *span(node))


def text_concat(subject: Subject) -> Iterator[Advice]:
    """`CONCAT(text, number)`, `text || number`."""
    for node in (*subject.nodes(exp.DPipe), *subject.nodes(exp.Anonymous)):
        if isinstance(node, exp.Anonymous) and call_name(node) not in {"CONCAT", "CONCAT_WS"}:
            continue
        pair = isinstance(node, exp.DPipe)
        args = [node.args["this"], node.args["expression"]] if pair else node.expressions
        kinds = [type_of(subject, arg) for arg in args]
        if any(kind in {*NUMBERS, *TIMES, "DATE", "BOOLEAN"} for kind in kinds):
            written = [_as_text(subject, arg) for arg in args]
            fix = " || ".join(written) if pair else f"{call_name(node)}({', '.join(written)})"
            message = f"{sql(node)} joins text with what is none."
            why = "Flink converts nothing to text by itself and refuses it."
            yield Advice("text_concat", "error", message, why, fix, *span(node))


def time_difference(subject: Subject) -> Iterator[Advice]:
    """`time - time`."""
    for node in subject.nodes(exp.Sub):
        kinds = type_of(subject, node.left), type_of(subject, node.right)
        if all(kind in {*TIMES, "DATE"} for kind in kinds):
            unit = "DAY" if set(kinds) == {"DATE"} else "MINUTE"
            fix = f"TIMESTAMPDIFF({unit}, {sql(node.right)}, {sql(node.left)})"
            message = f"{sql(node)} subtracts times."
            why = "Flink subtracts intervals from times only and refuses it."
            yield Advice("time_difference", "error", message, why, fix, *span(node))


def time_number(subject: Subject) -> Iterator[Advice]:
    """`CURRENT_DATE - 7`, `CURRENT_TIMESTAMP - 3600`."""
    for node in subject.nodes(exp.Add, exp.Sub):
        kind = type_of(subject, node.left)
        if kind in {*TIMES, "DATE"} and type_of(subject, node.right) in NUMBERS:
            sign = "+" if isinstance(node, exp.Add) else "-"
            unit = "DAY" if kind == "DATE" else "SECOND"
            amount = (
                interval(float(node.right.name), unit)
                if isinstance(node.right, exp.Literal)
                else f"{sql(node.right)} * INTERVAL '1' {unit}"
            )
            fix = f"{sql(node.left)} {sign} {amount}"
            message = f"{sql(node)} calculates with a time and a number."
            why = "Flink calculates with times and intervals only and refuses it."
            yield Advice("time_number", "error", message, why, fix, *span(node))


def time_conversion(subject: Subject) -> Iterator[Advice]:
    """`CAST(number AS TIMESTAMP)`, `CAST(time AS BIGINT)`, `UNIX_TIMESTAMP(time)` and the like."""
    for cast in subject.nodes(exp.Cast, exp.TryCast):
        to, kind = type_of(subject, cast), type_of(subject, cast.this)
        if to in TIMES and kind in NUMBERS:
            unit = 3 if in_milliseconds(subject, cast.this) else 0
            instant = f"TO_TIMESTAMP_LTZ({sql(cast.this)}, {unit})"
            fix = instant if to == "TIMESTAMP_LTZ" else f"CAST({instant} AS TIMESTAMP(3))"
        elif to in NUMBERS and kind in TIMES:
            fix = f"EXTRACT(EPOCH FROM {sql(cast.this)})"
        else:
            continue
        yield _conversion(cast, f"{kind} is not converted to {to} by a cast.", fix)
    for call in subject.nodes(exp.Anonymous):
        name, args = call_name(call), call.expressions
        kind = type_of(subject, args[0]) if args else ""
        if name == "UNIX_TIMESTAMP" and kind in TIMES:
            yield _conversion(call, f"{name} takes text.", f"EXTRACT(EPOCH FROM {sql(args[0])})")
        elif name == "TO_DATE" and kind in TIMES:
            yield _conversion(call, f"{name} takes text.", f"CAST({sql(args[0])} AS DATE)")
        elif name == "TO_TIMESTAMP" and kind in NUMBERS:
            unit = 3 if in_milliseconds(subject, args[0]) else 0
            fix = f"TO_TIMESTAMP_LTZ({sql(args[0])}, {unit})"
            yield _conversion(call, f"{name} takes text.", fix)
        elif name == "TIMESTAMPDIFF" and len(args) == 3:
            yield from _mixed_difference(subject, call)


def epoch_unit(subject: Subject) -> Iterator[Advice]:
    """`FROM_UNIXTIME(milliseconds)`, `TO_TIMESTAMP_LTZ(milliseconds, 0)`."""
    for call in subject.nodes(exp.Anonymous):
        name, args = call_name(call), call.expressions
        if not args or not in_milliseconds(subject, args[0]):
            continue
        seconds = name == "TO_TIMESTAMP_LTZ" and len(args) > 1 and sql(args[1]) == "0"
        if name == "FROM_UNIXTIME" or seconds:
            value = sql(args[0])
            fix = f"TO_TIMESTAMP_LTZ({value}, 3)"
            fix = f"FROM_UNIXTIME({value} / 1000)" if name == "FROM_UNIXTIME" else fix
            message = f"{sql(call)} takes milliseconds for seconds."
            why = f"{name} counts in seconds here; the year comes out in the ten thousands."
            yield Advice("epoch_unit", "error", message, why, fix, *span(call))


def count_columns(subject: Subject) -> Iterator[Advice]:
    """`COUNT(DISTINCT a, b)`."""
    for node in subject.nodes(exp.Count):
        inner = node.this
        columns = (
            inner.expressions if isinstance(inner, exp.Distinct) else [inner, *node.expressions]
        )
        if len(columns) > 1 and all(columns):
            listed = ", ".join(map(sql, columns))
            distinct = isinstance(inner, exp.Distinct)
            fix = f"COUNT(*) FROM (SELECT {'DISTINCT ' if distinct else ''}{listed} FROM …)"
            message = f"{sql(node)} counts several columns."
            why = "Flink finds no plan for more than one column and refuses it."
            yield Advice("count_columns", "error", message, why, fix, *span(node))


def _mixed_difference(subject: Subject, call: exp.Anonymous) -> Iterator[Advice]:
    kinds = [type_of(subject, arg) for arg in call.expressions[1:]]
    if set(kinds) == TIMES:
        args = [
            f"CAST({sql(arg)} AS TIMESTAMP_LTZ(3))" if kind == "TIMESTAMP" else sql(arg)
            for arg, kind in zip(call.expressions[1:], kinds, strict=True)
        ]
        fix = f"TIMESTAMPDIFF({sql(call.expressions[0])}, {', '.join(args)})"
        yield _conversion(call, "TIMESTAMPDIFF takes two times of one type.", fix)


def _conversion(node: exp.Expr, message: str, fix: str) -> Advice:
    why = "Flink converts neither of the types by itself and refuses it."
    return Advice("time_conversion", "error", f"{sql(node)}: {message}", why, fix, *span(node))


def _as_text(subject: Subject, node: exp.Expr) -> str:
    kind = type_of(subject, node)
    return sql(node) if kind in TEXTS or not kind else f"CAST({sql(node)} AS STRING)"
