"""Flink's tokens as sqlglot's, so that no comment or string is seen where Flink sees none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from sqlglot import Token, Tokenizer, TokenType
from sqlglot.errors import TokenError

from app.sql import lexer
from app.sql.dialect.words import RESERVED, words
from app.sql.lexer import Kind

# Not reserved, but part of Flink's grammar.
_NOT_RESERVED = words("""
    ANALYZE ASC DATABASE DESC FIRST FORMAT INDEX JSON LOAD MAP ORDINALITY OVERWRITE REPLACE SCHEMA
    TEMPORARY VIEW WEEK
    """)
_FOREIGN_PHRASES = {"CLUSTER BY", "CONNECT BY", "DISTRIBUTE BY", "SORT BY", "SQL SECURITY"}
# Of sqlglot's key words, those that Flink's grammar knows; all others are names to it.
_KEYWORDS = {
    word: token_type
    for word, token_type in Tokenizer.KEYWORDS.items()
    if (not set(word.split()).isdisjoint(RESERVED) or word in _NOT_RESERVED)
    and word not in _FOREIGN_PHRASES
}
# Words that sqlglot joins into one token, by their first word, longest first.
_PHRASES: dict[str, list[tuple[tuple[str, ...], TokenType]]] = {}
for _phrase, _type in sorted(_KEYWORDS.items(), key=lambda kv: -kv[0].count(" ")):
    if " " in _phrase:
        _PHRASES.setdefault(_phrase.split()[0], []).append((tuple(_phrase.split()), _type))
# Literals by what stands before the opening quote.
_STRINGS = {
    "X": TokenType.HEX_STRING,
    "N": TokenType.NATIONAL_STRING,
    "U&": TokenType.UNICODE_STRING,
}


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
        return self.converted(tuple(lexer.scan(sql)), sql)

    def converted(self, found: Sequence[lexer.Token], sql: str) -> list[Token]:
        """What `lexer.scan` found in a text, as sqlglot's tokens.

        Raises:
            TokenError: Flink's lexer would refuse it.
        """
        result = []
        index = 0
        line, line_start = 1, 0
        while index < len(found):
            token_type, text, taken = self._convert(found, index)
            first, last = found[index], found[index + taken - 1]
            while (line_end := sql.find("\n", line_start, first.start)) >= 0:
                line, line_start = line + 1, line_end + 1
            column = first.start - line_start + 1
            result.append(Token(token_type, text, line, column, first.start, last.end - 1))
            index += taken
        return result

    def _convert(self, found: Sequence[lexer.Token], index: int) -> tuple[TokenType, str, int]:
        """Type and text of the sqlglot token at `index`, and how many tokens it takes up."""
        token = found[index]
        if token.kind is Kind.WORD:
            return _word(found, index)
        if token.kind is Kind.HINT:
            return TokenType.HINT, token.text, 1
        if token.text == lexer.HINT_END:
            return TokenType.BLOCK_END, token.text, 1
        if token.kind is Kind.STRING:
            return _string(token)
        if token.kind in {Kind.QUOTED, Kind.UNICODE}:
            return TokenType.IDENTIFIER, _quoted_name(token), 1
        if token.kind is Kind.NUMBER:
            return TokenType.NUMBER, token.text, 1
        token_type = self.KEYWORDS.get(token.text) or self.SINGLE_TOKENS.get(token.text)
        if token.kind is Kind.ERROR or token_type in {None, TokenType.UNKNOWN}:
            start = token.text[:20]
            raise TokenError(f"Unexpected {start!r}", start=token.start, end=token.end)
        return token_type, token.text, 1


def _word(found: Sequence[lexer.Token], index: int) -> tuple[TokenType, str, int]:
    upper = found[index].upper
    for phrase, token_type in _PHRASES.get(upper, ()):
        following = tuple(token.upper for token in found[index : index + len(phrase)])
        if following == phrase:
            return token_type, " ".join(phrase), len(phrase)
    return _KEYWORDS.get(upper, TokenType.VAR), found[index].text, 1


def _string(token: lexer.Token) -> tuple[TokenType, str, int]:
    """A literal; the prefix that names a character set is dropped: Flink knows text of one only."""
    prefix = token.text[: token.text.index("'")].upper()
    return _STRINGS.get(prefix, TokenType.STRING), token.value, 1


def _quoted_name(token: lexer.Token) -> str:
    if token.kind is Kind.QUOTED:
        return token.name
    body = token.text[3:-1].replace('""', '"')
    return re.sub(r"\\([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), body)
