"""Calls that Flink refuses or reads otherwise than meant, seen in the tokens alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.sql.lexer import Kind
from app.sql.lint import forms, time_forms
from app.sql.lint.literals import UNITS, unit
from app.sql.lint.subject import Advice, Call, Subject

_FOREIGN = forms.FUNCTIONS.keys() | time_forms.FORMS.keys()
_PARTS = frozenset((*UNITS, "DOW", "DOY", "ISODOW", "EPOCH", "MILLISECOND"))
_DAY_OF_YEAR = re.compile(r"YYYY|(?<!D)DD(?!D)")


def foreign_function(subject: Subject) -> Iterator[Advice]:
    """A function of another dialect."""
    for name in _FOREIGN & subject.calls_by_name.keys():
        for call in subject.calls_by_name[name]:
            if _is_type(subject, call) or _other_use(subject, call):
                continue
            message = f"Flink has no function {name}."
            why = "The planner finds no function of that name and refuses the query."
            fix = _form(name, subject.arguments(call))
            yield Advice(
                "foreign_function", "error", message, why, fix, *subject.place(call.at, call.close)
            )


def decode_cases(subject: Subject) -> Iterator[Advice]:
    """Oracle's `DECODE(x, value, result, ...)`; Flink's decodes bytes."""
    for call in subject.calls_by_name.get("DECODE", ()):
        args = subject.arguments(call)
        if len(args) > 2:
            pairs = zip(args[1::2], args[2::2], strict=False)
            cases = " ".join(f"WHEN {value} THEN {result}" for value, result in pairs)
            other = f" ELSE {args[-1]}" if len(args) % 2 == 0 else ""
            message = f"DECODE with {len(args)} arguments is Oracle's."
            why = "Flink's DECODE takes bytes and a character set, and refuses more."
            fix = f"CASE {args[0]} {cases}{other} END"
            yield Advice(
                "decode_cases", "error", message, why, fix, *subject.place(call.at, call.close)
            )


def isnull_call(subject: Subject) -> Iterator[Advice]:
    """`ISNULL(x)` and `ISNULL(x, y)`."""
    for call in subject.calls_by_name.get("ISNULL", ()):
        args = subject.arguments(call)
        fix = f"COALESCE({', '.join(args)})" if len(args) > 1 else f"{''.join(args)} IS NULL"
        why = "The planner finds no function of that name and refuses the query."
        yield Advice(
            "isnull_call",
            "error",
            "Flink has no function ISNULL.",
            why,
            fix,
            *subject.place(call.at, call.close),
        )


def foreign_type(subject: Subject) -> Iterator[Advice]:
    """A type of another dialect in a cast."""
    for name in ("CAST", "TRY_CAST", "SAFE_CAST", "CONVERT", "TRY_CONVERT"):
        for call in subject.calls_by_name.get(name, ()):
            yield from _cast(subject, call)


def _cast(subject: Subject, call: Call) -> Iterator[Advice]:
    at = next((i for i in range(call.close - 1, call.at, -1) if subject.words[i] == "AS"), 0)
    foreign = subject.words[at + 1] if at else ""
    if at and (foreign in forms.TYPES or call.name == "SAFE_CAST"):
        kind = forms.TYPES.get(foreign, subject.written(at + 1, call.close - 1))
        function = "TRY_CAST" if call.name == "SAFE_CAST" else call.name
        fix = f"{function}({subject.written(call.at + 2, at - 1)} AS {kind})"
        what = f"type {foreign}" if foreign in forms.TYPES else f"function {call.name}"
    elif call.name.endswith("CONVERT") and len(call.args) == 2:
        args = subject.arguments(call)
        if args[0].split("(")[0].upper() in {"INT", "BIGINT", "VARCHAR", "DATE", "DECIMAL"}:
            args.reverse()
        function = "TRY_CAST" if call.name.startswith("TRY") else "CAST"
        fix, what = f"{function}({args[0]} AS {args[1]})", f"function {call.name}"
    else:
        return
    why = "The planner knows no such type or function and refuses the query."
    yield Advice(
        "foreign_type",
        "error",
        f"Flink has no {what}.",
        why,
        fix,
        *subject.place(call.at, call.close),
    )


def null_in_if(subject: Subject) -> Iterator[Advice]:
    """`IF(condition, x, NULL)`."""
    for call in subject.calls_by_name.get("IF", ()):
        args = subject.arguments(call)
        if len(args) == 3 and "NULL" in {args[1].upper(), args[2].upper()}:
            condition = args[0] if args[2].upper() == "NULL" else f"NOT ({args[0]})"
            value = args[1] if args[2].upper() == "NULL" else args[2]
            message = "IF takes no bare NULL."
            why = "Flink cannot tell the type of a NULL in IF and refuses the query."
            fix = f"CASE WHEN {condition} THEN {value} END"
            yield Advice(
                "null_in_if", "error", message, why, fix, *subject.place(call.at, call.close)
            )


def unit_spelling(subject: Subject) -> Iterator[Advice]:
    """`FLOOR(x TO 'HOUR')`, `FLOOR(x TO hours)`, `TIMESTAMPDIFF('HOUR', ...)` and the like."""
    for name, before in (("FLOOR", "TO"), ("CEIL", "TO"), ("TIMESTAMPDIFF", "("), ("EXTRACT", "(")):
        for call in subject.calls_by_name.get(name, ()):
            for at in range(call.at + 2, call.close):
                if subject.words[at - 1] == before and not _is_unit(subject, at):
                    yield from _unit_advice(subject, call, at)


def _unit_advice(subject: Subject, call: Call, at: int) -> Iterator[Advice]:
    written = subject.written(at, at)
    name = unit(written.strip("'"))
    if name in UNITS and (written.startswith("'") or subject.kind(at) is Kind.WORD):
        fix = subject.text[subject.tokens[call.at].start : subject.tokens[at].start] + name
        fix += subject.text[subject.tokens[at].end : subject.tokens[call.close].end]
        message = f"{written} is not how {call.name} takes its unit."
        why = "Flink's units are bare words in the singular; it refuses others."
        yield Advice(
            "unit_spelling", "error", message, why, fix, *subject.place(call.at, call.close)
        )


def date_pattern(subject: Subject) -> Iterator[Advice]:
    """`DATE_FORMAT(x, 'YYYY-MM-DD')`, `'%Y-%m-%d'`, `'hh:mm'` without AM or PM."""
    for name in ("DATE_FORMAT", "TO_TIMESTAMP", "TO_DATE", "FROM_UNIXTIME"):
        for call in subject.calls_by_name.get(name, ()):
            if len(call.args) != 2 or subject.kind(call.args[1][0]) is not Kind.STRING:
                continue
            written = subject.tokens[call.args[1][0]].value
            wanted = _java(written)
            if wanted != written:
                value = subject.written(call.args[0][0], call.args[0][1] - 1)
                fix = f"{name}({value}, '{wanted}')"
                message = f"'{written}' is not the pattern it looks like."
                why = (
                    "Flink reads Java's letters: YYYY is the year of the week, DD the day of the "
                    "year, hh the hour to 12, and %Y is not known."
                )
                yield Advice(
                    "date_pattern", "error", message, why, fix, *subject.place(call.at, call.close)
                )


def _java(written: str) -> str:
    if "%" in written or _DAY_OF_YEAR.search(written) or "HH24" in written:
        return time_forms.pattern(written)
    return written.replace("hh", "HH") if "hh" in written and "a" not in written else written


def _form(name: str, args: Sequence[str]) -> str:
    if name in time_forms.FORMS:
        return time_forms.FORMS[name](args)
    padded = [*(arg.split(" ORDER BY ")[0] for arg in args), "…", "…", "…"]
    return forms.FUNCTIONS[name].format(*padded, all=", ".join(args))


def _is_type(subject: Subject, call: Call) -> bool:
    """Whether `TIMESTAMP(3)` and the like are a type with its precision rather than a call."""
    if call.name not in forms.KEYWORD_CALLS:
        return False
    number = len(call.args) == 1 and subject.kind(call.at + 2) is Kind.NUMBER
    return number or subject.has(call.at - 1, "TO") or subject.kind(call.at - 1) is Kind.STRING


def _other_use(subject: Subject, call: Call) -> bool:
    """Whether the name is qualified, or `ARRAY(SELECT ...)` and `MAP(SELECT ...)` of a query."""
    query = subject.has(call.at + 2, "SELECT") or subject.has(call.at + 2, "WITH")
    return query or subject.has(call.at - 1, ".")


def _is_unit(subject: Subject, at: int) -> bool:
    return subject.words[at] in _PARTS
