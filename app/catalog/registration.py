"""Tables as Flink is told of them, and as everybody else may see them.

Only `ddl` ever holds the values behind `${NAME}` placeholders: its text goes to Flink and nowhere
else, so it must not be logged, shown or put into an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.catalog import keys
from app.catalog.model import Table
from app.errors import ConfigError
from app.sql import lexer

Options = dict[str, str]
ModeRule = Callable[[Options], Options]

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _without(*names: str) -> ModeRule:
    return lambda options: {k: v for k, v in options.items() if k not in names}


def _with_default(name: str, value: str) -> ModeRule:
    return lambda options: {name: value, **options}


# What makes a table's source end, by connector.
BOUNDED_RULES: Mapping[str, ModeRule] = {
    "filesystem": _without("source.monitor-interval"),
    "kafka": _with_default("scan.bounded.mode", "latest-offset"),
}


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
    return f"{_create(table, schema, 'CREATE TEMPORARY TABLE')}\nWITH (\n  {pairs}\n)"


def public_ddl(table: Table) -> str:
    """The definition as people and models may see it: the schema and the connector's name only."""
    connector = lexer.literal(table.connector)
    return f"{_create(table, table.schema_sql, 'CREATE TABLE')}\nWITH ('connector' = {connector})"


def _create(table: Table, schema: str, verb: str) -> str:
    """A definition from its first parenthesis on, under a uniform beginning."""
    columns = next(token.start for token in lexer.scan(schema) if token.text == "(")
    # A line comment at its end would swallow what is put behind it on the same line.
    return f"{verb} {lexer.quote(table.name)} {schema[columns:].rstrip()}"


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
