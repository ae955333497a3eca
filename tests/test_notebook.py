"""How answers show in notebooks: complete, and with nothing in them that loads or runs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import notebook, plain
from app.answer import Source
from tests.samples import NOW, answer, passage, result


def test_html_shows_text_sources_rows_and_freshness() -> None:
    shown = answer()._repr_html_()
    for part in (
        "<strong>12.50</strong>",
        "<sup>[1]</sup>",
        "SELECT carrier",
        "Nordwind",
        "2026-11-22 17:30:00 UTC",
        "One remark.",
        "owed = SUM(shipments.owed)",
        "&lt;i&gt;carrier&lt;/i&gt;",
        "shipments is topic &lt;b&gt;parcels&lt;/b&gt;, offsets 0: 120 to 340, 1: 7 to 7",
    ):
        assert part in shown


def test_markdown_says_which_offsets_were_read() -> None:
    shown = answer()._repr_markdown_()
    assert "offsets 0: 120 to 340, 1: 7 to 7 (220 records)" in shown.replace("\\", "")
    assert "<b>" not in shown


def test_a_passage_comes_with_its_page_age_and_version() -> None:
    told = passage(page=3, modified=NOW - timedelta(days=3), version="0123abcd")
    shown = answer(sources=(Source(1, told),))
    place = "page 3 · characters 10 to 40 · changed 3 days ago (19 Nov 2026) · version 0123abcd"
    assert place in shown._repr_html_()
    assert "page 3" in shown._repr_markdown_()
    assert shown.to_dict()["sources"][0]["modified"] == "2026-11-19T17:30:00+00:00"
    plainest = answer(sources=(Source(1, passage()),))._repr_html_()
    assert "policies/late.md · characters 10 to 40</small>" in plainest


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](http://127.0.0.1/x.png)",
        '<a href="http://127.0.0.1">here</a>',
        "</details><iframe src=x>",
    ],
)
def test_nothing_from_outside_becomes_markup(hostile: str) -> None:
    shown = answer(
        text=hostile,
        notices=(hostile,),
        sources=(Source(1, result(sql=hostile)), Source(2, passage(text=hostile, title=hostile))),
    )._repr_html_()
    allowed = {
        "div",
        "p",
        "em",
        "details",
        "summary",
        "blockquote",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "small",
        "sup",
        "strong",
        "ul",
        "ol",
        "li",
        "br",
    }
    assert {tag.lower() for tag in re.findall(r"<\s*/?\s*([A-Za-z]+)", shown)} <= allowed
    assert not re.search(r"<[^>]*\b(src|href|on\w+)\s*=", shown)


def test_nothing_from_outside_becomes_markdown() -> None:
    hostile = "![x](http://127.0.0.1/x.png) <img src=x> [a](javascript:b)"
    sources = (Source(1, result(sql="SELECT '\n```\n![x](y)'")), Source(2, passage(title=hostile)))
    shown = answer(notices=(hostile,), sources=sources)._repr_markdown_()
    assert hostile not in shown
    assert "<img" not in shown.replace("\\<img", "")
    assert "````sql" in shown


def test_the_sentences_used_are_marked() -> None:
    found = passage(text="We owe EUR 5. <b>Nothing</b> else is due.")
    one = answer(text="EUR 5 are what we owe [2].", sources=(Source(2, found),))
    shown = one._repr_html_()
    assert "<mark>We owe EUR 5.</mark> &lt;b&gt;Nothing" in shown
    [source] = plain.of_answer(one)["sources"]
    assert source["used"] == [[found.start, found.start + len("We owe EUR 5.")]]


def test_choices_are_a_numbered_list() -> None:
    asked = answer(
        text="Which of these do you mean?\n\n1. by carrier\n2. by \\*city\\*",
        choices=("by carrier", "by *city*"),
    )
    assert "<ol><li>by carrier</li><li>by *city*</li></ol>" in asked._repr_html_()
    assert "\n1. by carrier\n" in asked._repr_markdown_()
    assert plain.of_answer(asked)["choices"] == ["by carrier", "by *city*"]


def test_markdown_names_every_source() -> None:
    shown = answer()._repr_markdown_()
    assert "**[1]** Flink SQL over shipments" in shown
    assert "**[2]** Late parcels › What we owe" in shown
    assert "```sql\nSELECT carrier" in shown


def test_many_rows_are_cut_and_counted() -> None:
    many = result()
    many = result(table=many.table.take([0] * 25))
    assert "and 15 more rows" in notebook.to_html(answer(sources=(Source(1, many),)))


def test_plain_keeps_decimals_exact() -> None:
    [query, found] = plain.of_answer(answer())["sources"]
    assert query["kind"] == "query"
    assert query["rows"][0] == {
        "carrier": "Nordwind",
        "owed": "12.50",
        "last_scan": "2026-11-22T17:30:00+00:00",
    }
    assert found["kind"] == "passage"
    assert found["document"] == "policies/late.md"
