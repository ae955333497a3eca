"""Literals that Flink refuses or never matches. All are seen in the tokens alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.sql.lexer import Kind
from app.sql.lint.subject import Advice, Subject

UNITS = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]+)")
_SHORT = {"S": "SECOND", "SEC": "SECOND", "M": "MINUTE", "MIN": "MINUTE", "H": "HOUR", "HR": "HOUR"}
_SHORT |= {"D": "DAY", "W": "WEEK", "MON": "MONTH", "Y": "YEAR", "MILLI": "MILLISECOND"}
_MISREAD = {"WEEK": (7, "DAY"), "QUARTER": (3, "MONTH")}  # what a unit is of another
_TIMESTAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?\Z")
_LIST = 400  # tokens of a list that are looked through; lists may be nested very deeply
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ]?(\d\d:\d\d)?(:\d\d)?(\.\d+)?")


def interval_text(subject: Subject) -> Iterator[Advice]:
    """`INTERVAL '5 minutes'`."""
    for at in subject.at("INTERVAL"):
        if subject.kind(at + 1) is not Kind.STRING:
            continue
        parts = _WRITTEN.findall(subject.tokens[at + 1].value)
        if parts:
            fix = " + ".join(interval(float(number), unit(word)) for number, word in parts)
            written = subject.written(at, at + 1)
            message = f"{written} has its unit within the quotes."
            why = "Flink's interval is a quoted number and a unit after it; others are refused."
            yield Advice("interval_text", "error", message, why, fix, *subject.place(at, at + 1))


def interval_precision(subject: Subject) -> Iterator[Advice]:
    """`INTERVAL '100' MINUTE`: more than two digits need a precision, and it is 3 at most."""
    for at in subject.at("INTERVAL"):
        if subject.kind(at + 1) is not Kind.STRING:
            continue
        digits = subject.tokens[at + 1].value.lstrip("-+")
        word = subject.words[at + 2] if at + 2 < len(subject.words) else ""
        given = subject.has(at + 3, "(")
        if given and not (subject.words[at + 4].isdigit() and int(subject.words[at + 4]) > 3):
            continue
        if digits.isdigit() and len(digits) > 2 and word.removesuffix("S") in UNITS:
            fix = interval(int(digits), word)
            message = f"{subject.written(at, at + 2)} has more than two digits."
            why = f"{word} alone is {word}(2); Flink refuses what exceeds it, and more than (3)."
            place = subject.place(at, at + 5 if given else at + 2)
            yield Advice("interval_precision", "error", message, why, fix, *place)


def interval_unit(subject: Subject) -> Iterator[Advice]:
    """`INTERVAL '500' MILLISECOND`."""
    factors = {"MILLISECOND": 1e3, "MICROSECOND": 1e6, "NANOSECOND": 1e9}
    for at in subject.at("INTERVAL"):
        word = subject.words[at + 2].removesuffix("S") if at + 2 < len(subject.words) else ""
        text = subject.tokens[at + 1].value if subject.kind(at + 1) is Kind.STRING else ""
        if word in factors and text.isdigit():
            fix = f"INTERVAL '{int(text) / factors[word]:.9f}".rstrip("0") + "' SECOND"
            message = f"Flink's intervals have no unit {word}."
            why = "Flink's parser refuses it; the smallest unit is SECOND, with a fraction."
            yield Advice("interval_unit", "error", message, why, fix, *subject.place(at, at + 2))


def interval_misread(subject: Subject) -> Iterator[Advice]:
    """`INTERVAL '1' WEEK`, `INTERVAL 1 QUARTER`."""
    for at in subject.at("INTERVAL"):
        signed = subject.words[at + 1 : at + 2] in (["-"], ["+"])
        last = at + 3 if signed else at + 2
        word = subject.words[last] if last < len(subject.words) else ""
        singular = word.removesuffix("S")
        if singular not in _MISREAD:
            continue
        factor, exact = _MISREAD[singular]
        number = subject.tokens[last - 1]
        text = number.text if number.kind is Kind.NUMBER else number.value
        digits = text.lstrip("+-")
        if not digits.isdecimal():
            continue
        minus = subject.has(at + 1, "-") != text.startswith("-")
        fix = interval(int(digits) * factor, exact)
        fix = fix.replace(" ", " -", 1) if minus else fix
        unit_read = "hour" if exact == "DAY" else "month"
        many = "" if int(digits) == 1 else "s"
        message = f"Flink takes {subject.written(at, last)} for {digits} {unit_read}{many}."
        why = f"It misreads {word} in an interval; TIMESTAMPADD({singular}, …) is right."
        yield Advice("interval_misread", "error", message, why, fix, *subject.place(at, last))


def timestamp_literal(subject: Subject) -> Iterator[Advice]:
    """`TIMESTAMP '2026-11-22T10:00:00Z'`."""
    for at in subject.at("TIMESTAMP"):
        if subject.kind(at + 1) is not Kind.STRING:
            continue
        text = subject.tokens[at + 1].value
        found = _ISO.match(text)
        if found and not _TIMESTAMP.match(text):
            day, minutes, seconds, fraction = found.groups()
            fix = f"TIMESTAMP '{day} {minutes or '00:00'}{seconds or ':00'}{fraction or ''}'"
            message = f"TIMESTAMP '{text}' is not in the form 'yyyy-MM-dd HH:mm:ss'."
            why = "Flink refuses a T, a zone or a missing part of the time in a literal."
            yield Advice(
                "timestamp_literal", "error", message, why, fix, *subject.place(at, at + 1)
            )


def instant_literal(subject: Subject) -> Iterator[Advice]:
    """`TIMESTAMP_LTZ '...'`, `TIMESTAMP WITH TIME ZONE '...'`."""
    for at in subject.at("TIMESTAMP_LTZ", "TIMESTAMPTZ"):
        if subject.kind(at + 1) is Kind.STRING:
            yield _instant(subject, at, at + 1)
    for at in subject.at("TIMESTAMP"):
        if subject.has(at + 1, "WITH", "TIME", "ZONE") and subject.kind(at + 4) is Kind.STRING:
            yield _instant(subject, at, at + 4)


def null_comparison(subject: Subject) -> Iterator[Advice]:
    """`x = NULL`."""
    for at in subject.at("NULL"):
        operator = subject.words[at - 1] if at else ""
        if operator not in {"=", "<>", "!=", "=="}:
            continue
        first = subject.before(at - 1)
        operand = subject.written(first, at - 2) if first < at - 1 else "…"
        fix = f"{operand} IS {'NULL' if operator in {'=', '=='} else 'NOT NULL'}"
        message = f"{subject.written(first, at)} is never true."
        why = "A comparison with NULL is unknown, so that no row passes."
        yield Advice("null_comparison", "error", message, why, fix, *subject.place(first, at))


def null_in_list(subject: Subject) -> Iterator[Advice]:
    """`x NOT IN (..., NULL)`."""
    for at in subject.at("IN"):
        last = subject.after(at)
        if not (subject.has(at - 1, "NOT") and subject.has(at + 1, "(")) or last == at:
            continue
        if last - at > _LIST:
            continue
        items = [index for index in range(at + 2, last) if subject.words[index] == "NULL"]
        if items and not subject.has(at + 2, "SELECT") and not subject.has(at + 2, "WITH"):
            kept = [subject.written(i, i) for i in range(at + 2, last) if _value(subject, i)]
            first = subject.before(at - 1)
            operand = subject.written(first, at - 2)
            fix = f"{operand} NOT IN ({', '.join(kept)})"
            message = f"NULL stands in {operand} NOT IN (…)."
            why = "NOT IN over a list with NULL is never true, so that no row passes."
            yield Advice("null_in_list", "error", message, why, fix, *subject.place(first, last))


def unit(word: str) -> str:
    """A unit as Flink names it, from its short form or plural.

    >>> unit("mins"), unit("hours"), unit("s")
    ('MINUTE', 'HOUR', 'SECOND')
    """
    upper = word.upper()
    singular = upper if upper in _SHORT else upper.removesuffix("S")
    return _SHORT.get(singular, singular)


def interval(number: float, word: str) -> str:
    """An interval with the precision that its digits need; Flink knows none above three.

    >>> interval(5, "DAY"), interval(100, "MINUTE"), interval(1440, "MINUTE")
    ("INTERVAL '5' DAY", "INTERVAL '100' MINUTE(3)", 'INTERVAL 1440 MINUTE')
    """
    digits = str(int(number)) if number == int(number) else f"{number:g}"
    if not digits.isdigit() or len(digits) < 3:
        return f"INTERVAL '{digits}' {word.upper()}"
    if len(digits) == 3:
        return f"INTERVAL '{digits}' {word.upper()}(3)"
    return f"INTERVAL {digits} {word.upper()}"


def _value(subject: Subject, index: int) -> bool:
    return subject.words[index] not in {",", "NULL"}


def _instant(subject: Subject, first: int, last: int) -> Advice:
    text = subject.tokens[last].value
    message = f"{subject.written(first, last)} is no literal that Flink knows."
    why = "Flink's parser refuses it; a TIMESTAMP literal stands for that time in the session zone."
    found = _ISO.match(text)
    time = (
        " ".join(part for part in ("".join(g or "" for g in found.groups()[1:]),)) if found else ""
    )
    fix = f"TIMESTAMP '{found[1]} {time or '00:00:00'}'" if found else f"TIMESTAMP '{text}'"
    return Advice("instant_literal", "error", message, why, fix, *subject.place(first, last))
