"""Text in, tokens out, by Flink's rules."""

from __future__ import annotations

import re

import pytest

from app.sql import lexer

TOKENS = [
    ("a /* b */ c", "WORD:a WORD:c"),
    ("a /* /* */ b", "WORD:a WORD:b"),
    ("a /**/ b", "WORD:a WORD:b"),
    ("a /***/ b */ c", "WORD:a WORD:c"),
    ("a /** / b */ c", "WORD:a WORD:c"),
    ("a -- b\nc // d\re", "WORD:a WORD:c WORD:e"),
    ("a -- b\u2028c", "WORD:a"),
    ("a\fb", "WORD:a WORD:b"),
    ("a\x0bb", "WORD:a ERROR:\x0b WORD:b"),
    (r"'\' ;", r"STRING:'\' SYMBOL:;"),
    (r"E'\' ;' x", r"STRING:E'\' ;' WORD:x"),
    ("'it''s' ''", "STRING:'it''s' STRING:''"),
    ("x'ff' n'a' _utf8'b' u&'c'", "STRING:x'ff' STRING:n'a' STRING:_utf8'b' STRING:u&'c'"),
    ("`a``b;` `c\n`", "QUOTED:`a``b;` ERROR:` WORD:c ERROR:`"),
    ('U&"a;" "b"', 'UNICODE:U&"a;" SYMBOL:" WORD:b SYMBOL:"'),
    ("/*+ X('*/') */", "HINT:/*+ WORD:X SYMBOL:( STRING:'*/' SYMBOL:) SYMBOL:*/"),
    ("1 1.5 .5 1e9 2.e-3", "NUMBER:1 NUMBER:1.5 NUMBER:.5 NUMBER:1e9 NUMBER:2.e-3"),
    ("a$b _c $d é", "WORD:a$b WORD:_c WORD:$d WORD:é"),
    ("a<>b>=c||d=>e", "WORD:a SYMBOL:<> WORD:b SYMBOL:>= WORD:c SYMBOL:|| WORD:d SYMBOL:=> WORD:e"),
    ("a /* b", "WORD:a ERROR:/*_b"),
    ("a 'b", "WORD:a ERROR:'b"),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_tokens(text: str, expected: str) -> None:
    found = list(lexer.scan(text))
    assert [f"{t.kind.name}:{t.text}" for t in found] == [
        word.replace("/*_b", "/* b") if word.startswith("ERROR:/*") else word
        for word in _words(expected)
    ]
    assert all(text[t.start : t.end] == t.text for t in found)


def _words(expected: str) -> list[str]:
    kinds = "|".join(kind.name for kind in lexer.Kind)
    return [w.strip(" ") for w in re.split(rf" (?=(?:{kinds}):)", expected)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'a''b'", "a'b"),
        (r"'a\nb'", r"a\nb"),
        (r"E'a\nb\'c'", "a\nb'c"),
        ("_utf8'x'", "x"),
        ("''", ""),
    ],
)
def test_values_of_strings(written: str, value: str) -> None:
    (token,) = lexer.scan(written)
    assert token.value == value
    (again,) = lexer.scan(lexer.literal(value))
    assert again.value == value


@pytest.mark.parametrize("name", ["a", "a b", "a`b", "Größe", "1;"])
def test_names(name: str) -> None:
    (token,) = lexer.scan(lexer.quote(name))
    assert token.name == name


@pytest.mark.parametrize(
    "text",
    ["'" * 20_000, "E'\\" * 6_000, "`a\n" * 6_000, "/*" * 10_000, "_.-:" * 5_000, "(" * 20_000],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    tokens = list(lexer.scan(text))
    assert sum(len(t.text) for t in tokens) <= len(text)
