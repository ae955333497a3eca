"""Tables as Flink is told of them.

Only `ddl` and `option` ever hold the values behind `${NAME}` placeholders: what they give goes to
Flink, or says where a file is, and nowhere else; it must not be logged, shown or put into an error.
What Flink says may repeat them; `conceal` puts the placeholders back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from app.catalog import keys, several_topics, upserts
from app.catalog.model import Table
from app.catalog.places import Ends
from app.errors import ConfigError
from app.sql import lexer

Options = dict[str, str]
ModeRule = Callable[[Options], Options]

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KAFKA_START, _KAFKA_END = "scan.startup.mode", "scan.bounded.mode"
_KAFKA_STARTS = {"specific-offsets", "timestamp"}
_KAFKA_ENDS = {"group-offsets", "latest-offset", "specific-offsets", "timestamp"}


_STATISTICS = "source.report-statistics"
# The planner lists a table's folder to ask its format for statistics, which these do not have.
_PLAIN_FORMATS = {"json"}


def _filesystem(options: Options) -> Options:
    ends = {k: v for k, v in options.items() if k != "source.monitor-interval"}
    plain = options.get("format", "").lower() in _PLAIN_FORMATS
    return {_STATISTICS: "NONE", **ends} if plain else ends


def _kafka(options: Options) -> Options:
    """Where a table's streams begin says nothing of what it holds, unless it is a fixed place."""
    begins = options.get(_KAFKA_START, "").lower() in _KAFKA_STARTS
    ends = options.get(_KAFKA_END, "").lower() in _KAFKA_ENDS
    return {
        **options,
        **({} if begins else {_KAFKA_START: "earliest-offset"}),
        **({} if ends else {_KAFKA_END: "latest-offset"}),
    }


# What makes a table's source end, by connector.
BOUNDED_RULES: Mapping[str, ModeRule] = {
    "filesystem": _filesystem,
    "kafka": _kafka,
}


def statements(table: Table, environ: Mapping[str, str], *, bounded: bool) -> Iterator[str]:
    """What registers a table with Flink, statement by statement; see `ddl`.

    Raises:
        ConfigError: A placeholder's variable is not set.
    """
    parts: tuple[Table, ...] = ()
    if bounded and upserts.is_upsert(table):
        parts = upserts.parts(table)
    elif bounded and of_several_topics(table, environ):
        parts = (several_topics.part(table),)
    for registered in parts or (table,):
        yield ddl(registered, environ, bounded=bounded)
    if parts:
        yield view(table, {})


def view(table: Table, ends: Ends) -> str:
    """The statement that makes a table which is read as a view of others.

    Args:
        table: One that is read by keys, or of several topics.
        ends: Where reading ends; none where Flink finds the ends by itself.
    """
    return (
        upserts.view(table, ends) if upserts.is_upsert(table) else several_topics.view(table, ends)
    )


def of_several_topics(table: Table, environ: Mapping[str, str]) -> bool:
    """Whether a table may be of more than one topic of Kafka.

    Raises:
        ConfigError: A placeholder's variable is not set.
    """
    of_kafka = table.connector in {"kafka", "upsert-kafka"}
    named = ";" in option(table, "topic", environ)
    return of_kafka and (named or bool(option(table, "topic-pattern", environ)))


def ddl(table: Table, environ: Mapping[str, str], *, bounded: bool) -> str:
    """The statement that registers a table with Flink; it may hold secrets.

    Args:
        table: The table.
        environ: Where `${NAME}` placeholders in option values are looked up.
        bounded: Whether reading the table must come to an end (a snapshot) or go on (a stream).

    Raises:
        ConfigError: A placeholder's variable is not set.
    """
    options = {k: _fill(v, k, table, environ) for k, v in table.options.items()}
    if bounded:
        options = BOUNDED_RULES.get(table.connector, dict)(options)
    pairs = ",\n  ".join(f"{lexer.literal(k)} = {lexer.literal(v)}" for k, v in options.items())
    schema = table.schema_sql
    if keys.may_repeat(table):
        schema = keys.without_primary_key(schema)
    columns = next(token.start for token in lexer.scan(schema) if token.text == "(")
    body = f"{lexer.quote(table.name)} {schema[columns:].rstrip()}"
    # On a line of its own, for a line comment may stand at the end of the schema.
    return f"CREATE TEMPORARY TABLE {body}\nWITH (\n  {pairs}\n)"


def option(table: Table, name: str, environ: Mapping[str, str]) -> str:
    """The value of one option, placeholders filled in; empty where the table has none.

    Raises:
        ConfigError: A placeholder's variable is not set.
    """
    return _fill(table.options.get(name, ""), name, table, environ)


def unset(table: Table, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that a table's placeholders name and that are not set."""
    return tuple(name for name in _placeholders([table]) if name not in environ)


def conceal(text: str, tables: Iterable[Table], environ: Mapping[str, str]) -> str:
    """A text in which `${NAME}` stands for every value that fills such a placeholder.

    >>> table = Table("t", (), options={"path": "${FOLDER}/t"})
    >>> conceal("no file /secret/t/1.json", [table], {"FOLDER": "/secret"})
    'no file ${FOLDER}/t/1.json'
    """
    filled = {environ[name]: name for name in _placeholders(tables) if environ.get(name)}
    for value in sorted(filled, key=len, reverse=True):
        text = text.replace(value, f"${{{filled[value]}}}")
    return text


def _placeholders(tables: Iterable[Table]) -> list[str]:
    values = (value for table in tables for value in table.options.values())
    return sorted({name for value in values for name in _PLACEHOLDER.findall(value)})


def _fill(value: str, option: str, table: Table, environ: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        name = match[1]
        where = f"{table.file}, line {table.line}" if table.file else "its definition"
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"The option '{option}' of the table {table.name} holds a malformed placeholder.",
                hint=f"Write it as ${{NAME}} (letters, digits, _); see {where}.",
            )
        if name not in environ:
            raise ConfigError(
                f"The table {table.name} needs the environment variable {name}, which is not set "
                f"(option '{option}', {where}).",
                hint=f"Set {name} and start again.",
            )
        return environ[name]

    return _PLACEHOLDER.sub(replace, value)
