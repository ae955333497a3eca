"""The small pieces that all of the parser is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlglot import ErrorLevel, TokenType, exp, parser

from app.sql.dialect import functions

Item = TypeVar("Item")

AT_END = "the end of the statement"


class PieceParser(parser.Parser):
    """Lists, names, texts, numbers and units, each of them there or an error."""

    def _list(self, item: Callable[[], Item], opening: str = "(", closing: str = ")") -> list[Item]:
        self._symbol(opening, f"Expected {opening}")
        items = [item()]
        while self._match(TokenType.COMMA):
            items.append(item())
        self._symbol(closing, f"Expected , or {closing}")
        return items

    def _symbol(self, symbol: str, message: str) -> None:
        if self._curr.text != symbol or self._curr.token_type == TokenType.STRING:
            self._fail(message)
        self._advance()

    def _name(self) -> exp.Identifier:
        token = self._curr
        quoted = token.token_type == TokenType.IDENTIFIER
        if not token or not (quoted or _is_word(token.text, token.token_type)):
            self._fail("Expected a name")
        self._advance()
        return exp.Identifier(this=token.text, quoted=quoted)

    def _text(self) -> exp.Literal:
        if not self._match(TokenType.STRING):
            self._fail("Expected text in single quotes")
        return exp.Literal.string(self._prev.text)

    def _number(self) -> str:
        if not self._match(TokenType.NUMBER):
            self._fail("Expected a number")
        return str(self._prev.text)

    def _fail(self, message: str) -> NoReturn:
        """Raises a `ParseError` whose description repeats nothing of the text: it may be secret."""
        self.error_level = ErrorLevel.IMMEDIATE
        self.raise_error(message if self._curr else f"{message} before {AT_END}")
        raise AssertionError  # raise_error has raised

    def _interval_unit(self) -> exp.Expr | None:
        """`DAY`, `DAY(3)`, `DAY TO SECOND(3)`, none where no unit follows."""
        first = self._one_unit()
        if first is None or not self._match_text_seq("TO"):
            return first
        return exp.IntervalSpan(this=first, expression=self._one_unit() or self._no_unit())

    def _one_unit(self) -> exp.Expr | None:
        token = self._curr
        name = functions.unit(token.text)
        if not name or token.token_type in {TokenType.STRING, TokenType.IDENTIFIER}:
            return None
        self._advance()
        if not self._match(TokenType.L_PAREN, advance=False):
            return exp.var(name)
        sizes = [exp.Literal.number(size) for size in self._list(self._number)]
        return exp.Anonymous(this=name, expressions=sizes)

    def _no_unit(self) -> NoReturn:
        self._fail("Expected a unit of time such as MINUTE")


def _is_word(text: str, token_type: TokenType) -> bool:
    if token_type in {TokenType.STRING, TokenType.NUMBER}:
        return False
    return text.replace("_", "a").replace("$", "a").isalnum()
