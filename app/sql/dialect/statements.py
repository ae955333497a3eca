"""Reads statements that are no queries, as far as their kind and what others need of them.

CREATE TABLE and CREATE VIEW are an `exp.Create`, INSERT an `exp.Insert`, DROP of a named thing an
`exp.Drop`; every other statement is an `exp.Command`: `this` is its leading words, which `kind`
tells, and `expression` the rest of its text. EXECUTE before a query or an INSERT is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError

from app.sql.dialect.table_functions import table
from app.sql.dialect.tables import TableParser

_THINGS = "CATALOG CONNECTION DATABASE FUNCTION MODEL MODULE TABLE VIEW"
# How a statement may begin: words, `|` between alternatives, `?` after what may be left out.
# The first that fits counts, so longer ones stand before shorter ones.
_BEGINNINGS = [
    line.split()
    for line in f"""
    SHOW CREATE TEMPORARY? SYSTEM? MATERIALIZED? {_THINGS.replace(" ", "|")}
    SHOW CURRENT CATALOG|DATABASE
    SHOW FULL? USER? TEMPORARY? SYSTEM? MATERIALIZED? TABLES|VIEWS|FUNCTIONS|MODULES|MODELS
    SHOW CATALOGS|CONNECTIONS|COLUMNS|DATABASES|JARS|JOBS|PARTITIONS|PROCEDURES
    DESCRIBE|DESC CATALOG|CONNECTION|DATABASE|FUNCTION|JOB|MODEL EXTENDED?
    DESCRIBE|DESC
    EXPLAIN
    SET|RESET
    USE CATALOG|MODULES
    USE
    LOAD|UNLOAD MODULE
    ADD|REMOVE JAR
    CREATE OR? ALTER? REPLACE? TEMPORARY? SYSTEM? MATERIALIZED? {_THINGS.replace(" ", "|")}
    ALTER TEMPORARY? SYSTEM? MATERIALIZED? {_THINGS.replace(" ", "|")}
    DROP TEMPORARY? SYSTEM? MATERIALIZED? {_THINGS.replace(" ", "|")}
    REPLACE TEMPORARY? TABLE
    ALTER SESSION|SYSTEM
    EXECUTE STATEMENT SET
    UPSERT INTO
    MERGE INTO
    EXECUTE PLAN
    BEGIN STATEMENT SET
    END
    COMPILE AND EXECUTE PLAN
    COMPILE PLAN
    CALL
    ANALYZE TABLE
    UPDATE
    DELETE
    TRUNCATE TABLE
    STOP JOB
    QUIT|EXIT|CLEAR|HELP|SOURCE
    """.splitlines()
    if line.strip()
]
_QUALIFIERS = {"OR", "ALTER", "REPLACE", "TEMPORARY", "SYSTEM", "FULL", "USER", "EXTENDED"}
_FULL_NAMES = {"DESC": "DESCRIBE", "REPLACE TABLE": "CREATE TABLE"}


def kind(tree: exp.Expr) -> str:
    """The kind of a statement in upper-case words: "SELECT" for every query.

    >>> kind(exp.Command(this="CREATE TEMPORARY FUNCTION", expression="f AS 'x'"))
    'CREATE FUNCTION'
    """
    if isinstance(tree, exp.Query | exp.Values):
        return "SELECT"
    if isinstance(tree, exp.Create | exp.Drop):
        verb = "CREATE" if isinstance(tree, exp.Create) else "DROP"
        return f"{verb} {tree.args['kind']}"
    if isinstance(tree, exp.Insert | exp.EndStatement):
        return "INSERT" if isinstance(tree, exp.Insert) else "END"
    if not isinstance(tree, exp.Command):
        return "EXPRESSION"
    first, *others = str(tree.this).split()
    if others and first in {"CREATE", "ALTER", "DROP", "SHOW", "DESCRIBE", "DESC"}:
        others = [word for word in others if word not in _QUALIFIERS]
    words = " ".join((_FULL_NAMES.get(first, first), *others))
    return _FULL_NAMES.get(words, words)


class StatementParser(TableParser):
    """Flink's parser."""

    def _parse(
        self,
        parse_method: Callable[[Any], exp.Expr | None],
        raw_tokens: list[Token],
        sql: str | None = None,
    ) -> list[exp.Expr | None]:
        """Parses; whatever goes wrong within is a `ParseError` with its place."""
        try:
            return super()._parse(parse_method, _with_statement_sets(raw_tokens), sql)
        except RecursionError:
            message = "The statement is nested too deeply"
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ):
            message = "The statement cannot be read"
        # Outside of the handlers: as its context, a RecursionError would keep a thousand frames.
        token = self._curr or self._prev
        text = f"{message}. Line {token.line}, Col: {token.col}."
        raise ParseError.new(text, description=message, line=token.line, col=token.col)

    def _parse_statement(self) -> exp.Expr | None:
        if not self._curr:
            return None
        if (query := self._parse_select(nested=True)) is not None:
            return query
        start = self._index
        if self._match_text_seq("EXECUTE"):
            if not self._match_texts(("STATEMENT", "PLAN"), advance=False):
                return self._parse_statement()
            self._retreat(start)
        if self._match(TokenType.INSERT):
            return self._insert()
        return self._other_statement() or self._parse_alias(self._parse_expression())

    def _other_statement(self) -> exp.Expr | None:
        words = next((words for b in _BEGINNINGS if (words := self._beginning(b))), None)
        if words is None:
            return None
        plain = "MATERIALIZED" not in words and words[-1] in {"TABLE", "VIEW"}
        if plain and words[0] in {"CREATE", "REPLACE"} and "ALTER" not in words:
            is_table = words[-1] == "TABLE"
            return self._create_table(words) if is_table else self._create_view(words)
        return self._drop(words) if plain and words[0] == "DROP" else self._command(words)

    def _insert(self) -> exp.Insert:
        overwrite = self._match_text_seq("OVERWRITE")
        if not overwrite and not self._match_text_seq("INTO"):
            self._fail("Expected INTO or OVERWRITE")
        target: exp.Expr = table(self._path())
        if hint := self._parse_hint():
            target.set("hints", [hint])
        partition = None
        if self._match_text_seq("PARTITION"):
            partition = exp.Partition(expressions=self._list(self._operand))
        if self._match(TokenType.L_PAREN, advance=False) and not self._query_in_parentheses():
            target = exp.Schema(this=target, expressions=self._list(self._dotted_name))
        insert = exp.Insert(this=target, expression=self._query(), overwrite=overwrite or None)
        insert.set("partition", partition)
        return self.expression(insert)

    def _query_in_parentheses(self) -> bool:
        start = self._index
        while self._match(TokenType.L_PAREN):
            pass
        found = self._starts_query()
        self._retreat(start)
        return found

    def _drop(self, words: list[str]) -> exp.Drop:
        exists = self._match_text_seq("IF", "EXISTS")
        name = table(self._path())
        drop = exp.Drop(kind=words[-1], tables=[name], exists=exists)
        drop.set("temporary", "TEMPORARY" in words)
        return self.expression(drop)

    def _beginning(self, pattern: list[str]) -> list[str] | None:
        start, words = self._index, []
        for part in pattern:
            alternatives = part.rstrip("?").split("|")
            if self._match_texts(alternatives):
                words.append(self._prev.text.upper())
            elif not part.endswith("?"):
                self._retreat(start)
                return None
        return words

    def _command(self, words: list[str]) -> exp.Command:
        text = ""
        if first := self._curr:
            while self._curr:
                self._advance()
            text = self._find_sql(first, self._prev)
        return exp.Command(this=" ".join(words), expression=text)


def _with_statement_sets(tokens: list[Token]) -> list[Token]:
    """The tokens with the `;` in STATEMENT SET BEGIN ... END no longer those between statements."""
    result, within = [], False
    for index, token in enumerate(tokens):
        if token.text.upper() == "BEGIN" and index > 1:
            before = [t.text.upper() for t in tokens[index - 2 : index]]
            within = within or before == ["STATEMENT", "SET"]
        if within and token.token_type == TokenType.SEMICOLON:
            inner = Token(
                TokenType.BREAK, token.text, token.line, token.col, token.start, token.end
            )
            result.append(inner)
            ends = index + 1 < len(tokens) and tokens[index + 1].text.upper() == "END"
            within = not ends
        else:
            result.append(token)
    return result
