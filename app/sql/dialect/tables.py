"""Reads `CREATE TABLE` and `CREATE VIEW` strictly: a mistake in a definition has to be reported.

Shapes: `LIKE t (INCLUDING ALL ...)` is an `exp.LikeProperty` with an `exp.Property` an option; the
query after AS is the `expression` of the `exp.Create`; REPLACE TABLE, which Flink tells from
CREATE OR REPLACE TABLE, has the further arg `existing`. Columns of a CREATE TABLE ... AS that are
names alone, and those of a view, are `exp.Identifier`s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import Token, TokenType, exp

from app.sql.dialect.queries import QueryParser
from app.sql.dialect.table_functions import table

_LIKE = {"INCLUDING", "EXCLUDING", "OVERWRITING"}
_LIKE_WHAT = (
    "ALL",
    "CONSTRAINTS",
    "DISTRIBUTION",
    "GENERATED",
    "METADATA",
    "OPTIONS",
    "PARTITIONS",
    "WATERMARKS",
)


class TableParser(QueryParser):
    """The part of the parser that reads `CREATE TABLE` and `CREATE VIEW`."""

    def _create_table(self, words: Collection[str]) -> exp.Create:
        """What follows CREATE TABLE, or REPLACE TABLE."""
        create = self._create("TABLE", words)
        untyped: list[Token] = []
        if self._at_list():
            elements = self._list(lambda: self._table_element(untyped))
            create.set("this", exp.Schema(this=create.this, expressions=elements))
        properties: list[exp.Expr] = [exp.TemporaryProperty()] if "TEMPORARY" in words else []
        properties.extend(self._table_clauses())
        create.set("properties", exp.Properties(expressions=properties) if properties else None)
        if self._match(TokenType.ALIAS):
            create.set("expression", self._query())
        elif untyped:
            self.raise_error("Unknown type", untyped[0])
        if self._curr:
            self._fail("Expected nothing more after the table definition")
        return create

    def _create_view(self, words: Collection[str]) -> exp.Create:
        """What follows CREATE VIEW."""
        create = self._create("VIEW", words)
        if self._at_list():
            create.set("this", exp.Schema(this=create.this, expressions=self._list(self._named)))
        properties: list[exp.Expr] = [exp.TemporaryProperty()] if "TEMPORARY" in words else []
        if self._match(TokenType.COMMENT):
            properties.append(exp.SchemaCommentProperty(this=self._text()))
        create.set("properties", exp.Properties(expressions=properties) if properties else None)
        if not self._match(TokenType.ALIAS):
            self._fail("Expected AS and a query")
        create.set("expression", self._query())
        return create

    def _create(self, kind: str, words: Collection[str]) -> exp.Create:
        exists = self._match_text_seq("IF", "NOT", "EXISTS")
        name = table(self._dotted())
        create = exp.Create(this=name, kind=kind, exists=exists, replace="REPLACE" in words)
        if "CREATE" not in words:
            create.set("existing", True)
        return create

    def _table_clauses(self) -> Iterator[exp.Expr]:
        if self._match(TokenType.COMMENT):
            yield exp.SchemaCommentProperty(this=self._text())
        if self._match_text_seq("DISTRIBUTED"):
            yield self._distribution()
        if self._match(TokenType.PARTITION_BY):
            yield exp.PartitionedByProperty(this=exp.Schema(expressions=self._list(self._name)))
        if self._match(TokenType.WITH) and not self._empty_list():
            yield from self._list(self._option)
        if self._match(TokenType.LIKE):
            like = exp.LikeProperty(this=table(self._path()))
            if self._match(TokenType.L_PAREN):
                like.set("expressions", self._like_options())
            yield like

    def _like_options(self) -> list[exp.Property]:
        options = []
        while self._match_texts(_LIKE):
            how = self._prev.text.upper()
            if not self._match_texts(_LIKE_WHAT):
                self._fail(f"Expected one of {', '.join(_LIKE_WHAT)}")
            what = exp.var(self._prev.text.upper())
            options.append(exp.Property(this=exp.var(how), value=what))
        self._symbol(")", f"Expected one of {', '.join(sorted(_LIKE))} or )")
        return options

    def _distribution(self) -> exp.Expr:
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

    def _option(self) -> exp.Expr:
        key = self._text()
        if not self._match(TokenType.EQ):
            self._fail("Expected = and a value in quotes after the option's name")
        return exp.Property(this=key, value=self._text())

    def _table_element(self, untyped: list[Token]) -> exp.Expr:
        if self._match_text_seq("WATERMARK", "FOR"):
            return self._watermark()
        if self._match(TokenType.CONSTRAINT):
            name = self._name()
            return exp.Constraint(this=name, expressions=[self._key_constraint()])
        unique = self._curr.token_type == TokenType.UNIQUE
        if self._curr.token_type == TokenType.PRIMARY_KEY or (
            unique and self._next.token_type == TokenType.L_PAREN
        ):
            return self._key_constraint()
        if self._next.token_type in {TokenType.COMMA, TokenType.R_PAREN}:
            untyped.append(self._next)
            return self._named()
        return self._column()

    def _watermark(self) -> exp.Expr:
        column = self._dotted_name()
        self._expect("AS")
        return exp.WatermarkColumnConstraint(this=column, expression=self._operand())

    def _key_constraint(self) -> exp.Expr:
        if not self._match(TokenType.PRIMARY_KEY):
            self._fail("Expected PRIMARY KEY; Flink knows no other constraint")
        columns = self._list(self._name)
        return exp.PrimaryKey(expressions=columns, options=self._not_enforced())

    def _not_enforced(self) -> list[str]:
        if not self._match_text_seq("NOT", "ENFORCED"):
            self._fail("Expected NOT ENFORCED after PRIMARY KEY: Flink enforces no keys")
        return ["NOT ENFORCED"]

    def _column(self) -> exp.Expr:
        name = self._name()
        kind: exp.DataType | None = None
        constraints: list[exp.Expr] = []
        if self._match(TokenType.ALIAS):
            constraints.append(exp.ComputedColumnConstraint(this=self._operand()))
        else:
            kind = self._flink_type()
            while constraint := self._column_constraint():
                constraints.append(constraint)
        if self._match(TokenType.COMMENT):
            constraints.append(exp.CommentColumnConstraint(this=self._text()))
        wrapped = [exp.ColumnConstraint(kind=constraint) for constraint in constraints]
        return exp.ColumnDef(this=name, kind=kind, constraints=wrapped)

    def _column_constraint(self) -> exp.Expr | None:
        if self._match_text_seq("METADATA"):
            parts: list[exp.Expr] = []
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

    def _expect(self, word: str) -> None:
        if not self._match_text_seq(word):
            self._fail(f"Expected {word}")
