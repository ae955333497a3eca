"""Operators of other dialects that Flink's parser refuses. All are seen in the tokens alone."""

from __future__ import annotations

from collections.abc import Iterator

from app.sql.lexer import Kind
from app.sql.lint.subject import Advice, Subject

_REFUSED = "Flink's parser refuses it."


def not_equals(subject: Subject) -> Iterator[Advice]:
    """`!=`."""
    for at in subject.at("!="):
        yield _operator(subject, at, "not_equals", "Flink has no `!=`.", "{0} <> {1}")


def double_equals(subject: Subject) -> Iterator[Advice]:
    """`==`."""
    for at in subject.at("=="):
        yield _operator(subject, at, "double_equals", "Flink has no `==`.", "{0} = {1}")


def cast_colons(subject: Subject) -> Iterator[Advice]:
    """`x::TYPE`."""
    for at in subject.at("::"):
        yield _operator(subject, at, "cast_colons", "Flink has no `::`.", "CAST({0} AS {1})")


def ilike(subject: Subject) -> Iterator[Advice]:
    """`x ILIKE pattern`."""
    for at in subject.at("ILIKE"):
        first = at - 1 if subject.words[at - 1] == "NOT" else at
        like = "NOT LIKE" if first != at else "LIKE"
        form = f"LOWER({{0}}) {like} LOWER({{1}})"
        yield _operator(subject, at, "ilike", "Flink has no ILIKE.", form, first=first)


def regex_operator(subject: Subject) -> Iterator[Advice]:
    """`x ~ pattern`, `x REGEXP pattern`, `x RLIKE pattern`."""
    for at in subject.at("~", "REGEXP", "RLIKE"):
        if not subject.has(at + 1, "("):
            first = at - 1 if subject.words[at - 1] == "NOT" else at
            form = "NOT REGEXP({0}, {1})" if first != at else "REGEXP({0}, {1})"
            message = f"Flink has no operator `{subject.words[at]}`."
            yield _operator(subject, at, "regex_operator", message, form, first=first)


def json_arrow(subject: Subject) -> Iterator[Advice]:
    """`x -> 'key'` and `x ->> 'key'`."""
    for at in subject.at("->"):
        value = at + 1 if subject.has(at + 1, ">") else at
        if subject.kind(value + 1) is not Kind.STRING:
            continue
        first = subject.before(at)
        path = subject.tokens[value + 1].value
        function = "JSON_QUERY" if value == at else "JSON_VALUE"
        fix = f"{function}({subject.written(first, at - 1)}, '$.{path}')"
        message = "Flink has no arrow operators for JSON."
        start, end = subject.tokens[first].start, subject.tokens[value + 1].end
        yield Advice("json_arrow", "error", message, _REFUSED, fix, start, end)


def logic_symbol(subject: Subject) -> Iterator[Advice]:
    """`&&`."""
    for at in subject.at("&"):
        if subject.has(at + 1, "&"):
            start, end = subject.tokens[at].start, subject.tokens[at + 1].end
            yield Advice("logic_symbol", "error", "Flink has no `&&`.", _REFUSED, "AND", start, end)


def arithmetic_symbol(subject: Subject) -> Iterator[Advice]:
    """`x ^ y`, `x DIV y`."""
    for at, form in ((at, "POWER({0}, {1})") for at in subject.at("^")):
        yield _operator(subject, at, "arithmetic_symbol", "Flink has no `^`.", form)
    for at in subject.at("DIV"):
        if subject.before(at) != at and subject.kind(at + 1) in {Kind.NUMBER, Kind.WORD}:
            form = "FLOOR({0} / {1})"
            yield _operator(subject, at, "arithmetic_symbol", "Flink has no DIV.", form)


def null_safe_equals(subject: Subject) -> Iterator[Advice]:
    """`x <=> y`."""
    for at in subject.at("<="):
        if subject.has(at + 1, ">"):
            form = "{0} IS NOT DISTINCT FROM {1}"
            message = "Flink has no `<=>`."
            yield _operator(subject, at, "null_safe_equals", message, form, last=at + 1)


def at_time_zone(subject: Subject) -> Iterator[Advice]:
    """`x AT TIME ZONE zone`."""
    for at in subject.at("AT"):
        if not subject.has(at + 1, "TIME", "ZONE"):
            continue
        form = "CONVERT_TZ(DATE_FORMAT({0}, 'yyyy-MM-dd HH:mm:ss'), 'UTC', {1})"
        message = "Flink has no AT TIME ZONE."
        why = (
            f"{_REFUSED} A TIMESTAMP_LTZ is an instant and shows in the session's time zone; "
            "CONVERT_TZ takes text and gives text, here from a session in UTC."
        )
        yield _operator(subject, at, "at_time_zone", message, form, last=at + 2, why=why)


def double_quotes(subject: Subject) -> Iterator[Advice]:
    """Names or text in double quotes."""
    quotes = list(subject.at('"'))
    columns = {column.name for table in subject.catalog for column in table.columns}
    columns.update(subject.catalog.names)
    for opening, closing in zip(quotes[::2], quotes[1::2], strict=False):
        start, end = subject.tokens[opening].start, subject.tokens[closing].end
        inner = subject.text[start + 1 : end - 1]
        text = "'" + inner.replace("'", "''") + "'"
        fix = f"`{inner}`" if inner in columns or _names(subject, opening) else text
        message = f'"{inner}" stands in double quotes.'
        why = "Flink quotes names in back-ticks and text in single quotes; it refuses others."
        yield Advice("double_quotes", "error", message, why, fix, start, end)


def _names(subject: Subject, opening: int) -> bool:
    """Whether what is quoted stands where only a name can."""
    return opening > 0 and subject.words[opening - 1] in {"AS", ".", "FROM", "JOIN", "BY"}


def _operator(
    subject: Subject,
    at: int,
    rule: str,
    message: str,
    form: str,
    *,
    first: int = -1,
    last: int = -1,
    why: str = _REFUSED,
) -> Advice:
    """Advice about the operator between two operands; it spans the tokens `first` to `last`."""
    first, last = at if first < 0 else first, at if last < 0 else last
    begin, end = subject.before(first), subject.after(last)
    left = subject.written(begin, first - 1) if begin < first else "…"
    right = subject.written(last + 1, end) if end > last else "…"
    return Advice(rule, "error", message, why, form.format(left, right), *subject.place(begin, end))
