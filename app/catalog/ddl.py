"""One `CREATE TABLE` statement to one `Table`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from app.catalog.model import Column, Table
from app.sql import lexer
from app.sql.checks import COMMANDS
from app.sql.dialect import Flink, intervals, types
from app.sql.dialect.faults import fault
from app.sql.dialect.pieces import AT_END

_DIALECT = Flink()
# Types of expressions only; the first two name Java classes, which planning would load.
_UNSTORED = {"RAW", "STRUCTURED", "INTERVAL"}
# What a message may repeat of a statement of another kind: after a stray `;` it could be anything.
_SAYABLE = COMMANDS | {"CATALOG", "DATABASE", "EXECUTE", "FUNCTION", "OR", "SELECT", "VIEW"}
# Where options begin even if quotes before them are out of step.
_OPTIONS = re.compile(r"\bWITH\s*\(|'connector'", re.IGNORECASE)


class BadStatement(Exception):
    """A statement that is no usable table definition.

    Args:
        message: What is wrong.
        hint: What to do.
        line: Line within the file, from 1.
    """

    def __init__(self, message: str, hint: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line


def parse(text: str, tokens: tuple[lexer.Token, ...], file: Path) -> Table:
    """Reads the statement that `tokens` make up within the text of a file.

    Raises:
        BadStatement: It is another kind of statement, or broken.
    """
    start, end = tokens[0].start, tokens[-1].end
    line = text.count("\n", 0, start) + 1
    _require_create_table(tokens, line)
    try:
        tree = _DIALECT.parse(text[start:end])[0]
    # Neither error becomes the cause of the other: sqlglot's messages quote option values.
    except ParseError as error:
        raise _unreadable(error, text, tokens) from None
    except TokenError as error:
        raise _unclosed(text, tokens, start + (error.start or 0)) from None
    except RecursionError as error:
        raise BadStatement("The statement is nested too deeply.", "Flatten it.", line) from error
    if not isinstance(tree, exp.Create):
        raise BadStatement("This is no CREATE TABLE statement.", "Remove it.", line)
    _require_all_columns(tree, line)
    cut = next((t.start for t in _top_level(tokens) if t.upper == "WITH"), end)
    return _table(tree, text[start:cut].rstrip(), file, line)


def _require_create_table(tokens: tuple[lexer.Token, ...], line: int) -> None:
    words = [token.upper for token in tokens[:3]]
    temporary = words[1:2] == ["TEMPORARY"]
    if words[:1] == ["CREATE"] and words[1 + temporary : 2 + temporary] == ["TABLE"]:
        return
    kind = " ".join(words[: 2 + temporary]) if words[0] == "CREATE" else words[0]
    known = _SAYABLE.issuperset(kind.split())
    raise BadStatement(
        f"{kind if known else 'This statement'} is not CREATE TABLE.",
        "Keep only CREATE TABLE statements in the table files.",
        line,
    )


def _require_all_columns(tree: exp.Create, line: int) -> None:
    """A table must say its columns itself: those of another table or of a query are not known."""
    hint = "Correct the statement; it must be a Flink CREATE TABLE."
    if not isinstance(tree.this, exp.Schema):
        raise BadStatement("Expected the list of columns in parentheses.", hint, line)
    source = "LIKE" if tree.find(exp.LikeProperty) else "AS" if tree.expression else ""
    if source:
        raise BadStatement(f"CREATE TABLE ... {source} is not supported.", hint, line)
    for data_type in tree.find_all(exp.DataType):
        name = (
            "INTERVAL" if isinstance(data_type.this, exp.Interval) else data_type.args.get("kind")
        )
        if name in _UNSTORED:
            raise BadStatement(f"Unknown type (near {name}).", hint, line)


def _unreadable(error: ParseError, text: str, tokens: tuple[lexer.Token, ...]) -> BadStatement:
    begin, end = tokens[0].start, tokens[-1].end
    reason, start = fault(error, text[begin:end])
    at = begin + max(start, 0)
    place = "" if reason.endswith(AT_END) else _place(text, tokens, at)
    return BadStatement(
        f"{reason}{place}.",
        "Correct the statement; it must be a Flink CREATE TABLE.",
        text.count("\n", 0, at) + 1,
    )


def _place(text: str, tokens: tuple[lexer.Token, ...], at: int) -> str:
    """What a message may say of the token at a position: nothing that could be a secret."""
    begin = _options_begin(text, tokens)
    if at >= begin:
        return " (in the WITH clause)"
    token = next((t for t in tokens if t.start == at), None)
    return f" (near {token.text})" if token and token.end <= begin else ""


def _options_begin(text: str, tokens: tuple[lexer.Token, ...]) -> int:
    """Where the WITH clause begins, at the latest."""
    found = _OPTIONS.search(text, tokens[0].start)
    in_text = found.start() if found else len(text)
    clauses = (
        word.start
        for word, following in pairwise(tokens)
        if word.upper == "WITH" and following.upper not in {"LOCAL", "TIME"}
    )
    return min(in_text, next(clauses, len(text)))


def _unclosed(text: str, tokens: tuple[lexer.Token, ...], at: int) -> BadStatement:
    bad = next((t for t in tokens if t.start == at), tokens[-1])
    line = text.count("\n", 0, bad.start) + 1
    if bad.text.startswith(("'", "/*")):
        what = "string" if bad.text.startswith("'") else "comment"
        return BadStatement(f"A {what} that begins here is never closed.", "Close it.", line)
    return BadStatement(
        f"A character has no meaning in Flink SQL here{_place(text, tokens, bad.start)}.",
        "Remove it, or put the name in back-ticks.",
        line,
    )


def _top_level(tokens: tuple[lexer.Token, ...]) -> Iterator[lexer.Token]:
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            yield token


def _table(tree: exp.Create, schema_sql: str, file: Path, line: int) -> Table:
    name = tree.this.this
    if name.args.get("db"):
        raise BadStatement(
            f"The table {name.sql(_DIALECT)} names a catalog or a database.",
            f"Write CREATE TABLE {name.name}: all tables live in one database.",
            line,
        )
    options = _options(tree, name.name, line)
    key = _primary_key(tree.this)
    watermark = tree.this.find(exp.WatermarkColumnConstraint)
    comment = tree.find(exp.SchemaCommentProperty)
    table = Table(
        name=name.name,
        columns=tuple(_column(definition, key) for definition in _definitions(tree.this)),
        comment=comment.this.name if comment else "",
        time_attribute=_path(watermark.this) if watermark else None,
        watermark_delay=_delay(watermark) if watermark else None,
        primary_key=key,
        options=options,
        schema_sql=schema_sql,
        file=file,
        line=line,
    )
    _require_consistency(table)
    return table


def _options(tree: exp.Create, table: str, line: int) -> Mapping[str, str]:
    properties = tree.args.get("properties")
    found = [p for p in properties.expressions if type(p) is exp.Property] if properties else []
    options = {option.this.name: option.args["value"].name for option in found}
    if not options.get("connector"):
        missing = "no option 'connector'" if options else "no WITH clause"
        raise BadStatement(
            f"The table {table} has {missing}.",
            "Say where its rows come from, as in WITH ('connector' = 'kafka', ...).",
            line,
        )
    if len(options) < len(found):
        raise BadStatement(f"The table {table} sets an option twice.", "Keep one of the two.", line)
    return MappingProxyType(options)


def _definitions(schema: exp.Schema) -> list[exp.ColumnDef]:
    return [e for e in schema.expressions if isinstance(e, exp.ColumnDef)]


def _primary_key(schema: exp.Schema) -> tuple[str, ...]:
    for key in schema.find_all(exp.PrimaryKey):
        return tuple(column.name for column in key.expressions)
    inline = (
        definition.name
        for definition in _definitions(schema)
        if definition.find(exp.PrimaryKeyColumnConstraint)
    )
    return tuple(inline)


def _column(definition: exp.ColumnDef, key: tuple[str, ...]) -> Column:
    kinds = [constraint.args["kind"] for constraint in definition.constraints]
    comment = next((k.this.name for k in kinds if isinstance(k, exp.CommentColumnConstraint)), "")
    kind: Literal["physical", "metadata", "computed"] = "physical"
    made = next((k.this for k in kinds if isinstance(k, exp.ComputedColumnConstraint)), None)
    if made is not None:
        kind = "computed"
    elif any(isinstance(k, exp.Anonymous) for k in kinds):
        kind = "metadata"
    data_type = definition.args.get("kind")
    not_null = data_type is not None and data_type.args.get("nullable") is False
    return Column(
        name=definition.name,
        type=types.text(data_type).removesuffix(" NOT NULL") if data_type else _type_of(made),
        comment=comment,
        nullable=not not_null and definition.name not in key,
        kind=kind,
        made_of=frozenset(c.name for c in made.find_all(exp.Column)) if made else frozenset(),
    )


def _type_of(computed: exp.Expression | None) -> str:
    """The type of a computed column where its expression says it outright; else empty."""
    if isinstance(computed, exp.Cast):
        return types.text(computed.to).removesuffix(" NOT NULL")
    if isinstance(computed, exp.Anonymous) and computed.name.upper() == "TO_TIMESTAMP_LTZ":
        return "TIMESTAMP_LTZ(3)"
    return ""


def _path(node: exp.Expression) -> str:
    """A column, or a field of one, as it reads without back-ticks."""
    return node.sql(_DIALECT).replace("`", "")


def _delay(watermark: exp.WatermarkColumnConstraint) -> timedelta | None:
    """How far the watermark trails its column; None where it is no plain difference."""
    expression, column = watermark.args["expression"], _path(watermark.this)
    if _path(expression) == column:
        return timedelta(0)
    if not isinstance(expression, exp.Sub) or _path(expression.this) != column:
        return None
    return intervals.length(expression.expression)


def _require_consistency(table: Table) -> None:
    names = [column.name for column in table.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not names or twice:
        what = f"has two columns named {twice}" if twice else "has no columns"
        raise BadStatement(f"The table {table.name} {what}.", "Correct its columns.", table.line)
    wanted = [*table.primary_key, *([table.time_attribute] if table.time_attribute else [])]
    for name in wanted:
        if name not in names and name.split(".")[0] not in names:
            raise BadStatement(
                f"The table {table.name} has a key or a watermark on {name}, which is no column.",
                f"Its columns are {', '.join(names)}; names are case-sensitive.",
                table.line,
            )
