"""Reads `CREATE TABLE` strictly: where sqlglot is lenient, a mistake has to be reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlglot import TokenType, exp

from app.sql.dialect.types import FlinkTypeParser

Node = TypeVar("Node")


class TableParser(FlinkTypeParser):
    """The part of the parser that reads `CREATE TABLE`."""

    def _parse_create(self) -> exp.Create | exp.Command:
        start = self._index
        temporary = self._match(TokenType.TEMPORARY)
        if self._match(TokenType.TABLE):
            return self._parse_create_table(temporary=bool(temporary))
        self._retreat(start)
        return super()._parse_create()

    def _parse_create_table(self, *, temporary: bool) -> exp.Create:
        exists = self._match_text_seq("IF", "NOT", "EXISTS")
        parts = self._dotted(self._name)
        name = exp.Table(**dict(zip(("this", "db", "catalog"), reversed(parts), strict=False)))
        if not self._match(TokenType.L_PAREN, advance=False):
            self._fail("Expected the list of columns in parentheses")
        schema = exp.Schema(this=name, expressions=self._list(self._table_element))
        properties: list[exp.Expression] = [exp.TemporaryProperty()] if temporary else []
        properties.extend(self._table_clauses())
        if self._curr and self._curr.token_type != TokenType.SEMICOLON:
            self._fail("Expected nothing more after the table definition")
        clauses = exp.Properties(expressions=properties) if properties else None
        return exp.Create(this=schema, kind="TABLE", exists=exists, properties=clauses)

    def _table_clauses(self) -> Iterator[exp.Expression]:
        if self._match(TokenType.COMMENT):
            yield exp.SchemaCommentProperty(this=self._text())
        if self._match_text_seq("DISTRIBUTED"):
            yield self._distribution()
        if self._match(TokenType.PARTITION_BY):
            yield exp.PartitionedByProperty(this=exp.Schema(expressions=self._list(self._name)))
        if self._match(TokenType.WITH):
            yield from self._list(self._option)
        if self._curr and self._curr.text.upper() in {"LIKE", "AS"}:
            self._fail(f"CREATE TABLE ... {self._curr.text.upper()} is not supported")

    def _distribution(self) -> exp.Expression:
        kind, columns, buckets = "", [], None
        if self._match_text_seq("BY"):
            if self._match_texts(("HASH", "RANGE")):
                kind = self._prev.text.upper()
            columns = self._list(self._name)
        if self._match_text_seq("INTO"):
            buckets = exp.Literal.number(self._number())
            self._expect("BUCKETS")
        return exp.DistributedByProperty(
            kind=exp.Var(this=kind), expressions=columns, buckets=buckets
        )

    def _option(self) -> exp.Expression:
        key = self._text()
        if not self._match(TokenType.EQ):
            self._fail("Expected = and a value in quotes after the option's name")
        return exp.Property(this=key, value=self._text())

    def _table_element(self) -> exp.Expression:
        if self._match_text_seq("WATERMARK", "FOR"):
            return self._watermark()
        if self._match(TokenType.CONSTRAINT):
            name = self._name()
            return exp.Constraint(this=name, expressions=[self._key_constraint()])
        if self._curr.token_type == TokenType.PRIMARY_KEY:
            return self._key_constraint()
        return self._column()

    def _watermark(self) -> exp.Expression:
        parts = self._dotted(self._name)
        column = exp.Dot.build(parts) if len(parts) > 1 else parts[0]
        self._expect("AS")
        return exp.WatermarkColumnConstraint(this=column, expression=self._expression())

    def _key_constraint(self) -> exp.Expression:
        if not self._match(TokenType.PRIMARY_KEY):
            self._fail("Expected PRIMARY KEY; Flink knows no other constraint")
        columns = self._list(self._name)
        return exp.PrimaryKey(expressions=columns, options=self._not_enforced())

    def _not_enforced(self) -> list[str]:
        if not self._match_text_seq("NOT", "ENFORCED"):
            self._fail("Expected NOT ENFORCED after PRIMARY KEY: Flink enforces no keys")
        return ["NOT ENFORCED"]

    def _column(self) -> exp.Expression:
        name = self._name()
        kind: exp.DataType | None = None
        constraints: list[exp.Expression] = []
        if self._match(TokenType.ALIAS):
            constraints.append(exp.ComputedColumnConstraint(this=self._expression()))
        else:
            kind = self._flink_type()
            while constraint := self._column_constraint():
                constraints.append(constraint)
        if self._match(TokenType.COMMENT):
            constraints.append(exp.CommentColumnConstraint(this=self._text()))
        wrapped = [exp.ColumnConstraint(kind=constraint) for constraint in constraints]
        return exp.ColumnDef(this=name, kind=kind, constraints=wrapped)

    def _column_constraint(self) -> exp.Expression | None:
        if self._match_text_seq("METADATA"):
            parts: list[exp.Expression] = []
            if self._match(TokenType.FROM):
                parts.append(self._text())
            if self._match_text_seq("VIRTUAL"):
                parts.append(exp.var("VIRTUAL"))
            return exp.Anonymous(this="METADATA", expressions=parts)
        if self._match(TokenType.CONSTRAINT):
            self._name()
        if self._match(TokenType.PRIMARY_KEY):
            return exp.PrimaryKeyColumnConstraint(options=self._not_enforced())
        return None

    def _expression(self) -> exp.Expr:
        """An expression; one that sqlglot cannot read yet is kept as its text."""
        start, end = self._index, self._expression_end()
        tree = self._try_parse(self._parse_disjunction)
        if tree is not None and self._index == end:
            return tree
        self._retreat(start)
        if end == start:
            self._fail("Expected an expression")
        first = self._curr
        self._advance(end - start)
        return exp.var(self._find_sql(first, self._prev))

    def _expression_end(self) -> int:
        depth = 0
        stops = {TokenType.COMMA, TokenType.COMMENT}
        for index in range(self._index, len(self._tokens)):
            token_type = self._tokens[index].token_type
            if depth == 0 and (token_type in stops or token_type == TokenType.R_PAREN):
                return index
            depth += (token_type == TokenType.L_PAREN) - (token_type == TokenType.R_PAREN)
        return len(self._tokens)

    def _dotted(self, item: Callable[[], Node]) -> list[Node]:
        items = [item()]
        while self._match(TokenType.DOT):
            items.append(item())
        return items

    def _expect(self, word: str) -> None:
        if not self._match_text_seq(word):
            self._fail(f"Expected {word}")
