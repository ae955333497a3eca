"""Reads expressions: Flink's operators, literals and calls.

Shapes that are not obvious from sqlglot:

- A call whose arguments are set apart by words (`TRIM(BOTH a FROM b)`): see `calls`.
- `MAP[k, v]` is an `exp.Map`; `MULTISET[a]` an `exp.Anonymous` with the arg `brackets`.
- An index is kept as written: an `exp.Bracket` with `offset` 1.
- A typed literal (`DATE '2025-01-01'`) is an `exp.Cast` with the arg `literal`.
- A unit of time that is an argument (`TIMESTAMPDIFF(DAY, a, b)`) is an `exp.Var`, and so are
  `DEFAULT`, `USER` and the like. The columns of a `DESCRIPTOR` are an `exp.Identifier` each.
- The unit of an interval is an `exp.Var` in the singular; with a precision, `MINUTE(3)`, it is an
  `exp.Anonymous` named like the unit. `INTERVAL -'1' DAY` is the interval of the literal `'-1'`.
  `(a - b) DAY` is an `exp.Interval` of an `exp.Paren`.
- `a CONTAINS b`, `a MEMBER OF b` and the like are an `exp.Operator`.
- `x IS UNKNOWN`, `IS A SET`, `IS EMPTY` are an `exp.Is` of an `exp.Var`.
- `CASE a WHEN 1, 2 THEN b` is an `exp.If` of the first value with the arg `others`.
- `x = SOME (...)` is an `exp.Any` with the arg `some`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import TokenType, exp, parser
from sqlglot.parser import IsPredicatePrecedence

from app.sql.dialect import functions
from app.sql.dialect.calls import CallParser
from app.sql.dialect.intervals import IntervalParser
from app.sql.dialect.pieces import QUOTED

_LITERAL_TYPES = {
    TokenType.DATE: exp.DType.DATE,
    TokenType.DATETIME: exp.DType.TIMESTAMP,
    TokenType.TIME: exp.DType.TIME,
    TokenType.TIMESTAMP: exp.DType.TIMESTAMP,
}
_LOCAL = ("WITH", "LOCAL", "TIME", "ZONE")
_WORD_OPERATORS = tuple(
    tuple(words.split())
    for words in (
        "CONTAINS",
        "EQUALS",
        "IMMEDIATELY PRECEDES",
        "IMMEDIATELY SUCCEEDS",
        "PRECEDES",
        "SUCCEEDS",
        "MEMBER OF",
        "SUBMULTISET OF",
        "NOT SUBMULTISET OF",
        *(
            f"MULTISET {operation}{quantity}"
            for operation in ("UNION", "INTERSECT", "EXCEPT")
            for quantity in (" ALL", " DISTINCT", "")
        ),
    )
)
_WORD_OPERATOR_STARTS = {words[0] for words in _WORD_OPERATORS}
_STATES = (("UNKNOWN",), ("A", "SET"), ("EMPTY",))
_COMPARISONS = {**parser.Parser.EQUALITY, **parser.Parser.COMPARISON}
_BEFORE_QUANTIFIER = {*_COMPARISONS, TokenType.LIKE, TokenType.ILIKE}
_QUANTIFIERS = {TokenType.ALL, TokenType.ANY, TokenType.SOME}


class ExpressionParser(CallParser, IntervalParser):
    """The part of the parser that reads expressions."""

    # Comparisons are all of one precedence, and so are multiplication and `||`.
    EQUALITY: ClassVar[dict[Any, Any]] = _COMPARISONS
    COMPARISON: ClassVar[dict[Any, Any]] = {}
    BITWISE: ClassVar[dict[Any, Any]] = {}
    TERM: ClassVar[dict[Any, Any]] = {
        t: parser.Parser.TERM[t] for t in (TokenType.DASH, TokenType.PLUS)
    }
    FACTOR: ClassVar[dict[Any, Any]] = {
        **{t: parser.Parser.FACTOR[t] for t in (TokenType.MOD, TokenType.SLASH, TokenType.STAR)},
        TokenType.DPIPE: exp.DPipe,
    }
    UNARY_PARSERS: ClassVar[dict[Any, Any]] = {
        t: parser.Parser.UNARY_PARSERS[t] for t in (TokenType.PLUS, TokenType.NOT, TokenType.DASH)
    }
    RANGE_PARSERS: ClassVar[dict[Any, Any]] = {
        t: parser.Parser.RANGE_PARSERS[t]
        for t in (
            TokenType.BETWEEN,
            TokenType.ILIKE,
            TokenType.IN,
            TokenType.IS,
            TokenType.LIKE,
            TokenType.OVERLAPS,
            TokenType.RLIKE,
            TokenType.SIMILAR_TO,
        )
    }
    IS_PREDICATE_PRECEDENCE: ClassVar[IsPredicatePrecedence] = IsPredicatePrecedence.EQUALITY
    COLUMN_OPERATORS: ClassVar[dict[Any, Any]] = {
        t: parser.Parser.COLUMN_OPERATORS[t] for t in (TokenType.DOT, TokenType.DCOLON)
    }
    BRACKETS: ClassVar[frozenset[TokenType]] = frozenset({TokenType.L_BRACKET})

    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = functions.BUILDERS
    FUNC_TOKENS: ClassVar[set[TokenType]] = parser.Parser.FUNC_TOKENS | {TokenType.UNIQUE}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = functions.WITHOUT_PARENTHESES
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "CASE": parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"],
    }
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        name: lambda self, read=read: self._placed(read)
        for name, read in {
            **dict.fromkeys(functions.WORDS, CallParser._worded_call),
            **dict.fromkeys(functions.WITH_UNIT, CallParser._call_with_unit),
            "CAST": lambda self: self._parse_cast(True),
            "TRY_CAST": lambda self: self._parse_cast(False, safe=True),
            "SAFE_CAST": lambda self: self._parse_cast(False, safe=True),
            "CEIL": lambda self: self._parse_ceil_floor(exp.Ceil),
            "CEILING": lambda self: self._parse_ceil_floor(exp.Ceil),
            "FLOOR": lambda self: self._parse_ceil_floor(exp.Floor),
            "DESCRIPTOR": CallParser._descriptor,
            "EXISTS": lambda self: exp.Exists(this=self._parse_select_or_expression()),
            "EXTRACT": CallParser._parse_extract,
        }.items()
    }

    def _parse_type(
        self, *_args: Any, fallback_to_identifier: bool = False, **_kwargs: Any
    ) -> exp.Expr | None:
        if fallback_to_identifier:
            return self._parse_id_var()
        token_type = self._curr.token_type
        if token_type in _LITERAL_TYPES and (literal := self._typed_literal()):
            return literal
        if token_type in _QUANTIFIERS and self._prev.token_type in _BEFORE_QUANTIFIER:
            return self._quantified()
        if self._curr.text.upper() in functions.CONSTANTS and (constant := self._constant()):
            return constant
        if self._match_text_seq("NEXT", "VALUE", "FOR"):
            return self.expression(exp.NextValueFor(this=self._parse_column()))
        return self._parse_atom() or self._parse_interval() or self._parse_column()

    def _typed_literal(self) -> exp.Cast | None:
        start = self._index
        kind = exp.DataType(this=_LITERAL_TYPES[self._curr.token_type])
        self._advance()
        if kind.this is exp.DType.TIMESTAMP and self._match_text_seq(*_LOCAL):
            kind = exp.DataType(this=exp.DType.TIMESTAMPLTZ)
        if not self._match(TokenType.STRING, advance=False):
            self._retreat(start)
            return None
        cast = self.expression(exp.Cast(this=self._parse_primary(), to=kind))
        cast.set("literal", True)
        return cast

    def _parse_primary(self) -> exp.Expr | None:
        token = self._curr
        if token.token_type != TokenType.STRING or self._next.token_type != TokenType.STRING:
            return super()._parse_primary()
        parts = []
        while self._match(TokenType.STRING):
            parts.append(self._prev.text)
        return self.expression(exp.Literal.string("".join(parts)), token)

    def _constant(self) -> exp.Expr | None:
        token = self._curr
        follow = {TokenType.L_PAREN, TokenType.DOT}
        if token.token_type in QUOTED or self._next.token_type in follow:
            return None
        self._advance()
        return self.expression(exp.Var(this=token.text), token)

    def _parse_paren(self) -> exp.Expr | None:
        this = super()._parse_paren()
        if type(this) is exp.Paren and (unit := self._interval_unit()):
            return self.expression(exp.Interval(this=this, unit=unit))
        return this

    def _quantified(self) -> exp.Expr:
        quantifier = self._curr.token_type
        self._advance()
        operand = self._parse_paren()
        if operand is None:
            self._fail("Expected values or a query in parentheses")
        if isinstance(operand, exp.Paren):
            operand = exp.Tuple(expressions=[operand.this])
        kind = exp.All if quantifier == TokenType.ALL else exp.Any
        node = self.expression(kind(this=operand))
        node.set("some", quantifier == TokenType.SOME)
        return node

    def _parse_equality(self, parse_is: bool = True) -> exp.Expr | None:
        this = super()._parse_equality(parse_is)
        while self._curr.text.upper() in _WORD_OPERATOR_STARTS:
            operator = next((w for w in _WORD_OPERATORS if self._match_text_seq(*w)), None)
            if operator is None:
                break
            right = self._parse_range()
            node = exp.Operator(this=this, operator=exp.var(" ".join(operator)), expression=right)
            this = self.expression(node)
        return this

    def _parse_escape(self, this: exp.Expr | None) -> exp.Expr | None:
        if not self._match(TokenType.ESCAPE):
            return this
        return self.expression(exp.Escape(this=this, expression=self._parse_bitwise()))

    def _parse_is_rhs(self, distinct: bool = False) -> exp.Expr | None:
        if not distinct:
            for words in _STATES:
                if self._match_text_seq(*words):
                    return exp.var(" ".join(words))
        return super()._parse_is_rhs(distinct)

    def _parse_types(self, *_args: Any, **_kwargs: Any) -> exp.Expr | None:
        return self._cast_type()

    def _parse_case(self) -> exp.Expr | None:
        operand = self._parse_disjunction()
        cases = []
        while self._match(TokenType.WHEN):
            first, *others = self._parse_csv(self._parse_disjunction) or (None,)
            if not self._match(TokenType.THEN):
                self._fail("Expected THEN")
            case = self.expression(exp.If(this=first, true=self._parse_disjunction()))
            case.set("others", others or None)
            cases.append(case)
        default = self._parse_disjunction() if self._match(TokenType.ELSE) else None
        if not cases or not self._match(TokenType.END):
            self._fail("Expected WHEN, ELSE or END")
        return self.expression(exp.Case(this=operand, ifs=cases, default=default))

    def _parse_select_or_expression(self, *_args: Any, **_kwargs: Any) -> exp.Expr | None:
        return self._parse_select() or self._parse_set_operations(self._parse_disjunction())

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        while self._match(TokenType.L_BRACKET):
            empty = self._match(TokenType.R_BRACKET)
            items = [] if empty else self._parse_csv(self._parse_disjunction)
            if not empty and not self._match(TokenType.R_BRACKET):
                self._fail("Expected , or ]")
            this = _bracket(this, items)
        return this

    def _parse_function_args(self, *_args: Any, **_kwargs: Any) -> list[exp.Expr]:
        return self._parse_csv(self._parse_lambda)

    def _parse_lambda(self, *_args: Any, **_kwargs: Any) -> exp.Expr | None:
        if self._next.token_type == TokenType.FARROW:
            name = self._parse_id_var()
            self._advance()
            value = self._parse_select_or_expression()
            return self.expression(exp.Kwarg(this=name, expression=value))
        return super()._parse_lambda()


def _bracket(this: exp.Expr | None, items: list[exp.Expr]) -> exp.Expr:
    """What brackets after `this` make: an array, a map, a multiset, or access to an element."""
    bare = isinstance(this, exp.Column) and len(this.parts) == 1 and not this.this.quoted
    word = this.name.upper() if bare and this else ""
    if this is None or word == "ARRAY":
        return exp.Array(expressions=items)
    if word == "MAP":
        keys, values = exp.Array(expressions=items[::2]), exp.Array(expressions=items[1::2])
        return exp.Map(keys=keys, values=values)
    if word == "MULTISET":
        multiset = exp.Anonymous(this="MULTISET", expressions=items)
        multiset.set("brackets", True)
        return multiset
    return exp.Bracket(this=this, expressions=items, offset=1)
