"""Escaping, seen through Streamlit's rules: GFM with autolinks, directives and math."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markdown import escape, quote

ESCAPED = [
    ("plain text, 5 % (of 12)", "plain text, 5 % (of 12)"),
    ("fraud_hold and card_expired", "fraud_hold and card_expired"),
    ("_emphasis_ *strong*", "\\_emphasis\\_ \\*strong\\*"),
    ("![x](http://e.example)", "\\!\\[x\\](http://\u200be.example)"),
    ("<img src=x>", "\\<img src=x\\>"),
    ("www.e.example", "www\u200b.e.example"),
    ("me@e.example", "me@\u200be.example"),
    ("`a` | b", "\\`a\\` \\| b"),
    (":red[x] at 14:00", "\\:red\\[x\\] at 14:00"),
    ("$x$ ~~y~~ &amp;", "\\$x\\$ \\~\\~y\\~\\~ \\&amp;"),
    ("- item", "\\- item"),
    ("1. item", "1\u200b. item"),
    ("# title\n\n> quote", "\\# title \\> quote"),
    ("a\\*b", "a\\\\\\*b"),
    ("zero\u200bwidth \u202eright-to-left \x00", "zerowidth right-to-left"),
]


@pytest.mark.parametrize(("text", "escaped"), ESCAPED)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text())
def test_escaped_text_is_one_line_without_open_markup(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    bare = escaped.replace("\\\\", "")
    for mark in "`*[]<>|#$~!{}":
        assert bare.count(mark) == bare.count("\\" + mark)
    assert "://" not in escaped.replace("://\u200b", "")


def test_quote_ends_in_its_marker() -> None:
    assert quote(["one", " ", "two"], "[1]") == "> one\\\n> two [1]"
