"""Reads what stands in FROM: tables, table functions, subqueries and joins.

The grammar is Calcite's, with one token of look-ahead and no backtracking, so that the time it
takes follows the length of the text. Shapes that are not obvious from sqlglot:

- `F(...)` and `TABLE(F(...))` are an `exp.TableFromRows` of the call.
- `(a JOIN b ON ...)` is an `exp.Subquery` of the `exp.Table` a, which has the `joins`.
- `a JOIN b` without a condition is an INNER join; `a, b` has no kind.
- MATCH_RECOGNIZE is the arg `match` of what it applies to; hints are the arg `hints`, a list.
"""

from __future__ import annotations

from typing import Any

from sqlglot import TokenType, exp

from app.sql.dialect.table_functions import TableFunctionParser, table


class RelationParser(TableFunctionParser):
    """The part of the parser that reads relations."""

    def _parse_from(self, *_: Any, **__: Any) -> exp.From | None:
        if not self._match(TokenType.FROM):
            return None
        return self.expression(exp.From(this=self._relation()))

    def _parse_table(self, *_: Any, **__: Any) -> exp.Expr | None:
        return self._relation()

    def _relation(self) -> exp.Expr:
        """One relation with its alias."""
        relation = self._lateral() if self._match(TokenType.LATERAL) else self._source()
        if match := self._parse_match_recognize():
            relation.set("match", match)
        if pivots := self._parse_pivots():
            relation.set("pivots", pivots)
        alias = self._parse_table_alias()
        if alias and pivots:
            pivots[-1].set("alias", alias)
        elif alias and match:
            match.set("alias", alias)
        elif alias:
            relation.set("alias", alias)
        if sample := self._parse_table_sample():
            relation.set("sample", sample)
        return relation

    def _source(self) -> exp.Expr:
        if unnest := self._parse_unnest():
            return unnest
        if self._match_pair(TokenType.TABLE, TokenType.L_PAREN):
            return self._table_function_in_parentheses()
        if self._match(TokenType.L_PAREN, advance=False):
            return self._in_parentheses()
        parts = self._path()
        if self._match(TokenType.L_PAREN, advance=False):
            return self.expression(exp.TableFromRows(this=self._call(parts)))
        node = table(parts)
        if hint := self._parse_hint():
            node.set("hints", [hint])
        if version := self._parse_version():
            node.set("version", version)
        return node

    def _lateral(self) -> exp.Expr:
        source = self._source()
        if not isinstance(source, exp.Subquery | exp.Unnest | exp.TableFromRows | exp.Values):
            self._fail("Expected TABLE(...), UNNEST(...) or a query in parentheses after LATERAL")
        return self.expression(exp.Lateral(this=source))

    def _table_function_in_parentheses(self) -> exp.Expr:
        self._match_text_seq("SPECIFIC")
        call = self._call(self._path())
        self._symbol(")", "Expected )")
        return self.expression(exp.TableFromRows(this=call))

    def _in_parentheses(self) -> exp.Expr:
        """A query or joined relations in parentheses."""
        self._symbol("(", "Expected (")
        inner = self._parse_select() or self._relation()
        if isinstance(inner, exp.Subquery) and not inner.alias:
            inner = self._parse_set_operations(inner) or inner
            self._parse_query_modifiers(inner)
        if joins := list(self._parse_joins()):
            inner.set("joins", joins)
        self._symbol(")", "Expected )")
        if isinstance(inner, exp.Values) and not inner.alias:
            return inner
        return self.expression(exp.Subquery(this=inner))

    def _parse_unnest(self, *_: Any, **__: Any) -> exp.Unnest | None:
        if not self._match_pair(TokenType.UNNEST, TokenType.L_PAREN, advance=False):
            return None
        self._advance()
        unnest = self.expression(exp.Unnest(expressions=self._list(self._operand)))
        if self._match_text_seq("WITH", "ORDINALITY"):
            unnest.set("offset", True)
        return unnest

    def _parse_version(self) -> exp.Version | None:
        if not self._match_text_seq("FOR", "SYSTEM_TIME"):
            return None
        if not self._match_text_seq("AS", "OF"):
            self._fail("Expected AS OF")
        node = exp.Version(this="SYSTEM_TIME", kind="AS OF", expression=self._parse_bitwise())
        return self.expression(node)

    # Joins

    def _parse_join(self, *_: Any, **__: Any) -> exp.Join | None:
        if self._match(TokenType.COMMA):
            return self.expression(exp.Join(this=self._relation()))
        start = self._index
        natural = self._match_text_seq("NATURAL")
        side = self._prev.text.upper() if self._match_texts(("LEFT", "RIGHT", "FULL")) else ""
        if side:
            self._match_text_seq("OUTER")
        # LEFT SEMI is not Flink's, but other dialects'.
        kinds = ("INNER", "CROSS", "SEMI", "ANTI") if not side else ("SEMI", "ANTI")
        kind = self._prev.text.upper() if self._match_texts(kinds) else ""
        if not self._match(TokenType.JOIN):
            self._retreat(start)
            return None
        join = exp.Join(this=self._relation(), method="NATURAL" if natural else None)
        join.set("side", side or None)
        if self._match(TokenType.ON):
            join.set("on", self._operand())
        elif self._match(TokenType.USING):
            join.set("using", self._list(self._named))
        elif not (side or natural):
            kind = kind or "INNER"
        join.set("kind", kind or None)
        return self.expression(join)
