"""Flink's own lexical rules, through sqlglot."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError, TokenError

from app.sql.dialect import Flink


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 /* /* */ + 2",
        "SELECT 1 // comment\n + 2",
        "SELECT 1 -- comment\r + 2",
        "SELECT 1 /***/ */ + 2",
    ],
)
def test_comments_are_flinks(text: str) -> None:
    assert sqlglot.parse_one(text, read=Flink) == sqlglot.parse_one("SELECT 1 + 2")


def test_backslash_is_a_character() -> None:
    first, second = sqlglot.parse(r"SELECT '\' ; DROP TABLE t; -- '", read=Flink)
    assert isinstance(first, exp.Select)
    assert isinstance(second, exp.Drop)


@pytest.mark.parametrize("text", ["SELECT 'a", "SELECT /* a", "SELECT `a\n`", "SELECT a \x0b"])
def test_what_flinks_lexer_refuses(text: str) -> None:
    with pytest.raises(TokenError):
        sqlglot.parse_one(text, read=Flink)


@pytest.mark.parametrize("text", ['SELECT "a"', "SELECT a & b", "SELECT U&'a"])
def test_what_flink_has_no_token_for(text: str) -> None:
    with pytest.raises(SqlglotError):
        sqlglot.parse_one(text, read=Flink)


@pytest.mark.parametrize(
    ("text", "kind", "content"),
    [
        ("'it''s'", TokenType.STRING, "it's"),
        ("E'a\\n\\u0041\\x41\\101'", TokenType.STRING, "a\nAAA"),
        ("x'0aF'", TokenType.HEX_STRING, "0aF"),
        ("N'a'", TokenType.NATIONAL_STRING, "a"),
        ("U&'\\0041'", TokenType.UNICODE_STRING, "\\0041"),
        ("_utf8'a'", TokenType.STRING, "a"),
        ("`a``b`", TokenType.IDENTIFIER, "a`b"),
        ('U&"\\0041b"', TokenType.IDENTIFIER, "Ab"),
        ("1e3", TokenType.NUMBER, "1e3"),
        ("Group  By", TokenType.GROUP_BY, "GROUP BY"),
        # key words to other engines only
        ("text", TokenType.VAR, "text"),
        ("Cache", TokenType.VAR, "Cache"),
    ],
)
def test_tokens(text: str, kind: TokenType, content: str) -> None:
    (token,) = Flink().tokenize(text)
    assert (token.token_type, token.text) == (kind, content)


def test_tokens_know_their_place() -> None:
    text = "SELECT a,\n\n  'b' FROM t"
    places = [(t.text, t.line, t.col, t.start, t.end) for t in Flink().tokenize(text)]
    assert places[1] == ("a", 1, 8, 7, 7)
    assert places[3] == ("b", 3, 3, 13, 15)
