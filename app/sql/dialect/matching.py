"""Reads MATCH_RECOGNIZE and PIVOT / UNPIVOT, which apply to one relation each.

An `exp.MatchRecognize` has the further args `within` (an `exp.Interval`) and `subset` (a list of
`exp.EQ` of an `exp.Identifier` and an `exp.Tuple` of them). Its `pattern` is an `exp.Var`, the text
as written; its measures are `exp.MatchRecognizeMeasure` of an `exp.Alias`; its definitions are
`exp.Alias`. A column of a pattern variable is an `exp.Column` whose table is that variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import TokenType, exp

from app.sql.dialect.relations import RelationParser

_ROWS = (
    ("ONE", "ROW", "PER", "MATCH"),
    ("ALL", "ROWS", "PER", "MATCH", "SHOW", "EMPTY", "MATCHES"),
    ("ALL", "ROWS", "PER", "MATCH", "OMIT", "EMPTY", "MATCHES"),
    ("ALL", "ROWS", "PER", "MATCH", "WITH", "UNMATCHED", "ROWS"),
    ("ALL", "ROWS", "PER", "MATCH"),
)
_SKIPS = (("TO", "NEXT", "ROW"), ("PAST", "LAST", "ROW"))


class MatchParser(RelationParser):
    """The part of the parser that reads row patterns and pivots."""

    def _parse_match_recognize(self) -> exp.MatchRecognize | None:
        if not self._match_text_seq("MATCH_RECOGNIZE"):
            return None
        self._symbol("(", "Expected (")
        match = exp.MatchRecognize(
            partition_by=self._parse_partition_by() or None,
            order=self._parse_order(),
            measures=self._after("MEASURES", self._measure),
            rows=self._rows(),
            after=self._skip(),
            pattern=self._pattern(),
        )
        within = self._within()
        subset = self._after("SUBSET", self._subset)
        match.set("define", self._after("DEFINE", self._definition))
        match.set("within", within or self._within())
        match.set("subset", subset)
        self._symbol(")", "Expected )")
        return match

    def _after(self, word: str, item: Callable[[], exp.Expr]) -> list[exp.Expr] | None:
        """What follows a word, set apart by commas."""
        if not self._match_text_seq(word):
            return None
        return self._items(item)

    def _measure(self) -> exp.Expr:
        frame = self._prev.text.upper() if self._match_texts(("FINAL", "RUNNING")) else None
        value = self._operand()
        if not self._match(TokenType.ALIAS):
            self._fail("Expected AS and the measure's name")
        alias = self.expression(exp.Alias(this=value, alias=self._named()))
        return self.expression(exp.MatchRecognizeMeasure(this=alias, window_frame=frame))

    def _rows(self) -> exp.Var | None:
        found = next((words for words in _ROWS if self._match_text_seq(*words)), None)
        return exp.var(" ".join(found)) if found else None

    def _skip(self) -> exp.Var | None:
        if not self._match_text_seq("AFTER", "MATCH", "SKIP"):
            return None
        for words in _SKIPS:
            if self._match_text_seq(*words):
                return exp.var(" ".join(("AFTER MATCH SKIP", *words)))
        if not self._match_text_seq("TO"):
            self._fail("Expected PAST LAST ROW or TO and where to go on")
        which = f"{self._prev.text.upper()} " if self._match_texts(("FIRST", "LAST")) else ""
        variable = self._named().sql(self.dialect)
        return exp.var(f"AFTER MATCH SKIP TO {which}{variable}")

    def _pattern(self) -> exp.Var:
        if not self._match_text_seq("PATTERN"):
            self._fail("Expected PATTERN (...)")
        self._symbol("(", "Expected (")
        first, depth = self._curr, 1
        while self._curr:
            depth += (self._curr.token_type == TokenType.L_PAREN) - (
                self._curr.token_type == TokenType.R_PAREN
            )
            if not depth:
                break
            self._advance()
        if not self._curr or self._curr is first:
            self._fail("Expected a pattern and )")
        pattern = exp.var(self._find_sql(first, self._prev))
        self._advance()
        return pattern

    def _within(self) -> exp.Expr | None:
        if not self._match_text_seq("WITHIN"):
            return None
        interval: exp.Expr | None = self._parse_interval()
        if interval is None:
            self._fail("Expected an interval after WITHIN")
        return interval

    def _subset(self) -> exp.Expr:
        name = self._named()
        if not self._match(TokenType.EQ):
            self._fail("Expected = and pattern variables in parentheses")
        variables = exp.Tuple(expressions=self._list(self._named))
        return self.expression(exp.EQ(this=name, expression=variables))

    def _definition(self) -> exp.Expr:
        name = self._named()
        if not self._match(TokenType.ALIAS):
            self._fail("Expected AS and a condition")
        return self.expression(exp.Alias(this=self._operand(), alias=name))

    # PIVOT and UNPIVOT

    def _parse_pivots(self) -> list[exp.Pivot] | None:
        pivots = []
        while self._match_texts(("PIVOT", "UNPIVOT")):
            unpivot = self._prev.text.upper() == "UNPIVOT"
            pivots.append(self._unpivot() if unpivot else self._pivot())
        return pivots or None

    def _pivot(self) -> exp.Pivot:
        self._symbol("(", "Expected (")
        aggregates = self._items(self._aliased)
        pivot = exp.Pivot(expressions=aggregates, fields=[self._pivot_values()], unpivot=False)
        self._symbol(")", "Expected )")
        return self.expression(pivot)

    def _unpivot(self) -> exp.Pivot:
        nulls = self._prev.text.upper() if self._match_texts(("INCLUDE", "EXCLUDE")) else ""
        if nulls:
            self._match_text_seq("NULLS")
        self._symbol("(", "Expected (")
        measure = self._parse_bitwise()
        pivot = exp.Pivot(expressions=[measure], fields=[self._pivot_values()], unpivot=True)
        pivot.set("include_nulls", nulls == "INCLUDE" if nulls else None)
        self._symbol(")", "Expected )")
        return self.expression(pivot)

    def _pivot_values(self) -> exp.Expr:
        if not self._match(TokenType.FOR):
            self._fail("Expected FOR")
        axis = self._parse_bitwise()
        if not self._match(TokenType.IN):
            self._fail("Expected IN and values in parentheses")
        return self.expression(exp.In(this=axis, expressions=self._list(self._pivot_value)))

    def _pivot_value(self) -> exp.Expr:
        value = self._operand()
        if self._match(TokenType.ALIAS):
            named = self._curr.token_type not in {TokenType.STRING, TokenType.L_PAREN}
            alias: exp.Expr | None = self._named() if named else self._parse_bitwise()
            return self.expression(exp.PivotAlias(this=value, alias=alias))
        name = self._alias()
        return self.expression(exp.PivotAlias(this=value, alias=name)) if name else value

    def _parse_table_sample(self, *_: Any, **__: Any) -> exp.TableSample | None:
        if not self._match(TokenType.TABLE_SAMPLE):
            return None
        method = exp.var(self._named().name.upper())
        share = self._list(self._operand)[0]
        sample = exp.TableSample(method=method, percent=share)
        if self._match_text_seq("REPEATABLE"):
            sample.set("seed", self._list(self._operand)[0])
        return self.expression(sample)

    def _aliased(self) -> exp.Expr:
        return self._parse_alias(self._operand()) or exp.Null()
