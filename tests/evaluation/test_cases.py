"""Case files: what they may say, and what is said of a wrong one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import ConfigError
from app.evaluation import cases

AGENT = Path(__file__).parents[1] / "cases" / "evaluation" / "agent.yaml"

WHOLE = """\
name: shop
now: 2026-11-22T17:30:00Z
sample: true
cases:
  - question: How many orders?
    sql: SELECT COUNT(*) FROM orders
    tags: [count, simple]
  - question: Which?
    rows: [[Berlin, 3], [Rome, 2.5]]
    ordered: true
    document: policy
  - question: What is the weather in Rome?
    abstain: true
  - question: and in Berlin?
    after: ["How many orders?"]
    rows: [[null]]
  - question: What do we owe?
    document: late-delivery|faq
    says: [EUR 5|5 EUR, late]
    says_not: EUR 10
  - question: How are we doing?
    ask_back: true
"""

FINANCE = """\
now: "2026-11-22T18:30:00+01:00"
time_zone: Europe/Berlin
tables: tables/finance.sql
documents: [docs, more/a.md]
data: tests.data
cases: [{question: a, abstain: true}]
"""


def read(text: str, folder: Path) -> cases.CaseFile:
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return cases.read(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    file = read(WHOLE, tmp_path)
    assert (file.name, file.sample, file.time_zone) == ("shop", True, "UTC")
    assert file.now == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    count, which, weather, berlin, owed, doing = file.cases
    assert count == cases.Case(
        "How many orders?", 5, "SELECT COUNT(*) FROM orders", tags=("count", "simple")
    )
    assert which.rows == (("Berlin", 3), ("Rome", 2.5))
    assert which.ordered
    assert which.document == "policy"
    assert weather.abstain
    assert not weather.expects_rows
    assert berlin.after == ("How many orders?",)
    assert berlin.rows == ((None,),)
    assert berlin.line == 14
    assert owed.document == "late-delivery|faq"
    assert (owed.says, owed.says_not) == (("EUR 5|5 EUR", "late"), ("EUR 10",))
    assert doing.ask_back
    assert [case.is_silent for case in file.cases] == [False, False, True, False, False, True]


def test_the_cases_for_a_chat_model_are_of_three_kinds() -> None:
    found = cases.read(AGENT).cases
    assert Counter(case.tags[0] for case in found) == {"stream": 20, "document": 20, "both": 20}
    assert sum("trap" in case.tags for case in found) >= 30
    silent = [case.is_silent for case in found if not case.says and not case.expects_rows]
    assert all(silent)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    file = read(FINANCE, tmp_path)
    assert file.name == "cases"
    assert file.tables == (tmp_path / "tables/finance.sql",)
    assert file.documents == (tmp_path / "docs", tmp_path / "more/a.md")
    assert (file.data, file.time_zone) == ("tests.data", "Europe/Berlin")
    assert file.now == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def test_a_file_may_ask_what_is_configured(tmp_path: Path) -> None:
    file = read("cases: [{question: a, abstain: true}]", tmp_path)
    assert (file.now, file.time_zone, file.tables, file.sample) == (None, "", (), False)


HEAD = "now: 2026-11-22T17:30:00Z\nsample: true\n"
CASE = "cases:\n  - question: a\n"

WRONG = [
    ("", 1, "empty"),
    ("- a", 1, "A case file is a mapping"),
    ("cases: [", 1, "not valid YAML"),
    ("a: b\na: 'c", 2, "not valid YAML"),
    (HEAD + "case: []", 3, "no key case. Did you mean cases?"),
    (HEAD + "colour: red\n" + CASE, 3, "no key colour. Keys are: "),
    (HEAD, 1, "has no cases"),
    (HEAD + "cases: []", 3, "has no cases"),
    (HEAD + "cases: {}", 3, "has no cases"),
    (HEAD + "cases: [a]", 3, "A case is a mapping"),
    (HEAD + "cases:\n  - sql: SELECT 1", 4, "no question"),
    (HEAD + CASE, 4, "“a” does not say what is expected"),
    (HEAD + CASE + "    abstain: false", 4, "does not say what is expected"),
    (HEAD + CASE + "    questoin: b", 5, "no key questoin. Did you mean question?"),
    (HEAD + CASE + "    question: b", 5, "question is given twice"),
    (HEAD + CASE + "    sql: 3", 5, "sql is wrong: it must be text"),
    (HEAD + CASE + "    sql:", 5, "sql is wrong: it must be text"),
    (HEAD + "cases:\n  - question: yes\n    abstain: true", 4, "question is wrong"),
    (HEAD + CASE + "    rows: 3", 5, "a list of rows"),
    (HEAD + CASE + "    rows: [3]", 5, "such as [[3]]"),
    (HEAD + CASE + "    rows: [[3], [3, 4]]", 5, "different numbers of columns"),
    (HEAD + CASE + "    rows: [[2026-13-45]]", 5, "rows is wrong: month must be"),
    (HEAD + CASE + "    rows: [[!python/name:os.system 1]]", 5, "rows is wrong: could not"),
    (HEAD + CASE + "    rows: [[3]]\n    sql: SELECT 3", 5, "both sql and rows"),
    (HEAD + CASE + "    abstain: true\n    sql: SELECT 3", 6, "also `abstain: true`"),
    (HEAD + CASE + "    ask_back: true\n    rows: [[3]]", 6, "also `ask_back: true`"),
    (HEAD + CASE + "    says_not: b", 4, "does not say what is expected"),
    (HEAD + CASE + "    says: [3]", 5, "says is wrong: it must be text"),
    (HEAD + CASE + "    says: [a, b|]", 5, "says is wrong: there must be text on both sides"),
    (HEAD + CASE + "    document: a||b", 5, "there must be text on both sides of |"),
    (HEAD + CASE + "    abstain: maybe", 5, "true or false"),
    (HEAD + CASE + "    document: d\n    ordered: true", 6, "`ordered` needs sql or rows"),
    (HEAD + CASE + "    rows: [[1]]\n    after: [1]", 6, "after is wrong: it must be text"),
    (HEAD + CASE + "    rows: [[1]]\n    tags: 3", 6, "list of texts"),
    (HEAD + CASE + "    rows: [[1]]\n    after: [Why?]", 6, "ends with ? in [ ] needs quotes"),
    ("sample: true\n" + CASE + "    abstain: true", 1, "does not say when it is"),
    ("now: 2026-11-22T17:30:00\n" + CASE, 1, "no time zone"),
    ("now: 2026-11-22\n" + CASE, 1, "must be a moment"),
    ("now: soon\n" + CASE, 1, "must be a moment"),
    ("time_zone: Berlin\n" + CASE, 1, "no such time zone"),
    (HEAD + "tables: t.sql\n" + CASE, 3, "both `sample: true` and tables"),
    (HEAD + "documents: [d]\n" + CASE, 3, "both `sample: true` and documents"),
    ("now: 2026-11-22T17:30:00Z\ndata: tests.data\n" + CASE, 2, "`data` needs tables"),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG)
def test_what_is_wrong_is_said_with_its_line(
    text: str, line: int, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text, tmp_path)
    assert str(raised.value).startswith(f"{tmp_path / 'cases.yaml'}:{line}: ")
    assert message in str(raised.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no case file .*absent\.yaml"):
        cases.read(tmp_path / "absent.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        cases.read(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(ConfigError, match="UTF-8"):
        cases.read(tmp_path / "latin.yaml")


def test_nothing_in_a_file_makes_it_raise_anything_else(tmp_path: Path) -> None:
    for text in ("[" * 5_000, "a: &a [*a]", "\x00", "? [a]\n: b", "cases: &x [*x]", "%YAML 9"):
        with pytest.raises(ConfigError):
            read(text, tmp_path)
