"""Reads the calls of table functions, hints, and the names and aliases of relations.

Shapes that are not obvious from sqlglot:

- A call is an `exp.Anonymous`, beneath an `exp.Dot` where its name is qualified. `DESCRIPTOR(a)`
  and `MODEL m` among its arguments are calls of those names that hold `exp.Identifier`s.
- `TABLE t PARTITION BY (a) ORDER BY b` is an `exp.Table` with the further args `partition_by`
  (`exp.Identifier`s) and `order`; a query as an argument is an `exp.Subquery` with the same args.
- `name => value` is an `exp.Kwarg` of an `exp.Identifier`.
- `/*+ OPTIONS('a' = 'b'), SHUFFLE_HASH(t) */` is an `exp.Hint` of an `exp.Anonymous` for each hint;
  its arguments are `exp.EQ`s of `exp.Literal`s, or an `exp.Identifier` or `exp.Literal` each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlglot import Token, TokenType, exp

from app.sql.dialect.expressions import ExpressionParser
from app.sql.dialect.pieces import is_name
from app.sql.dialect.words import RESERVED

Item = TypeVar("Item")

# Not reserved, but no alias before JOIN.
_JOIN_KINDS = {"SEMI", "ANTI", "ASOF"}
# What begins an argument that is no expression, even in parentheses.
_ARGUMENTS = {"TABLE", "MODEL"}
_QUERY_STARTS = {TokenType.SELECT, TokenType.WITH, TokenType.VALUES}


class TableFunctionParser(ExpressionParser):
    """The part of the parser that reads table functions, hints and names."""

    def _call(self, parts: list[exp.Identifier]) -> exp.Expr:
        """The call of a table function."""
        *path, name = parts
        arguments = [] if self._empty_list() else self._list(self._argument)
        this = name if name.quoted else name.name
        call = self.expression(exp.Anonymous(this=this, expressions=arguments))
        call.update_positions(name)
        return exp.Dot.build([*path, call]) if path else call

    def _argument(self) -> exp.Expr:
        if self._next.token_type != TokenType.FARROW:
            return self._argument_value()
        name = self._named()
        self._advance()
        return self.expression(exp.Kwarg(this=name, expression=self._argument_value()))

    def _argument_value(self) -> exp.Expr:
        if self._match_text_seq("DEFAULT"):
            return exp.var("DEFAULT")
        if self._match(TokenType.L_PAREN, advance=False) and self._next.text.upper() in _ARGUMENTS:
            self._advance()
            value = self._argument_value()
            self._symbol(")", "Expected )")
            return self._partitioned(value) if isinstance(value, exp.Table) else value
        word = self._curr.text.upper()
        if word == "DESCRIPTOR" and self._next.token_type == TokenType.L_PAREN:
            return self._of_names(self._descriptor_columns)
        if word == "MODEL" and _is_bare_name(self._next):
            return self._of_names(self._path)
        if self._match(TokenType.TABLE):
            if self._match(TokenType.L_PAREN, advance=False):
                return self._partitioned(self._operand())
            return self._partitioned(table(self._path()))
        if self._starts_query():
            return self._partitioned(exp.Subquery(this=self._parse_select()))
        value = self._operand()
        return self._partitioned(value) if isinstance(value, exp.Subquery) else value

    def _descriptor_columns(self) -> list[exp.Expr]:
        return [] if self._empty_list() else self._list(self._dotted_name)

    def _parse_lambda(self, alias: bool = False) -> exp.Expr | None:
        # Table arguments are syntax in every call, though only table functions can take them.
        if self._match(TokenType.TABLE, advance=False):
            return self._argument_value()
        return super()._parse_lambda(alias)

    def _of_names(self, names: Callable[[], Sequence[exp.Expr]]) -> exp.Anonymous:
        token = self._curr
        self._advance()
        call = exp.Anonymous(this=token.text.upper(), expressions=names())
        return call.update_positions(token)

    def _partitioned(self, node: exp.Expr) -> exp.Expr:
        """An argument that is a table, with PARTITION BY and ORDER BY."""
        if self._match(TokenType.PARTITION_BY):
            columns = [] if self._empty_list() else self._list_or_one(self._named)
            node.set("partition_by", columns)
        if self._match(TokenType.ORDER_BY):
            keys = self._list_or_one(self._parse_ordered)
            node.set("order", self.expression(exp.Order(expressions=keys)))
        return node

    def _starts_query(self) -> bool:
        """Whether SELECT, WITH, VALUES or TABLE t comes next."""
        if self._curr.token_type == TokenType.TABLE:
            return self._next.token_type != TokenType.L_PAREN
        return self._curr.token_type in _QUERY_STARTS

    def _parse_csv(
        self, parse_method: Callable[[], Item | None], sep: TokenType = TokenType.COMMA
    ) -> list[Item]:
        """Items set apart by commas; unlike sqlglot, none may be missing."""
        items = []
        while (item := parse_method()) is not None:
            items.append(item)
            if not self._match(sep):
                return items
        if items or self._match(sep, advance=False):
            self._fail("Expected an expression")
        return items

    def _operand(self) -> exp.Expr:
        expression = self._parse_disjunction()
        if expression is None:
            self._fail("Expected an expression")
        return expression

    # Hints

    def _parse_hint(self) -> exp.Hint | None:
        if not self._match(TokenType.HINT):
            return None
        hints = self._items(self._hint)
        if not self._match(TokenType.BLOCK_END):
            self._fail("Expected , or the end of the hint")
        return self.expression(exp.Hint(expressions=hints))

    def _hint(self) -> exp.Expr:
        name = self._named()
        arguments: list[exp.Expr] = []
        if not self._empty_list() and self._at_list():
            arguments = self._list(self._hint_argument)
        this = name if name.quoted else name.name
        return exp.Anonymous(this=this, expressions=arguments).update_positions(name)

    def _hint_argument(self) -> exp.Expr:
        if self._curr.token_type in {TokenType.NUMBER, TokenType.DASH}:
            return self._operand()
        is_text = self._curr.token_type == TokenType.STRING
        key = self._text() if is_text else self._named()
        if not self._match(TokenType.EQ):
            return key
        return self.expression(exp.EQ(this=key, expression=self._text()))

    # Names

    def _named(self) -> exp.Identifier:
        """A name, which knows where it stands."""
        token = self._curr
        return self._name().update_positions(token)

    def _path(self) -> list[exp.Identifier]:
        """A name with the names that qualify it."""
        if self._curr.text.upper() in RESERVED and self._curr.token_type != TokenType.IDENTIFIER:
            self._fail("Expected a name; reserved words need back-ticks")
        return self._dotted()

    def _dotted(self) -> list[exp.Identifier]:
        names = [self._named()]
        while self._match(TokenType.DOT):
            names.append(self._named())
        return names

    def _dotted_name(self) -> exp.Expr:
        names = self._dotted()
        return exp.Dot.build(names) if len(names) > 1 else names[0]

    def _parse_table_alias(self, *_: Any, **__: Any) -> exp.TableAlias | None:
        name = self._alias()
        if name is None:
            return None
        columns = self._list(self._named) if self._at_list() else None
        return self.expression(exp.TableAlias(this=name, columns=columns))

    def _alias(self) -> exp.Identifier | None:
        """A name after AS, which is lenient, or without it, where reserved words go on."""
        if self._match(TokenType.ALIAS):
            return self._named()
        token = self._curr
        if not _is_bare_name(token):
            return None
        if token.text.upper() in _JOIN_KINDS and self._next.token_type == TokenType.JOIN:
            return None
        return self._named()

    def _parse_alias(self, this: exp.Expr | None, explicit: bool = False) -> exp.Expr | None:
        if explicit and not self._match(TokenType.ALIAS, advance=False):
            return this
        alias = self._alias() if this else None
        return self.expression(exp.Alias(this=this, alias=alias)) if alias else this


def _is_bare_name(token: Token) -> bool:
    quoted = token.token_type == TokenType.IDENTIFIER
    return is_name(token) and (quoted or token.text.upper() not in RESERVED)


def table(parts: list[exp.Identifier]) -> exp.Table:
    """A table from its name's parts, the last of which is its own."""
    if len(parts) <= 3:
        return exp.Table(**dict(zip(("this", "db", "catalog"), reversed(parts), strict=False)))
    this: exp.Expr = exp.Dot.build(parts[2:])
    return exp.Table(this=this, db=parts[1], catalog=parts[0])
