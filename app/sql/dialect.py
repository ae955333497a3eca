"""Apache Flink SQL for sqlglot: `sqlglot.parse_one(text, read=Flink)`.

sqlglot ships no Flink dialect. This one takes its tokens from `app.sql.lexer`, so that it can never
see a comment or a string where Flink sees none, and reads `CREATE TABLE` by a grammar of its own
(sqlglot's is lenient where a broken definition has to be reported). Everything else still goes
through sqlglot's own grammar. Trees use sqlglot's node classes only: compiled builds of sqlglot do
not allow further ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, ClassVar, TypeVar

from sqlglot import Token, Tokenizer, TokenType, exp, generator
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy
from sqlglot.errors import TokenError

from app.sql import flink_types, lexer
from app.sql.lexer import Kind

Node = TypeVar("Node")

# Words that sqlglot joins into one token, by their first word, longest first.
_PHRASES: dict[str, list[tuple[tuple[str, ...], TokenType]]] = {}
for _phrase, _type in sorted(Tokenizer.KEYWORDS.items(), key=lambda kv: -kv[0].count(" ")):
    if " " in _phrase:
        _PHRASES.setdefault(_phrase.split()[0], []).append((tuple(_phrase.split()), _type))


class FlinkTokenizer(Tokenizer):
    """Gives sqlglot the tokens that Flink's own lexer would see."""

    IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ["`"]
    QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'"]
    COMMENTS: ClassVar[list[str | tuple[str, str]]] = ["--", "//", ("/*", "*/")]
    NESTED_COMMENTS = False

    def tokenize(self, sql: str) -> list[Token]:
        """The tokens of a text.

        Raises:
            TokenError: Flink's lexer would refuse it.
        """
        found = list(lexer.scan(sql))
        lines = list(accumulate((char == "\n" for char in sql), initial=1))
        result = []
        index = 0
        while index < len(found):
            token_type, text, taken = self._convert(found, index)
            first, last = found[index], found[index + taken - 1]
            line = lines[first.start]
            column = first.start - sql.rfind("\n", 0, first.start)
            comments = [sql[first.end : last.start]] if token_type == TokenType.HINT else []
            result.append(
                Token(token_type, text, line, column, first.start, last.end - 1, comments)
            )
            index += taken
        return result

    def _convert(self, found: list[lexer.Token], index: int) -> tuple[TokenType, str, int]:
        """Type and text of the sqlglot token at `index`, and how many tokens it takes up."""
        token = found[index]
        if token.kind is Kind.WORD:
            return _word(found, index)
        if token.kind is Kind.HINT:
            ends = (i for i in range(index, len(found)) if found[i].text == lexer.HINT_END)
            return TokenType.HINT, token.text, next(ends, len(found) - 1) - index + 1
        if token.kind is Kind.STRING:
            return TokenType.STRING, token.value, 1
        if token.kind in {Kind.QUOTED, Kind.UNICODE}:
            return TokenType.IDENTIFIER, token.name, 1
        if token.kind is Kind.NUMBER:
            return TokenType.NUMBER, token.text, 1
        token_type = self.KEYWORDS.get(token.text) or self.SINGLE_TOKENS.get(token.text)
        if token.kind is Kind.ERROR or token_type is None:
            start = token.text[:20]
            raise TokenError(f"Unexpected {start!r}", start=token.start, end=token.end)
        return token_type, token.text, 1


def _word(found: list[lexer.Token], index: int) -> tuple[TokenType, str, int]:
    upper = found[index].upper
    for words, token_type in _PHRASES.get(upper, ()):
        following = tuple(token.upper for token in found[index : index + len(words)])
        if following == words:
            return token_type, " ".join(words), len(words)
    return Tokenizer.KEYWORDS.get(upper, TokenType.VAR), found[index].text, 1


class FlinkParser(flink_types.FlinkTypeParser):
    """sqlglot's parser, with Flink's `CREATE TABLE`."""

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


class FlinkGenerator(generator.Generator):
    """Writes Flink's spelling of types, options and columns."""

    PROPERTIES_LOCATION: ClassVar[dict[Any, Any]] = {
        **generator.Generator.PROPERTIES_LOCATION,
        exp.PartitionedByProperty: exp.Properties.Location.POST_SCHEMA,
    }

    def datatype_sql(self, expression: exp.DataType) -> str:
        """A type as Flink prints it."""
        return flink_types.text(expression)

    def property_sql(self, expression: exp.Property) -> str:
        """One option: both sides in quotes."""
        if type(expression) is not exp.Property:
            return super().property_sql(expression)
        return f"{self.sql(expression, 'this')} = {self.sql(expression, 'value')}"

    def columnconstraint_sql(self, expression: exp.ColumnConstraint) -> str:
        """One column constraint; METADATA [FROM 'key'] [VIRTUAL] stands in an Anonymous node."""
        kind = expression.args["kind"]
        if not isinstance(kind, exp.Anonymous):
            return super().columnconstraint_sql(expression)
        parts = (f"FROM {self.sql(p)}" if p.is_string else p.name for p in kind.expressions)
        return " ".join((kind.name, *parts))

    def distributedbyproperty_sql(self, expression: exp.DistributedByProperty) -> str:
        """DISTRIBUTED [BY [HASH | RANGE] (...)] [INTO n BUCKETS]."""
        columns = self.expressions(expression, flat=True)
        by = f" BY {expression.args['kind'].name}({columns})" if columns else ""
        buckets = self.sql(expression, "buckets")
        return f"DISTRIBUTED{by}" + (f" INTO {buckets} BUCKETS" if buckets else "")

    def partitionedbyproperty_sql(self, expression: exp.PartitionedByProperty) -> str:
        """PARTITIONED BY (...)."""
        return f"PARTITIONED BY {self.sql(expression, 'this')}"

    def schemacommentproperty_sql(self, expression: exp.SchemaCommentProperty) -> str:
        """COMMENT, which Flink writes without an equals sign."""
        return f"COMMENT {self.sql(expression, 'this')}"


class Flink(Dialect):
    """Apache Flink SQL."""

    NORMALIZATION_STRATEGY = NormalizationStrategy.CASE_SENSITIVE
    NULL_ORDERING = "nulls_are_small"
    SUPPORTS_USER_DEFINED_TYPES = False

    Tokenizer = FlinkTokenizer
    Parser = FlinkParser
    Generator = FlinkGenerator
