"""Clauses of other dialects that Flink's parser refuses. All are seen in the tokens alone."""

from __future__ import annotations

from collections.abc import Iterator

from app.sql.lexer import Kind
from app.sql.lint.subject import Advice, Subject

_REFUSED = "Flink's parser refuses it."
_CLAUSE = 60  # tokens of an ORDER BY


def limit_comma(subject: Subject) -> Iterator[Advice]:
    """`LIMIT start, count`."""
    for at in subject.at("LIMIT"):
        if subject.kind(at + 1) is Kind.NUMBER and subject.has(at + 2, ","):
            start, count = subject.words[at + 1], subject.words[min(at + 3, len(subject.words) - 1)]
            fix = f"LIMIT {count} OFFSET {start}"
            message = f"LIMIT {start}, {count} is MySQL's form."
            yield Advice("limit_comma", "error", message, _REFUSED, fix, *subject.place(at, at + 3))


def top_clause(subject: Subject) -> Iterator[Advice]:
    """`SELECT TOP n`."""
    for at in subject.at("TOP"):
        if subject.has(at - 1, "SELECT") and subject.kind(at + 1) is Kind.NUMBER:
            fix = f"LIMIT {subject.words[at + 1]}"
            message = "Flink has no TOP; a LIMIT goes at the end of the query."
            yield Advice("top_clause", "error", message, _REFUSED, fix, *subject.place(at, at + 1))


def distinct_on(subject: Subject) -> Iterator[Advice]:
    """`SELECT DISTINCT ON (...)`."""
    for at in subject.at("DISTINCT"):
        if subject.has(at + 1, "ON", "("):
            keys = subject.written(at + 3, subject.after(at + 1) - 1)
            fix = (
                "SELECT … FROM (SELECT *, ROW_NUMBER() OVER "
                f"(PARTITION BY {keys} ORDER BY …) AS row_num FROM …) WHERE row_num = 1"
            )
            message = f"Flink has no DISTINCT ON ({keys})."
            yield Advice(
                "distinct_on",
                "error",
                message,
                _REFUSED,
                fix,
                *subject.place(at, subject.after(at + 1)),
            )


def trailing_comma(subject: Subject) -> Iterator[Advice]:
    """A comma before the next clause."""
    for at in subject.at(","):
        ends = {"FROM", "WHERE", "GROUP", "ORDER", ")"}
        if at + 1 == len(subject.words) or subject.words[at + 1] in ends:
            word = subject.words[at + 1] if at + 1 < len(subject.words) else "the end"
            message = f"A comma stands before {word}."
            fix = subject.written(max(at - 1, 0), max(at - 1, 0))
            yield Advice(
                "trailing_comma",
                "error",
                message,
                _REFUSED,
                fix,
                *subject.place(max(at - 1, 0), at),
            )


def star_except(subject: Subject) -> Iterator[Advice]:
    """`SELECT * EXCEPT (...)`, `* EXCLUDE (...)`, `* REPLACE (...)`."""
    for at in subject.at("EXCEPT", "EXCLUDE", "REPLACE"):
        selects = subject.has(at + 2, "SELECT") or subject.has(at + 2, "(")
        if subject.has(at - 1, "*") and subject.has(at + 1, "(") and not selects:
            word = subject.words[at]
            message = f"Flink has no * {word}."
            fix = "SELECT each column that is wanted by its name"
            yield Advice(
                "star_except",
                "error",
                message,
                _REFUSED,
                fix,
                *subject.place(at - 1, subject.after(at)),
            )


def empty_in(subject: Subject) -> Iterator[Advice]:
    """`IN ()`."""
    for at in subject.at("IN"):
        if subject.has(at + 1, "(", ")"):
            message = "IN () lists nothing."
            yield Advice(
                "empty_in", "error", message, _REFUSED, "FALSE", *subject.place(at, at + 2)
            )


def emit_clause(subject: Subject) -> Iterator[Advice]:
    """`EMIT CHANGES` of ksqlDB."""
    for at in subject.at("EMIT"):
        if subject.has(at + 1, "CHANGES") or subject.has(at + 1, "FINAL"):
            message = f"EMIT {subject.words[at + 1]} is ksqlDB's."
            fix = "leave it out: a continuous query emits changes by itself"
            yield Advice("emit_clause", "error", message, _REFUSED, fix, *subject.place(at, at + 1))


def within_group(subject: Subject) -> Iterator[Advice]:
    """`PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)`, `LISTAGG(x) WITHIN GROUP (...)`."""
    for at in subject.at("WITHIN"):
        first = subject.before(at)
        if not subject.has(at + 1, "GROUP", "(", "ORDER", "BY") or first == at:
            continue
        last = subject.after(at + 1)
        call = subject.written(first, at - 1)
        fix = call
        if subject.words[first].startswith("PERCENTILE_"):
            column = subject.written(at + 5, last - 1).removesuffix(" DESC")
            fix = f"PERCENTILE({column}, {subject.written(first + 2, at - 2)})"
        message = "Flink's aggregates take no WITHIN GROUP."
        yield Advice("within_group", "error", message, _REFUSED, fix, *subject.place(first, last))


def ordered_listagg(subject: Subject) -> Iterator[Advice]:
    """`LISTAGG(x, ', ' ORDER BY y)`."""
    for call in subject.calls_by_name.get("LISTAGG", ()):
        # The clause is the last; a bound, since calls may be nested very deeply.
        for at in range(max(call.at + 2, call.close - _CLAUSE), call.close):
            if subject.has(at, "ORDER", "BY"):
                fix = f"{subject.written(call.at, at - 1)})"
                message = "LISTAGG takes no ORDER BY; it joins the rows in the order they come."
                yield Advice(
                    "ordered_listagg",
                    "error",
                    message,
                    _REFUSED,
                    fix,
                    *subject.place(call.at, call.close),
                )
                break


def group_by_all(subject: Subject) -> Iterator[Advice]:
    """`GROUP BY ALL`, `GROUP BY x WITH ROLLUP`."""
    for at in subject.at("ALL"):
        if subject.has(at - 2, "GROUP", "BY") and not _goes_on(subject, at + 1):
            message = "Flink has no GROUP BY ALL."
            fix = "GROUP BY each column that is selected without an aggregate"
            yield Advice(
                "group_by_all", "error", message, _REFUSED, fix, *subject.place(at - 2, at)
            )
    for at in subject.at("ROLLUP", "CUBE"):
        if subject.has(at - 1, "WITH"):
            message = f"Flink has no WITH {subject.words[at]}."
            fix = f"GROUP BY {subject.words[at]} (…)"
            yield Advice(
                "group_by_all", "error", message, _REFUSED, fix, *subject.place(at - 1, at)
            )


def _goes_on(subject: Subject, at: int) -> bool:
    """Whether an expression stands at a token, so that ALL is only GROUP BY's quantifier."""
    clause = {"HAVING", "ORDER", "LIMIT", ")", ";", "UNION", "WINDOW", "FETCH"}
    return at < len(subject.words) and subject.words[at] not in clause
