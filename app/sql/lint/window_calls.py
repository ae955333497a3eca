"""How a window table function is called, seen in the tokens alone."""

from __future__ import annotations

from collections.abc import Iterator

from app.sql.lexer import Kind
from app.sql.lint.literals import interval
from app.sql.lint.subject import Advice, Call, Severity, Subject

KINDS = ("TUMBLE", "HOP", "CUMULATE", "SESSION")
_NAME = {Kind.WORD, Kind.QUOTED}


def window_table_keyword(subject: Subject) -> Iterator[Advice]:
    """`TUMBLE(orders, DESCRIPTOR(...), ...)`."""
    for call, first, end in _windows(subject):
        bare = subject.kind(first) in _NAME and subject.words[first] not in {"TABLE", "DATA"}
        if bare and (_has_descriptor(subject, call) or _is_source(subject, call)):
            table = subject.written(first, end - 1)
            message = f"{table} stands in {call.name} without the word TABLE."
            why = "Flink takes it for a column, which it does not find."
            fix = f"TABLE {table}"
            place = subject.place(first, end - 1)
            yield Advice("window_table_keyword", "error", message, why, fix, *place)


def window_table_alias(subject: Subject) -> Iterator[Advice]:
    """`TUMBLE(TABLE orders AS o, ...)`."""
    for call, first, end in _windows(subject):
        if subject.words[first] != "TABLE":
            continue
        for at in range(first + 1, end):
            if subject.words[at] == "AS":
                table = subject.written(first, at - 1)
                alias = subject.written(at + 1, end - 1)
                message = f"{table} has an alias within {call.name}."
                why = "Flink's parser takes an alias only behind the whole call."
                fix = f"{table}, and AS {alias} behind the closing parenthesis of {call.name}"
                yield Advice(
                    "window_table_alias", "error", message, why, fix, *subject.place(first, end - 1)
                )


def window_subquery(subject: Subject) -> Iterator[Advice]:
    """`TUMBLE(TABLE (SELECT ...), ...)`."""
    for call, first, end in _windows(subject):
        if subject.has(first, "TABLE", "("):
            query = subject.written(first + 1, end - 1)
            message = f"TABLE stands before a subquery in {call.name}."
            why = "Flink's parser takes TABLE only before a name."
            yield Advice(
                "window_subquery", "error", message, why, query, *subject.place(first, end - 1)
            )


def window_descriptor(subject: Subject) -> Iterator[Advice]:
    """`TUMBLE(TABLE orders, order_time, ...)`, `DESCRIPTOR('order_time')`, `DESCRIPTOR(o.t)`."""
    for call, first, _ in _windows(subject):
        if len(call.args) < 2:
            continue
        if subject.words[first] not in {"TABLE", "("} and not _is_source(subject, call):
            continue
        start, end = call.args[1]
        if subject.words[start] != "DESCRIPTOR":
            if all(
                subject.kind(at) in _NAME or subject.words[at] == "." for at in range(start, end)
            ):
                why = "Flink takes the time column by DESCRIPTOR only."
                yield _descriptor(subject, "stands without DESCRIPTOR", why, start, end)
        elif subject.kind(start + 2) is Kind.STRING:
            why = "DESCRIPTOR names a column; Flink refuses text there."
            yield _descriptor(subject, "is text", why, start, end)
        elif subject.has(start + 3, "."):
            why = "DESCRIPTOR names a column of the table that is given; it takes no prefix."
            yield _descriptor(subject, "has a prefix", why, start, end)


def window_months(subject: Subject) -> Iterator[Advice]:
    """`TUMBLE(..., INTERVAL '1' MONTH)`."""
    days = {"MONTH": "30", "QUARTER": "90", "YEAR": "365"}
    for call, _, _ in _windows(subject):
        for start, end in call.args[1:]:
            unit = subject.words[end - 1].removesuffix("S")
            if subject.words[start] == "INTERVAL" and unit in days:
                written = subject.written(start, end - 1)
                fix = f"GROUP BY FLOOR(… TO {unit}) for calendar {unit.lower()}s, or " + interval(
                    float(days[unit]), "DAY"
                )
                message = f"{call.name} cannot be {written} long."
                why = "Flink's windows are of a fixed length, which months and years have not."
                yield Advice(
                    "window_months", "error", message, why, fix, *subject.place(start, end - 1)
                )


def legacy_window(subject: Subject) -> Iterator[Advice]:
    """`GROUP BY TUMBLE(order_time, INTERVAL '1' HOUR)`."""
    group = next((at for at in subject.at("GROUP") if subject.has(at, "GROUP", "BY")), None)
    for call, first, end in _windows(subject):
        grouped = group is not None and group < call.at
        if not grouped or _has_descriptor(subject, call) or subject.words[first] in {"TABLE", "("}:
            continue
        if len(call.args) < 2 or subject.words[call.args[1][0]] != "INTERVAL":
            continue
        column = subject.written(first, end - 1)
        sizes = ", ".join(subject.arguments(call)[1:])
        fix = (
            f"FROM TABLE({call.name}(TABLE …, DESCRIPTOR({column}), {sizes})) "
            "GROUP BY window_start, window_end"
        )
        message = f"GROUP BY {call.name}({column}, …) is Flink's old form of a window."
        why = "It is deprecated, and the planner refuses it in a snapshot."
        severity: Severity = "warning" if subject.continuous else "error"
        start, stop = subject.tokens[call.at].start, subject.tokens[call.close].end
        yield Advice("legacy_window", severity, message, why, fix, start, stop)


def _windows(subject: Subject) -> Iterator[tuple[Call, int, int]]:
    """The calls of window functions, with the first token and past the last of argument one."""
    for kind in KINDS:
        for call in subject.calls_by_name.get(kind, ()):
            if call.args:
                yield call, *call.args[0]


def _has_descriptor(subject: Subject, call: Call) -> bool:
    return any(subject.words[start] == "DESCRIPTOR" for start, _ in call.args)


def _is_source(subject: Subject, call: Call) -> bool:
    """Whether it stands in FROM, in TABLE(...) or bare."""
    before = subject.words[call.at - 1] if call.at else ""
    return before in {"FROM", "JOIN"} or subject.has(call.at - 2, "TABLE", "(")


def _descriptor(subject: Subject, what: str, why: str, start: int, end: int) -> Advice:
    inner = [at for at in range(start, end) if subject.kind(at) in {*_NAME, Kind.STRING}]
    column = subject.tokens[inner[-1]]
    name = column.value if column.kind is Kind.STRING else column.text
    message = f"The time column {name} {what}."
    return Advice(
        "window_descriptor",
        "error",
        message,
        why,
        f"DESCRIPTOR({name})",
        *subject.place(start, end - 1),
    )
