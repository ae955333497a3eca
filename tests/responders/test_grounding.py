"""Texts and evidence: what is borne out, what is not, and how that is shown."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.answer import QueryResult, Source
from app.markdown import quote
from app.responders import grounding
from app.responders.grounding import MARK, examine, marked
from app.responders.passages import excerpt
from tests.responders.fakes import passage
from tests.responders.grounding_cases import DISHONEST, EVIDENCE, HONEST, NAMES, QUESTION


@pytest.mark.parametrize("text", HONEST)
def test_borne_out(text: str) -> None:
    assert examine(text, EVIDENCE, readings=[QUESTION], names=NAMES) == ()


@pytest.mark.parametrize(("text", "doubted"), DISHONEST)
def test_not_borne_out(text: str, doubted: list[str]) -> None:
    doubts = examine(text, EVIDENCE, readings=[QUESTION], names=NAMES)
    assert [d.text for d in doubts] == doubted
    assert all(text[d.start : d.end] == d.text for d in doubts)
    assert all(d.message.endswith(".") for d in doubts)


def test_there_are_as_many_honest_texts_as_others() -> None:
    assert min(len(HONEST), len(DISHONEST)) >= 50


def test_messages_are_said_once_each() -> None:
    text = '13 late, 13 in all [4]; `nothing_such`. "Not a word of this"\n\n`SELECT 1 FROM x`'
    assert grounding.check(text, EVIDENCE, names=NAMES) == (
        "The number 13 in the text is not in the evidence.",
        "The text points to [4], but there is no such source.",
        "The name nothing_such in the text is no table or column, nor in the evidence.",
        "The quote “Not a word of this” is not in the evidence.",
        "This SQL did not run.",
    )


def test_names_are_not_looked_at_where_none_are_known() -> None:
    assert grounding.check("`nothing` and no_such_thing", EVIDENCE) == ()


def test_moments_of_a_query_bear_out_how_they_are_asked() -> None:
    sql = "t >= TIMESTAMP '2026-08-20 20:00:00' AND t < TIMESTAMP '2026-11-23 00:00:00'"
    source = Source(1, QueryResult(sql, pa.table({"n": [1]}), ("t",)))
    assert grounding.check("Since 8 pm, until the 22nd of November: 3 months [1].", (source,)) == ()
    assert grounding.check("The last 4 months, since 9 pm [1].", (source,)) != ()


def test_without_evidence_no_number_holds() -> None:
    assert len(grounding.check("5 parcels and 5 orders [1]", ())) == 2


def test_pairs_bear_nothing_out_that_is_not_said_to_be_one() -> None:
    rows = pa.table({"page": [f"p{i}" for i in range(40)], "views": [i * i for i in range(40)]})
    evidence = (Source(1, QueryResult("SELECT 1", rows, ("page_views",))),)
    assert len(grounding.check("There were 77 views, and 75 of them new [1].", evidence)) == 2
    assert grounding.check("p39 had 77 more views than p38 [1].", evidence) == ()


_VALUES = st.one_of(
    st.integers(0, 10**12),
    st.floats(0, 1e9, allow_subnormal=False).map(lambda n: round(n, 6)),
    st.decimals(0, 10**7, places=2).map(float),
)
_FORMATS = ("{}", "{:,}", "{:_}", "{:.0f}", "{:.1f}", "{:,.2f}", "{:g}", "{:.3g}", "{:.2e}")


@given(
    _VALUES, st.sampled_from(_FORMATS), st.sampled_from(["{}", "**{}**", "EUR {}", "€{}", "{} x"])
)
def test_whatever_python_writes_of_a_value_is_borne_out(value: float, how: str, put: str) -> None:
    evidence = (Source(1, QueryResult("SELECT n", pa.table({"n": [value]}), ("t",))),)
    text = f"It is {put.format(how.format(value))} [1]."
    assert grounding.check(text, evidence) == ()


@given(st.floats(0, 1).map(lambda n: round(n, 5)), st.sampled_from(["{:.0%}", "{:.1%}", "{:.2%}"]))
def test_whatever_python_writes_of_a_share_is_borne_out(share: float, how: str) -> None:
    evidence = (Source(1, QueryResult("SELECT n", pa.table({"n": [share]}), ("t",))),)
    assert grounding.check(f"It is {how.format(share)} [1].", evidence) == ()


@given(st.integers(631_152_000, 3_786_912_000), st.integers(-11, 12))
def test_whatever_is_written_of_a_moment_in_any_zone_is_borne_out(at: int, hours: int) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    evidence = (Source(1, QueryResult("SELECT t", pa.table({"t": [moment]}), ("t",))),)
    local = moment + timedelta(hours=hours)
    for said in ("%Y-%m-%d %H:%M", "%d %B %Y, %H:%M:%S", "%b %d at %I:%M %p", "%Y-%m-%dT%H:%M:%SZ"):
        assert grounding.check(local.strftime(said), evidence) == ()


_PROSE = st.lists(
    st.text(st.characters(categories=("Ll", "Lu", "Zs")), min_size=1, max_size=12), max_size=40
).map(" ".join)


@given(_PROSE)
def test_a_text_without_claims_has_no_doubts(text: str) -> None:
    assert examine(text, EVIDENCE) == ()


_MARKDOWN = st.lists(
    st.sampled_from(
        ["Late parcels ", "777", "`888`", "**13**", "[7]", "[a 99 b](http://x/5)", "\n", "\n\n",
         "> no such thing\n", "```sql\nSELECT 5 FROM x\n```\n", "- item 66\n", "| a | 55 |\n",
         "|---|---|\n", "“nobody ever said this”", "``` \n44\n", "    33\n", "`no_such`", "_5 d_ ",
         "> ~~~\n> 22\n> ~~~\n", "# 13\n", " ", "\\", "*", "`"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.one_of(st.text(max_size=200), _MARKDOWN))
def test_marking_removes_nothing_and_is_done_once(text: str) -> None:
    text = text.replace("⚠", "")
    doubts = examine(text, EVIDENCE, names=NAMES)
    assert all(0 <= d.start < d.end <= len(text) for d in doubts)
    assert all((a.start, a.end) <= (b.start, b.end) for a, b in pairwise(doubts))
    shown = marked(text, doubts)
    assert shown.replace(f"\n{MARK}", "").replace(MARK, "") == text
    assert bool(doubts) == (MARK in shown)
    assert marked(text, (*doubts, *doubts)) == shown


@settings(derandomize=True)
@given(_MARKDOWN.filter(lambda text: "````" not in text))  # no fence that nothing closes
def test_a_marked_text_is_not_marked_again(text: str) -> None:
    shown = marked(text, examine(text, EVIDENCE, names=NAMES))
    assert marked(shown, examine(shown, EVIDENCE, names=NAMES)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**13** late [9].", "**13** ⚠ late [9] ⚠."),
        ("`888` late", "`888` ⚠ late"),
        ("see [13 of](http://x/7) them", "see [13 of](http://x/7) ⚠ them"),
        ("> no such words [2]\n\nmore", "> no such words [2] ⚠\n\nmore"),
        ("| n |\n|---|\n| 47 |", "| n |\n|---|\n| 47 ⚠ |"),
        ("> | n |\n> |---|\n> | 47 |", "> | n |\n> |---|\n> | 47 |\n ⚠"),
        ("```sql\nSELECT 1 FROM x\n```\nmore", "```sql\nSELECT 1 FROM x\n```\n ⚠\nmore"),
        ("```sql\nSELECT 1 FROM x", "```sql ⚠\nSELECT 1 FROM x"),
        ("_“nobody ever said this”_!", "_“nobody ever said this”_ ⚠!"),
    ],
)
def test_marks(text: str, shown: str) -> None:
    assert marked(text, examine(text, EVIDENCE)) == shown
    render = MarkdownIt("commonmark").enable("table").render
    bare = render(shown).replace("<p>⚠</p>\n", "").replace(f"<p>{MARK.strip()}\nmore", "<p>more")
    assert bare.replace(MARK, "") == render(text)


_UNITS = st.sampled_from(
    ["Parcels are *late* after 24 hours.", "- first item",
     "See the [policy](x.md) for `fraud_hold`!",
     "2. second (“item”)", "| a | **b** |", "|---|---|", "| EUR 5.50 | 1,200 |", "# Heading", "",
     "It's 7.5 % — or <b>more</b>... perhaps",
     "snake_case and __bold__ and a@b.example", "* x \\* y",
     "1. 2. nested", "www.example.com", "![alt](y.png)"]
)  # fmt: skip


@given(st.lists(_UNITS, min_size=1, max_size=12).map("\n".join), st.text(max_size=20))
def test_what_the_rules_responder_quotes_passes(text: str, query: str) -> None:
    cited = passage(text)
    if not any(c.isalnum() for c in text):
        return
    said = quote(excerpt(cited, query), "[1]")
    assert grounding.check(said, (Source(1, cited),)) == ()


@given(st.text(max_size=300))
def test_any_text_is_checked_without_raising(text: str) -> None:
    grounding.check(text, (Source(1, passage(text)), *EVIDENCE[:1]), readings=[text], names=NAMES)


def _work(rows: int, paragraphs: int) -> float:
    """Seconds for a text of many claims over a wide result, the best of three runs."""
    columns = {f"n{c}": [(i * 7919 + c) % 99_991 / 8 for i in range(rows)] for c in range(15)}
    texts = {f"t{c}": [f"Value {i} of {c}" for i in range(rows)] for c in range(5)}
    source = Source(1, QueryResult("SELECT 1", pa.table({**columns, **texts}), ("t",)))
    said = "There were 1,234.5 more than 17 % of `order_id`, “as was said before by all” [1].\n\n"
    times = []
    for _ in range(3):
        started = time.process_time()
        examine(said * paragraphs, (source,), names=NAMES)
        times.append(time.process_time() - started)
    return min(times)


def test_time_grows_with_the_work_and_not_faster() -> None:
    small, large = _work(250, 50), _work(1_000, 200)
    assert large < 8 * small  # four times the work


def test_decimals_and_odd_values_are_read() -> None:
    rows = pa.table(
        {
            "d": [Decimal("12.50"), None],
            "l": [[1, 2], [77]],
            "f": [float("nan"), float("inf")],
            "b": [True, False],
            "n": [-3, 10**18],
        }
    )
    evidence = (Source(1, QueryResult("SELECT 1", rows, ("t",))),)
    assert grounding.check("12.5, 77, -3 and 1e18 [1]", evidence) == ()
