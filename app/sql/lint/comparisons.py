"""Comparisons between types, and comparisons that never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from app.sql.lint.subject import Advice, Severity, Subject, span, sql
from app.sql.lint.tree import (
    COMPARISONS,
    NUMBERS,
    TEXTS,
    TIMES,
    call_name,
    own,
    parts,
    type_of,
)

_SIGNS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_READABLE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?\Z")
_WRITTEN = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[ T]?(\d{1,2})?(:\d{1,2})?(:\d{1,2}(?:\.\d+)?)?")


def text_number(subject: Subject) -> Iterator[Advice]:
    """`text = 5`, `number = '5'`."""
    for node in subject.nodes(exp.EQ, exp.NEQ):
        left, right = type_of(subject, node.left), type_of(subject, node.right)
        if not ({left, right} & TEXTS and {left, right} & NUMBERS):
            continue
        text, number = (node.left, node.right) if left in TEXTS else (node.right, node.left)
        sign = _SIGNS[type(node)]
        if isinstance(text, exp.Literal):
            fix = f"{sql(number)} {sign} {text.name}"
        elif isinstance(number, exp.Literal):
            fix = f"{sql(text)} {sign} '{number.name}'"
        else:
            fix = f"TRY_CAST({sql(text)} AS {type_of(subject, number)}) {sign} {sql(number)}"
        message = f"{sql(node)} compares text with a number."
        why = "Flink converts neither of them and refuses it."
        yield Advice("text_number", "error", message, why, fix, *span(node))


def boolean_number(subject: Subject) -> Iterator[Advice]:
    """`flag = 1`."""
    for node in subject.nodes(exp.EQ, exp.NEQ):
        kinds = [type_of(subject, node.left), type_of(subject, node.right)]
        if "BOOLEAN" in kinds and set(kinds) & NUMBERS:
            flag, number = (
                (node.left, node.right) if kinds[0] == "BOOLEAN" else (node.right, node.left)
            )
            true = (sql(number) != "0") == isinstance(node, exp.EQ)
            fix = sql(flag) if true else f"NOT {sql(flag)}"
            message = f"{sql(node)} compares a BOOLEAN with a number."
            why = "Flink converts neither of them and refuses it."
            yield Advice("boolean_number", "error", message, why, fix, *span(node))


def date_instant(subject: Subject) -> Iterator[Advice]:
    """A TIMESTAMP compared with a DATE, such as CURRENT_DATE."""
    for node, left, right in _comparisons(subject):
        kinds = type_of(subject, left), type_of(subject, right)
        if "DATE" in kinds and set(kinds) & TIMES:
            date = left if kinds[0] == "DATE" else right
            cast = f"CAST({sql(date)} AS TIMESTAMP(3))"
            if isinstance(date, exp.Cast) and date.args.get("literal"):
                cast = f"TIMESTAMP '{date.this.name} 00:00:00'"
            fix = sql(node).replace(sql(date), cast)
            message = f"{sql(node)} compares a time with a DATE."
            why = "Flink converts neither of them and refuses it."
            yield Advice("date_instant", "error", message, why, fix, *span(node))


def number_instant(subject: Subject) -> Iterator[Advice]:
    """A TIMESTAMP compared with a number, such as seconds since 1970."""
    for node, left, right in _comparisons(subject):
        kinds = type_of(subject, left), type_of(subject, right)
        if set(kinds) & NUMBERS and set(kinds) & TIMES:
            number = left if kinds[0] in NUMBERS else right
            unit = 3 if in_milliseconds(subject, number) else 0
            fix = sql(node).replace(sql(number), f"TO_TIMESTAMP_LTZ({sql(number)}, {unit})")
            message = f"{sql(node)} compares a time with a number."
            why = "Flink converts neither of them and refuses it."
            yield Advice("number_instant", "error", message, why, fix, *span(node))


def mixed_timestamps(subject: Subject) -> Iterator[Advice]:
    """A TIMESTAMP column compared with a TIMESTAMP_LTZ column."""
    for node, left, right in _comparisons(subject):
        kinds = type_of(subject, left), type_of(subject, right)
        literal = any(_constant(side) for side in (left, right))
        if set(kinds) == TIMES and not literal:
            local = left if kinds[0] == "TIMESTAMP" else right
            fix = sql(node).replace(sql(local), f"CAST({sql(local)} AS TIMESTAMP_LTZ(3))", 1)
            message = f"{sql(local)} has no time zone, and what it is compared with is an instant."
            why = "Flink reads it in the session's time zone, so that the result depends on that."
            yield Advice("mixed_timestamps", "warning", message, why, fix, *span(node))


def timestamp_text(subject: Subject) -> Iterator[Advice]:
    """A time compared with text that is none."""
    for node, left, right in _comparisons(subject):
        for time, text in ((left, right), (right, left)):
            if not (isinstance(text, exp.Literal) and text.is_string):
                continue
            kind = type_of(subject, time)
            if kind in {*TIMES, "DATE"} and not _READABLE.match(text.name):
                fix = sql(node).replace(sql(text), f"TIMESTAMP '{_time(text.name)}'")
                message = f"'{text.name}' is no time in Flink's form."
                why = (
                    "Flink reads 'yyyy-MM-dd HH:mm:ss' when a row comes; on others the query fails."
                )
                yield Advice("timestamp_text", "error", message, why, fix, *span(node))


def between_reversed(subject: Subject) -> Iterator[Advice]:
    """`x BETWEEN 10 AND 5`, `x BETWEEN now AND now - interval`."""
    for node in subject.nodes(exp.Between):
        low, high = node.args["low"], node.args["high"]
        if not node.args.get("symmetric") and _above(low, high):
            fix = f"{sql(node.this)} BETWEEN {sql(high)} AND {sql(low)}"
            message = f"{sql(node)} has its bounds the wrong way round."
            why = "BETWEEN wants the lower bound first; so written, no row passes."
            yield Advice("between_reversed", "error", message, why, fix, *span(node))


def like_pattern(subject: Subject) -> Iterator[Advice]:
    """`LIKE 'a*'`, `LIKE 'a'`."""
    for node in subject.nodes(exp.Like):
        pattern = node.args["expression"]
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            continue
        text = pattern.name
        if "%" in text or "_" in text:
            continue
        star = "*" in text or "?" in text
        wanted = text.replace("*", "%").replace("?", "_") if star else f"%{text}%"
        message = f"'{text}' has no wildcard of LIKE."
        why = "LIKE knows % and _ only; without them it is an equality."
        severity: Severity = "warning"
        fix = f"{sql(node.this)} LIKE '{wanted}'"
        yield Advice("like_pattern", severity, message, why, fix, *span(node))


def not_in_nullable(subject: Subject) -> Iterator[Advice]:
    """`x NOT IN (SELECT y ...)` where y may be null."""
    for node in subject.nodes(exp.Not):
        inner = node.this.this if isinstance(node.this, exp.Paren) else node.this
        query = inner.args.get("query") if isinstance(inner, exp.In) else None
        select = query.this if isinstance(query, exp.Subquery) else query
        if not isinstance(select, exp.Select) or len(select.expressions) != 1:
            continue
        output = select.expressions[0].unalias()
        if not isinstance(output, exp.Column) or not _nullable(subject, output, select):
            continue
        fix = f"{sql(inner.this)} NOT IN ({_with_filter(select, output)})"
        message = f"{sql(inner.this)} NOT IN (…) gives no row if one {sql(output)} is null."
        why = "NOT IN over values with a null is never true."
        yield Advice("not_in_nullable", "warning", message, why, fix, *span(node))


def _time(text: str) -> str:
    """The time that a text names, as Flink writes it; else the form that it should have."""
    written = _WRITTEN.match(text)
    if written:
        day, hour, minute, second = written.groups()
        return f"{day} {hour or '00'}{minute or ':00'}{second or ':00'}"
    found = re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2} 00:00:00" if found else "yyyy-MM-dd HH:mm:ss"


def _comparisons(subject: Subject) -> Iterator[tuple[exp.Expr, exp.Expr, exp.Expr]]:
    for node in subject.nodes(*COMPARISONS):
        yield node, node.left, node.right
    for between in subject.nodes(exp.Between):
        yield between, between.this, between.args["low"]


def _constant(node: exp.Expr) -> bool:
    """Whether it is a literal, whose zone whoever wrote it had in mind."""
    return not any(isinstance(part, exp.Column) or call_name(part) for part in own(node)) or (
        isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal)
    )


def in_milliseconds(subject: Subject, node: exp.Expr) -> bool:
    """Whether a number counts milliseconds, by its size or by its column's name and comment."""
    if isinstance(node, exp.Literal):
        return len(node.name.split(".")[0]) > 11
    field = subject.field(node)
    origin = field.direct if field else None
    table = subject.catalog.get(origin.table) if origin else None
    column = table.column(origin.column) if table and origin else None
    named = column is not None and column.name.lower().endswith(("_ms", "millis"))
    return named or (column is not None and "millisecond" in column.comment.lower())


def _above(low: exp.Expr, high: exp.Expr) -> bool:
    """Whether the first of two bounds is certainly the greater."""
    if isinstance(low, exp.Literal) and isinstance(high, exp.Literal) and not low.is_string:
        return not high.is_string and float(low.name) > float(high.name)
    if isinstance(low, exp.Cast) and isinstance(high, exp.Cast):
        literals = isinstance(low.this, exp.Literal) and isinstance(high.this, exp.Literal)
        same = low.args["to"] == high.args["to"]
        return literals and same and low.this.name > high.this.name
    earlier = isinstance(high, exp.Sub) and isinstance(high.right, exp.Interval)
    return earlier and isinstance(high, exp.Sub) and high.left == low


def _nullable(subject: Subject, column: exp.Column, select: exp.Select) -> bool:
    """Whether nothing says that a column is never null: its table, or the query's own filter."""
    field = subject.field(column)
    origin = field.direct if field else None
    table = subject.catalog.get(origin.table) if origin else None
    found = table.column(origin.column) if table and origin else None
    if found is None or not found.nullable:
        return False
    where = select.args.get("where")
    filtered = (part for part in own(where) if isinstance(part, (exp.Is, *COMPARISONS, exp.In)))
    return not any(part.this == column for part in filtered)


def _with_filter(select: exp.Select, column: exp.Column) -> str:
    return sql(select.copy().where(f"{column.name} IS NOT NULL", dialect="flink"))


def text_in_calculation(subject: Subject) -> Iterator[Advice]:
    """`SUM(text)`, `AVG(flag)`."""
    for _, select in parts(subject):
        for node in select.aggregates:
            kind = type_of(subject, node.this) if isinstance(node, (exp.Sum, exp.Avg)) else ""
            if kind in {*TEXTS, "BOOLEAN"}:
                inner = sql(node.this)
                fix = f"{call_name(node)}(TRY_CAST({inner} AS DECIMAL(18, 2)))"
                if kind == "BOOLEAN":
                    fix = f"COUNT(*) FILTER (WHERE {inner})"
                message = f"{sql(node)} adds up {'text' if kind in TEXTS else 'a BOOLEAN'}."
                why = "Flink adds numbers only and refuses it."
                yield Advice("text_in_calculation", "error", message, why, fix, *span(node))
