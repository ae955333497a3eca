"""The small pieces that all of the parser is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlglot import ErrorLevel, Token, TokenType, exp, parser

from app.sql.dialect import functions

Item = TypeVar("Item")

AT_END = "the end of the statement"
# What stands in quotes, so that its text is no word of the grammar.
QUOTED = {TokenType.IDENTIFIER, TokenType.STRING}


class PieceParser(parser.Parser):
    """Lists, names, texts, numbers and units, each of them there or an error."""

    def _list(self, item: Callable[[], Item], opening: str = "(", closing: str = ")") -> list[Item]:
        self._symbol(opening, f"Expected {opening}")
        items = self._items(item)
        self._symbol(closing, f"Expected , or {closing}")
        return items

    def _items(self, item: Callable[[], Item]) -> list[Item]:
        """One or more, set apart by commas."""
        items = [item()]
        while self._match(TokenType.COMMA):
            items.append(item())
        return items

    def _list_or_one(self, item: Callable[[], Item]) -> list[Item]:
        return self._list(item) if self._at_list() else [item()]

    def _at_list(self) -> bool:
        return bool(self._match(TokenType.L_PAREN, advance=False))

    def _empty_list(self) -> bool:
        """Whether `()` was next; it is taken then."""
        return bool(self._match_pair(TokenType.L_PAREN, TokenType.R_PAREN))

    def _symbol(self, symbol: str, message: str) -> None:
        if self._curr.text != symbol or self._curr.token_type == TokenType.STRING:
            self._fail(message)
        self._advance()

    def _name(self) -> exp.Identifier:
        token = self._curr
        if not is_name(token):
            self._fail("Expected a name")
        self._advance()
        quoted = token.token_type == TokenType.IDENTIFIER
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
        if not name or token.token_type in QUOTED:
            return None
        self._advance()
        if not self._match(TokenType.L_PAREN, advance=False):
            return exp.var(name)
        sizes = [exp.Literal.number(size) for size in self._list(self._number)]
        return exp.Anonymous(this=name, expressions=sizes)

    def _no_unit(self) -> NoReturn:
        self._fail("Expected a unit of time such as MINUTE")


def is_name(token: Token) -> bool:
    """Whether a token can be a name where reserved words are taken, too."""
    if token.token_type in {TokenType.STRING, TokenType.NUMBER}:
        return False
    if token.token_type == TokenType.IDENTIFIER:
        return True
    return bool(token) and token.text.replace("_", "a").replace("$", "a").isalnum()
