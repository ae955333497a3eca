"""Names that Flink does not take as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from app.sql.dialect.words import RESERVED
from app.sql.lexer import Kind
from app.sql.lint.subject import Advice, Subject

# After these a name stands; what stands there and is reserved is meant as one.
_BEFORE = frozenset({"SELECT", ",", "BY", "WHERE", "AND", "OR", "ON", "HAVING", "(", "DISTINCT"})
_AFTER = frozenset({",", "FROM", ")", "=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/"})
_AFTER |= {"IS", "IN", "LIKE", "BETWEEN", "AND", "OR", "GROUP", "ORDER", "AS", "DESC", "ASC", "."}
_VALUES = frozenset({"NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"})
_VALUES |= {"LOCALTIME", "LOCALTIMESTAMP", "ALL", "ANY", "CURRENT_USER", "SESSION_USER", "DISTINCT"}
_VALUES |= {"CURRENT_CATALOG", "SYSTEM_USER", "ROW", "CASE", "NOT", "EXISTS", "UNKNOWN"}
_SOURCES = {"LATERAL", "SELECT", "TABLE", "UNNEST", "VALUES", "WITH"}


def reserved_word(subject: Subject) -> Iterator[Advice]:
    """A column, an alias or a table that is a word of the language."""
    columns = {column.name for table in subject.catalog for column in table.columns}
    for at, word in enumerate(subject.words):
        if word not in RESERVED or subject.kind(at) is not Kind.WORD:
            continue
        name = subject.tokens[at].text
        named = _is_alias(subject, at) or _is_column(subject, at, columns)
        if named or _is_table(subject, at):
            message = f"{name} is a word of Flink's language."
            why = "Unquoted, Flink's parser does not take it as a name."
            token = subject.tokens[at]
            yield Advice(
                "reserved_word", "error", message, why, f"`{name}`", token.start, token.end
            )


def _is_alias(subject: Subject, at: int) -> bool:
    """`expression AS word` or `t.word`; not the type of a CAST."""
    before, after = subject.words[at - 1] if at else "", subject.words[at + 1 : at + 2]
    ends = after in ([], [","], ["FROM"], [")"], [";"], ["WHERE"], ["GROUP"], ["ORDER"])
    if before == "AS":
        return ends and subject.words[at] not in _VALUES and at not in _types(subject)
    if before == ".":
        return subject.kind(at - 2) in {Kind.WORD, Kind.QUOTED} and after != ["("]
    # COUNT(*) count
    return before == ")" and after in ([","], ["FROM"]) and word_is_name(subject.words[at])


def _is_table(subject: Subject, at: int) -> bool:
    """`JOIN order o`, `FROM user`; not `IS DISTINCT FROM CURRENT_DATE`."""
    if not at or subject.words[at - 1] not in {"FROM", "JOIN"} or subject.words[at] in _SOURCES:
        return False
    if subject.has(at - 2, "DISTINCT") or subject.words[at] in _VALUES:
        return False
    after = subject.words[at + 1] if at + 1 < len(subject.words) else ""
    alias = subject.kind(at + 1) is Kind.WORD and after not in RESERVED
    return alias or after in {"", ",", ")", ";", "AS", "ON", "WHERE", "GROUP", "ORDER", "JOIN"}


def word_is_name(word: str) -> bool:
    """Whether a reserved word is one that people like as a name."""
    return word in {"COUNT", "VALUE", "DATE", "TIME", "HOUR", "DAY", "YEAR", "MONTH", "SUM", "AVG"}


def _is_column(subject: Subject, at: int, columns: set[str]) -> bool:
    """A bare column of the catalog whose name is reserved, such as `method`."""
    if subject.tokens[at].text not in columns or subject.words[at] in _VALUES:
        return False
    after = subject.words[at + 1] if at + 1 < len(subject.words) else ","
    return at > 0 and subject.words[at - 1] in _BEFORE and after in _AFTER


def _types(subject: Subject) -> set[int]:
    """Where the types of casts begin."""
    cache: set[int] | None = subject.cache.get("_types")
    if cache is None:
        cache = subject.cache["_types"] = set()
        for name in ("CAST", "TRY_CAST"):
            for call in subject.calls_by_name.get(name, ()):
                back = range(call.close - 1, call.at, -1)
                cache.add(next((at for at in back if subject.words[at] == "AS"), call.at) + 1)
    return cache


def wrong_case(subject: Subject) -> Iterator[Advice]:
    """A name that only exists in another case."""
    for problem in subject.names.problems if subject.names else ():
        nearest = problem.nearest
        if nearest and nearest != problem.name and nearest.lower() == problem.name.lower():
            message = f"There is no {problem.name}; it is written {nearest}."
            why = "Flink tells names of tables and columns apart by their case."
            yield Advice("wrong_case", "error", message, why, nearest, problem.start, problem.end)
