"""Reads queries: SELECT, VALUES, TABLE t, WITH, set operations, ordering and limits.

`TABLE t` is read as `SELECT * FROM t`. VALUES as one side of a set operation, in WITH or beneath
one is read as `SELECT * FROM (VALUES ...) AS _values`, which sqlglot needs to see columns there;
everywhere else it is an `exp.Values`. GROUP BY and HAVING are marked as Flink's `OWN`.
"""

from __future__ import annotations

from typing import Any

from sqlglot import TokenType, exp

from app.sql.dialect.matching import MatchParser

# Marks, in `meta`, clauses in which a number is a constant and a name a column, as in Flink; other
# dialects take them for places and names after SELECT. Trees that differ in it alone are equal.
OWN = "flink"


class QueryParser(MatchParser):
    """The part of the parser that reads queries."""

    def _parse_select(
        self, nested: bool = False, *_: Any, parse_set_operation: bool = True, **__: Any
    ) -> exp.Expr | None:
        """A query, or None where none begins; in parentheses only if `nested`."""
        in_parentheses = nested and self._curr.token_type == TokenType.L_PAREN
        if not in_parentheses and not self._starts_query():
            return None
        with_ = self._parse_with()
        query = self._leaf()
        if parse_set_operation:
            query = self._ordering(self._parse_set_operations(query))
        return self._with(with_, query) if with_ else query

    def _query(self) -> exp.Expr:
        query = self._parse_select(nested=True)
        if query is None:
            self._fail("Expected a query")
        return query

    def _leaf(self) -> exp.Expr:
        if self._match(TokenType.SELECT):
            return self._block()
        if self._match(TokenType.TABLE):
            star, table = exp.Star(), self._source()
            return self.expression(exp.Select(expressions=[star], from_=exp.From(this=table)))
        if self._match(TokenType.VALUES):
            return self.expression(exp.Values(expressions=self._items(self._row)))
        self._symbol("(", "Expected a query")
        query = self._query()
        self._symbol(")", "Expected )")
        return self.expression(exp.Subquery(this=query))

    def _with(self, with_: exp.With, query: exp.Expr) -> exp.Expr:
        if isinstance(query, exp.Values):
            query = self._values_to_select(query)
        query.set("with_", with_)
        return query

    def _row(self) -> exp.Tuple:
        if self._curr.text.upper() == "ROW" and self._next.token_type == TokenType.L_PAREN:
            self._advance()
        value = self._operand()
        if isinstance(value, exp.Tuple):
            return value
        value = value.this if isinstance(value, exp.Paren) else value
        return self.expression(exp.Tuple(expressions=[value]))

    def _block(self) -> exp.Select:
        """A SELECT up to its QUALIFY: order and limits belong to the whole query."""
        hint = self._parse_hint()
        self._match_text_seq("STREAM")
        distinct = exp.Distinct() if self._match(TokenType.DISTINCT) else None
        if not distinct:
            self._match(TokenType.ALL)
        columns = self._items(self._projection)
        select = exp.Select(hint=hint, distinct=distinct, expressions=columns)
        if from_ := self._parse_from():
            select.set("from_", from_)
            select.set("joins", list(self._parse_joins()) or None)
        for key, clause in (
            ("where", lambda: self._condition(exp.Where)),
            ("group", self._parse_group),
            ("having", lambda: self._condition(exp.Having)),
            ("windows", self._parse_window_clause),
            ("qualify", lambda: self._condition(exp.Qualify)),
        ):
            select.set(key, clause())
        for key in ("group", "having"):
            if node := select.args.get(key):
                node.meta[OWN] = True
        return select

    def _projection(self) -> exp.Expr:
        expression = self._parse_alias(self._parse_expression())
        if expression is None:
            self._fail("Expected a column or an expression")
        return expression

    def _parse_expression(self) -> exp.Expr | None:
        return self._parse_disjunction()

    def _condition(self, clause: type[exp.Where | exp.Having | exp.Qualify]) -> exp.Expr | None:
        if not self._match_text_seq(clause.key.upper()):
            return None
        return self.expression(clause(this=self._operand()))

    # WITH

    def _parse_cte(self) -> exp.CTE:
        name = self._named()
        columns = self._list(self._named) if self._at_list() else None
        alias = self.expression(exp.TableAlias(this=name, columns=columns))
        if not self._match(TokenType.ALIAS):
            self._fail("Expected AS and a query in parentheses")
        self._symbol("(", "Expected (")
        query = self._query()
        self._symbol(")", "Expected )")
        if isinstance(query, exp.Values):
            query = self._values_to_select(query)
        return self.expression(exp.CTE(this=query, alias=alias))

    # GROUP BY

    def _parse_group(self, skip_group_by_token: bool = False) -> exp.Group | None:
        if not skip_group_by_token and not self._match(TokenType.GROUP_BY):
            return None
        group = exp.Group()
        if self._match(TokenType.DISTINCT):
            group.set("all", False)
        else:
            self._match(TokenType.ALL)
        group.set("expressions", self._items(self._grouping))
        return self.expression(group)

    def _grouping(self) -> exp.Expr:
        for word, node in (("CUBE", exp.Cube), ("ROLLUP", exp.Rollup)):
            if self._curr.text.upper() == word and self._next.token_type == TokenType.L_PAREN:
                self._advance()
                return self.expression(node(expressions=self._list(self._operand)))
        if self._match(TokenType.GROUPING_SETS):
            return self.expression(exp.GroupingSets(expressions=self._list(self._grouping)))
        return self._operand()

    # Order and limits

    def _parse_query_modifiers(self, this: Any) -> Any:
        return self._ordering(this) if isinstance(this, exp.Query | exp.Values) else this

    def _ordering(self, query: Any) -> Any:
        """A query with its ORDER BY, LIMIT, OFFSET and FETCH, in whatever order."""
        if not isinstance(query, exp.Query | exp.Values):
            return query
        if order := self._parse_order():
            query.set("order", order)
        while True:
            if self._match_pair(TokenType.LIMIT, TokenType.ALL):
                continue
            if limit := self._parse_limit():
                self._once(query, "limit", limit)
                if offset := limit.args.get("offset"):
                    limit.set("offset", None)
                    self._once(query, "offset", exp.Offset(expression=offset))
            elif offset := self._parse_offset():
                self._once(query, "offset", offset)
            else:
                return query

    def _once(self, query: exp.Expr, key: str, node: exp.Expr) -> None:
        if query.args.get(key):
            self._fail(f"A query takes one {key.upper()} only")
        query.set(key, node)

    def _parse_limit(
        self, this: exp.Expr | None = None, top: bool = False, skip_limit_token: bool = False
    ) -> exp.Expr | None:
        return this if top else super()._parse_limit(this, top, skip_limit_token)
