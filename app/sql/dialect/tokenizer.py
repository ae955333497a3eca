"""Flink's tokens as sqlglot's, so that no comment or string is seen where Flink sees none."""

from __future__ import annotations

from itertools import accumulate
from typing import ClassVar

from sqlglot import Token, Tokenizer, TokenType
from sqlglot.errors import TokenError

from app.sql import lexer
from app.sql.lexer import Kind

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
