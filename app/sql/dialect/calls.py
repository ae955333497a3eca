"""Reads calls that have a syntax of their own: `TRIM(BOTH a FROM b)`, `CAST(a AS INT)`.

A call whose arguments are set apart by words is an `exp.Anonymous` with all its arguments in order
in `expressions` (a RETURNING type as an `exp.DataType`, an ORDER BY as an `exp.Order`) and the arg
`form`: the text between the parentheses with `{}` for each argument, as in `"BOTH {} FROM {}"`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import TokenType, exp

from app.sql.dialect import functions
from app.sql.dialect.pieces import QUOTED
from app.sql.dialect.types import FlinkTypeParser

_NO_WORDS = QUOTED | {TokenType.NUMBER}
_KEY_ENDS = {"VALUE", ":", ","}
# Their words are operators too, so that an argument has to end before them.
_NARROW = {"POSITION"}


class CallParser(FlinkTypeParser):
    """The part of the parser that reads such calls."""

    def _placed(self, read: Callable[[Any], exp.Expr]) -> exp.Expr:
        """The call that `read` reads up to its closing parenthesis, with its place in the text."""
        token = self._tokens[self._index - 2]
        call = read(self)
        if not self._match(TokenType.R_PAREN, advance=False):
            self._fail("Expected )")
        return call.update_positions(token)

    def _called_name(self) -> exp.Identifier | str:
        """The name of the call whose opening parenthesis has just been read."""
        token = self._tokens[self._index - 2]
        if token.token_type == TokenType.IDENTIFIER:
            return exp.Identifier(this=token.text, quoted=True).update_positions(token)
        return str(token.text)

    def _worded_call(self) -> exp.Anonymous:
        name = self._called_name()
        upper = str(name if isinstance(name, str) else name.this).upper()
        words = functions.WORDS[upper]
        form: list[str] = []
        arguments: list[exp.Expr] = []
        argument_next = True
        while self._curr and self._curr.token_type != TokenType.R_PAREN:
            word = self._separator(words, form, argument_next)
            if word:
                form.append(word)
                argument_next = word == "," or word in functions.BEFORE_ARGUMENT
                if word != "RETURNING":
                    continue
                argument: exp.Expr | None = self._cast_type()
            elif self._match(TokenType.ORDER_BY, advance=False) and form:
                argument = self._parse_order()
            elif not argument_next:
                self._fail("Expected , or )")
            else:
                argument = self._worded_argument(upper)
            if argument is None:
                self._fail("Expected an argument")
            arguments.append(argument)
            form.append("{}")
            argument_next = False
        call = exp.Anonymous(this=name, expressions=arguments)
        call.set("form", " ".join(form).replace(" ,", ","))
        return call

    def _worded_argument(self, name: str) -> exp.Expr | None:
        return self._parse_bitwise() if name in _NARROW else self._parse_select_or_expression()

    def _separator(self, words: frozenset[str], form: list[str], argument_next: bool) -> str:
        """The comma or word that is next, taken; empty where an argument is next."""
        if self._match(TokenType.COMMA):
            return ","
        if self._match(TokenType.COLON):
            return "VALUE"
        token = self._curr
        word = token.text.upper()
        if token.token_type in _NO_WORDS or word not in words:
            return ""
        if argument_next and not self._is_opening_word(word, form):
            return ""
        self._advance()
        return word

    def _is_opening_word(self, word: str, form: list[str]) -> bool:
        following = self._next.text.upper()
        if word == "KEY":
            return following not in _KEY_ENDS
        if word in functions.BEHAVIOURS:
            return following == "ON" and form[-1:] not in (["DEFAULT"], ["VALUE"])
        return word in functions.OPENING

    def _parse_cast(self, strict: bool, safe: bool | None = None) -> exp.Expr:
        this = self._parse_disjunction()
        if not self._match(TokenType.ALIAS):
            self._fail("Expected AS and a type")
        kind = exp.Cast if strict else exp.TryCast
        return self.expression(kind(this=this, to=self._cast_type(), safe=safe))

    def _parse_extract(self) -> exp.Extract:
        unit = self._time_unit()
        if not self._match(TokenType.FROM):
            self._fail("Expected FROM")
        return self.expression(exp.Extract(this=unit, expression=self._parse_disjunction()))

    def _parse_ceil_floor(self, expr_type: Any) -> Any:
        this = self._parse_disjunction()
        decimals = self._parse_disjunction() if self._match(TokenType.COMMA) else None
        to = self._time_unit() if self._match_text_seq("TO") else None
        return self.expression(expr_type(this=this, decimals=decimals, to=to))

    def _time_unit(self) -> exp.Var:
        """A unit of time, possibly as `WEEK(MONDAY)`."""
        token = self._curr
        name = self._name().name
        if self._match(TokenType.L_PAREN):
            name = f"{name}({self._name().name})"
            self._symbol(")", "Expected )")
        return self.expression(exp.Var(this=name), token)

    def _call_with_unit(self) -> exp.Expr:
        name = self._called_name()
        arguments = self._parse_csv(lambda: self._unit_argument() or self._parse_lambda())
        return exp.Anonymous(this=name, expressions=arguments)

    def _unit_argument(self) -> exp.Expr | None:
        token = self._curr
        ends = self._next.token_type in self.LAMBDA_ARG_TERMINATORS
        if token.token_type in QUOTED or not ends or not functions.unit(token.text):
            return None
        self._advance()
        return self.expression(exp.Var(this=token.text), token)

    def _descriptor(self) -> exp.Expr:
        name = self._called_name()
        columns = self._parse_csv(self._parse_id_var)
        return exp.Anonymous(this=name, expressions=columns)
