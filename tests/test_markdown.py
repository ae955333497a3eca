"""Escaping, seen through Streamlit's rules: GFM with autolinks, directives and math."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.markdown import escape, harmless, quote

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


HARMLESS = [
    ("**31** are late [2][3]. See [1].", "**31** are late [2][3]. See [1]."),
    ("![x](http://e.example/p.png)", "![x]|(http://|e.example/p.png)"),
    ("[here](http://e.example)", "[here]|(http://|e.example)"),
    ("[a][b]\n\n[b]: e.example", "[a][b]\n\n[b]|: e.example"),
    ("<img src=x> 1 < 2 & 3", "<|img src=x> 1 < 2 & 3"),
    ("\\<img src=x>", "\\<|img src=x>"),
    ("<!-- x --> </p> <?x?>", "<|!-- x --> <|/p> <|?x?>"),
    ("&lt;img&gt; &#60;", "&|lt;img&|gt; &|#60;"),
    ("`a` and\n```sql\nSELECT a[1] < 2\n```", "`a` and\n```sql\nSELECT a[1] < 2\n```"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
    ("a\u202eb\x00c\n- d", "abc\n- d"),
]


@pytest.mark.parametrize(("text", "shown"), HARMLESS)
def test_harmless(text: str, shown: str) -> None:
    assert harmless(text).replace("\u200b", "|") == shown


_ACTING_PIECES = ["[", "]", "(", ")", "!", "<", ">", "img src=x", "http://e.example", "`", "```"]
_ACTING_PIECES += [
    "\n",
    "\n\n",
    "a",
    "b",
    ": ",
    "\\",
    "&lt;",
    "1",
    " ",
    "www.e.example",
    "x@e.example",
]


@given(st.lists(st.sampled_from(_ACTING_PIECES), max_size=14).map("".join))
def test_nothing_harmless_links_loads_or_is_html(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(harmless(text))
    allowed = {"p", "code", "pre", "em", "strong", "br", "h1", "h2", "ol", "ul", "li", "hr"}
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {*allowed, "blockquote"}
