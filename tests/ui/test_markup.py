"""What a hostile document or row could put into an answer, and what is left of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.markup import highlighted, plain, safe_markdown

JOINER = "\u2060"

HOSTILE = {
    # case: (text, what comes out, with | for the joiner)
    "image": ("![a](http://x.y/z.png)", r"!\[a\](http:|//x.y/z.png)"),
    "link": ("[a](http://x.y)", r"\[a\](http:|//x.y)"),
    "reference": ("[a][b]\n\n[b]: http://x.y", "\\[a\\]\\[b\\]\n\n\\[b\\]: http:|//x.y"),
    "marker as a link": ("[1](http://x.y)", ":primary-badge[1](http:|//x.y)"),
    "marker as a reference": ("[1]: http://x.y", ":primary-badge[1]: http:|//x.y"),
    "marker with attributes": ("[1]{onclick=x}", r":primary-badge[1]\{onclick=x\}"),
    "footnote": ("[^1]", r"\[\^1\]"),
    "html": ("<img src=x onerror=y>", r"\<img src=x onerror=y>"),
    "html comment": ("<!-- a -->", r"\<!-- a -->"),
    "autolink": ("<http://x.y>", r"\<http:|//x.y>"),
    "bare address": ("https://x.y/z", "https:|//x.y/z"),
    "bare host": ("www.x.y and WWW.x.y", "www|.x.y and WWW|.x.y"),
    "mail": ("a@x.y mailto:a@x.y", "a@|x.y mailto:|a@|x.y"),
    "escaped address": (r"https\:\/\/x.y www\.x.y a\@x.y", r"https:|//x.y www|\.x.y a@|x.y"),
    "marker after a colon": (":[1] a::[2]", ":|:primary-badge[1] a:|:|:primary-badge[2]"),
    "nothing": ("", ""),
    "a break before nothing": ("a\\\n", r"a\\"),
    "entity": ("&lt;img&gt; &#58;red[a]", r"\&lt;img\&gt; \&#58;red\[a\]"),
    "colour": (":red[a] :blue-background[b]", r":|red\[a\] :|blue-background\[b\]"),
    "container": (":::note\na\n:::", ":|:|:|note\na\n:|:|:"),
    "icon": (":material/bolt: :streamlit:", ":|material/bolt: :|streamlit:"),
    "escaped icon": (r"\:material/bolt:", ":|material/bolt:"),
    "emoji": (":smile: :+1: :100:", ":|smile: :|+1: :|100:"),
    "formula": ("$x^2$ $$y$$", r"\$x\^2\$ \$\$y\$\$"),
    "code that hides a link": ("`a`[b](c)`", r"`a`\[b\](c)\`"),
    "code with more than code": ("`<b>` `$x$`", r"\`\<b>` `\$x\$\`"),
    "unclosed fence": ("```\n<b>", "\\`\\`\\`\n\\<b>"),
    "diagram": ("```mermaid\ngraph\n```", "\\`\\`\\`mermaid\ngraph\n\\`\\`\\`"),
    "tilde fence": ("~~~mermaid\na\n~~~", "\\~\\~\\~mermaid\na\n\\~\\~\\~"),
    "direction": ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
    "control": ("a\x00\x1b[1mb\rc", "a\\[1mb\nc"),
    "lone backslash": ("a\\b", r"a\\b"),
}


@pytest.mark.parametrize(("text", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_acts(text: str, expected: str) -> None:
    assert safe_markdown(text).replace(JOINER, "|").rstrip("|") == expected.rstrip("|")


KEPT = {
    "emphasis": ("**a** *b* __c__",) * 2,
    "list": ("- a\n- b\n1. c",) * 2,
    "quotation": ("> a\n> b",) * 2,
    "line break": ("a\\\nb",) * 2,
    "heading": ("## a",) * 2,
    "table": ("| a | b |\n|---|---|\n| 1 | 2 |",) * 2,
    "code": ("`late_parcels`",) * 2,
    "time of day": ("17:42:10 UTC, from 9:00",) * 2,
    "prose": ("It's 1,234.50 EUR (31 %); see: this/that - or not!",) * 2,
    "escaped punctuation": (r"\*a\* \_b\_ 1\.", r"\*a\* \_b\_ 1\."),
    "marker": ("late [1], [12]", "late :primary-badge[1], :primary-badge[12]"),
    "escaped marker": (r"\[1\]", r"\[1\]"),
    "not a marker": ("[1234] [a]", r"\[1234\] \[a\]"),
    "query": ("so:\n```sql\nSELECT `a` < 1\n```\nend", "so:\n\n```sql\nSELECT `a` < 1\n```\n\nend"),
    "bare fence": ("```\n<b>\n```", "```text\n<b>\n```"),
}


@pytest.mark.parametrize(("text", "expected"), KEPT.values(), ids=KEPT.keys())
def test_structure_stays(text: str, expected: str) -> None:
    assert safe_markdown(text) == expected


PLAIN = {
    "markdown": ("**a** [1] `b`", r"\*\*a\*\* \[1\] \`b\`"),
    "lines": ("a\n\n# b", r"a \# b"),
    "icon": (":material/x:", ":|material/x:"),
    "long": ("x" * 400, "x" * 299 + "…"),
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_plain_is_one_line_of_characters(text: str, expected: str) -> None:
    assert plain(text).replace(JOINER, "|") == expected


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(alphabet="ab1 \n\\[]()<>!$:@./wh*_#&~{}^|-+\"'"))
def test_what_could_act_is_always_escaped(text: str) -> None:
    made = re.sub(r":primary-badge\[\d{1,3}\]", "", safe_markdown(text))
    unescaped = re.sub(r"\\.", "", made, flags=re.DOTALL)
    assert not set("[]<{}$&~^\\") & set(unescaped)
    assert not re.search(r":[a-z/+-]|@[a-z]|www\.", re.sub(r"\\(.)", r"\1", made))


class _Read(HTMLParser):
    """The tags with their attributes, and the text as a browser shows it."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[tuple[str, tuple[tuple[str, str | None], ...]]] = set()
        self.text = self.marked = ""
        self._inside = False
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, tuple(attrs)))
        self._inside = tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self._inside else ""

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")


def shown(text: str) -> str:
    unseen = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    return re.sub(unseen, "", text)


@pytest.mark.parametrize("text", [case[0] for case in HOSTILE.values()], ids=HOSTILE.keys())
def test_a_highlighted_text_is_text(text: str) -> None:
    middle = len(text) // 2
    read = _Read(highlighted(text, [(1, middle)] if middle > 1 else []))
    assert read.tags <= {("div", (("class", "quoted"),)), ("mark", ())}
    assert read.text == shown(text.replace("\r", "\n"))


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(alphabet="ab<>&;!-'\"/=#x \n\u202e`$:[]()"), st.data())
def test_no_part_of_a_highlighted_text_is_html(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    read = _Read(highlighted(text, [(start, end)]))
    assert read.tags <= {("div", (("class", "quoted"),)), ("mark", ())}
    assert (read.text, read.marked) == (shown(text), shown(text[start:end]))
