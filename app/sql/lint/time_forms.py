"""Flink's forms of the time functions of other dialects, whose arguments have to be looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from app.sql.lint.literals import UNITS, unit

Form = Callable[[Sequence[str]], str]

_PRINTF = {"%Y": "yyyy", "%y": "yy", "%m": "MM", "%d": "dd", "%H": "HH", "%I": "hh", "%M": "mm"}
_PRINTF |= {"%i": "mm", "%S": "ss", "%s": "ss", "%p": "a", "%b": "MMM", "%B": "MMMM", "%a": "EEE"}
_PRINTF |= {"%A": "EEEE", "%j": "DDD", "%F": "yyyy-MM-dd", "%T": "HH:mm:ss", "%f": "SSSSSS"}
_ORACLE = (("YYYY", "yyyy"), ("YY", "yy"), ("DD", "dd"), ("HH24", "HH"), ("HH12", "hh"))
_ORACLE_LATER = (("MI", "mm"), ("mi", "mm"), ("SS", "ss"), ("MON", "MMM"), ("DAY", "EEEE"))


def pattern(written: str) -> str:
    """A pattern of another dialect as Java writes it, which is what Flink reads.

    >>> pattern("YYYY-MM-DD HH24:MI:SS"), pattern("%Y-%m-%d"), pattern("yyyy-MM-dd")
    ('yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd', 'yyyy-MM-dd')
    """
    if "%" in written:
        return re.sub(r"%[a-zA-Z]", lambda m: _PRINTF.get(m[0], m[0]), written)
    for theirs, ours in (*_ORACLE, *_ORACLE_LATER):
        written = written.replace(theirs, ours)
    return written


def _unit(arg: str) -> str:
    """The unit that an argument names, quoted or bare; empty if it names none."""
    name = unit(arg.strip("'"))
    return name if name in UNITS else ""


def _arg(args: Sequence[str], index: int) -> str:
    return args[index] if index < len(args) else "…"


def _floor(args: Sequence[str]) -> str:
    units = [_unit(arg) for arg in args]
    value = next((arg for arg, name in zip(args, units, strict=True) if not name), "…")
    return f"FLOOR({value} TO {next(filter(None, units), 'HOUR')})"


def _truncated(args: Sequence[str]) -> str:
    """A number cut to its digits, or a time to Oracle's unit."""
    if not _arg(args, 1).startswith("'"):
        return f"TRUNCATE({', '.join(args)})"
    units = {"MI": "MINUTE", "HH": "HOUR", "HH24": "HOUR", "DD": "DAY", "MM": "MONTH"}
    name = args[1].strip("'").upper()
    return f"FLOOR({args[0]} TO {units.get(name) or _unit(name) or 'YEAR'})"


def _difference(args: Sequence[str]) -> str:
    """`(unit, from, to)`, `(to, from, unit)` or, in days, `(to, from)`."""
    if _unit(_arg(args, 0)):
        return f"TIMESTAMPDIFF({_unit(args[0])}, {_arg(args, 1)}, {_arg(args, 2)})"
    name = _unit(_arg(args, 2)) or "DAY"
    return f"TIMESTAMPDIFF({name}, {_arg(args, 1)}, {_arg(args, 0)})"


def _addition(sign: str) -> Form:
    def form(args: Sequence[str]) -> str:
        """`(unit, number, time)`, `(time, INTERVAL ...)` or, in days, `(time, number)`."""
        if _unit(_arg(args, 0)):
            number = _arg(args, 1) if sign == "+" else f"-{_arg(args, 1)}"
            return f"TIMESTAMPADD({_unit(args[0])}, {number}, {_arg(args, 2)})"
        amount = _arg(args, 1)
        if amount.isdigit():
            digits = f"({len(amount)})" if len(amount) > 2 else ""
            amount = f"INTERVAL '{amount}' DAY{digits}"
        elif not amount.upper().startswith("INTERVAL"):
            return f"TIMESTAMPADD(DAY, {'-' if sign == '-' else ''}{amount}, {_arg(args, 0)})"
        return f"{_arg(args, 0)} {sign} {amount}"

    return form


def _formatted(args: Sequence[str]) -> str:
    """`(time, pattern)` or `(pattern, time)`."""
    value, form = _arg(args, 0), _arg(args, 1)
    if value.startswith("'"):
        value, form = form, value
    return f"DATE_FORMAT({value}, {pattern(form)})"


def _parsed(function: str) -> Form:
    def form(args: Sequence[str]) -> str:
        value, written = _arg(args, 0), _arg(args, 1)
        if value.startswith("'%"):
            value, written = written, value
        return f"{function}({value}, {pattern(written)})"

    return form


def _part(args: Sequence[str]) -> str:
    return f"EXTRACT({_unit(_arg(args, 0)) or 'HOUR'} FROM {_arg(args, 1)})"


def _bucket(args: Sequence[str]) -> str:
    return f"TABLE(TUMBLE(TABLE …, DESCRIPTOR({_arg(args, 1)}), {_arg(args, 0)}))"


FORMS: Mapping[str, Form] = {
    "DATE_TRUNC": _floor,
    "TIMESTAMP_TRUNC": _floor,
    "DATETIME_TRUNC": _floor,
    "TRUNC": _truncated,
    "DATEDIFF": _difference,
    "DATE_DIFF": _difference,
    "TIMESTAMP_DIFF": _difference,
    "DATE_ADD": _addition("+"),
    "DATEADD": _addition("+"),
    "ADDDATE": _addition("+"),
    "TIMESTAMP_ADD": _addition("+"),
    "DATE_SUB": _addition("-"),
    "SUBDATE": _addition("-"),
    "TIMESTAMP_SUB": _addition("-"),
    "TO_CHAR": _formatted,
    "STRFTIME": _formatted,
    "FORMAT_TIMESTAMP": _formatted,
    "FORMAT_DATE": _formatted,
    "STR_TO_DATE": _parsed("TO_DATE"),
    "PARSE_DATE": _parsed("TO_DATE"),
    "PARSE_TIMESTAMP": _parsed("TO_TIMESTAMP"),
    "DATE_PART": _part,
    "DATEPART": _part,
    "DATE_BIN": _bucket,
    "TIME_BUCKET": _bucket,
}
