"""Examples are files: what is proposed comes back, and what people put there is taken as it is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigError
from app.memory import example_file
from app.memory.examples import MOST_BYTES, Example, Examples
from tests.samples import NOW

QUESTION = "Which carriers have the most late parcels in the last hour?"
SQL = "SELECT carrier, COUNT(*) AS n\nFROM shipments\nGROUP BY carrier"


def said(example: Example) -> tuple[str, str, datetime | None]:
    return example.question, example.sql, example.asked_at


def test_a_proposal_is_the_file_that_the_documentation_shows(tmp_path: Path) -> None:
    example = Examples(tmp_path).propose(QUESTION, "SELECT 1", NOW)
    assert example.file.parent == tmp_path / "proposed"
    assert example.file.read_bytes().decode() == (
        f"-- question: {QUESTION}\n-- asked: 2026-11-22T17:30:00+00:00\nSELECT 1\n"
    )
    assert example.id.startswith("which-carriers-have-the-most-late-parcels-in-the-last-hour-")
    assert [p.name for p in example.file.parent.iterdir()] == [f"{example.id}.sql"]
    assert (example.status, example.problem) == ("proposed", "")


FILES = {
    "as written": (f"-- question: {QUESTION}\n-- asked: 2026-11-22T17:30:00+00:00\n{SQL}\n", NOW),
    "the other order": (
        f"-- asked: 2026-11-22T17:30:00+00:00\n\n-- question: {QUESTION}\n\n{SQL}",
        NOW,
    ),
    "no moment": (f"-- question: {QUESTION}\n{SQL}", None),
    "no moment that is one": (f"-- question: {QUESTION}\n-- asked: this morning\n{SQL}", None),
    "a moment without a zone": (f"-- asked: 2026-11-22 17:30\n-- question: {QUESTION}\n{SQL}", NOW),
    "a date": (
        f"-- question: {QUESTION}\n-- asked: 2026-11-22\n{SQL}",
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
    "another zone": (f"-- question: {QUESTION}\n-- asked: 2026-11-22T18:30:00+01:00\n{SQL}", NOW),
    "loose": (f"\n  --Question :   {QUESTION}  \n--ASKED:2026-11-22T17:30:00Z\n\n\n{SQL}\n\n", NOW),
    "Windows": (f"\ufeff-- question: {QUESTION}\n{SQL}\n".replace("\n", "\r\n"), None),
    "old Macintosh": (f"-- question: {QUESTION}\n{SQL}\n".replace("\n", "\r"), None),
    "a line between": (f"-- question: {QUESTION}\n--\n{SQL}", None),
}


@pytest.mark.parametrize(("text", "asked_at"), FILES.values(), ids=FILES.keys())
def test_files_are_read_as_people_write_them(
    tmp_path: Path, text: str, asked_at: datetime | None
) -> None:
    (tmp_path / "late parcels.sql").write_bytes(text.encode())
    [example] = Examples(tmp_path).all()
    assert said(example) == (QUESTION, SQL, asked_at)
    assert (example.id, example.status, example.problem) == ("late parcels", "verified", "")


def test_a_question_may_have_several_lines(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(f"-- question: Two\n-- question: lines\n-- A remark\n{SQL}")
    [example] = Examples(tmp_path).all()
    assert example.question == "Two\nlines"
    assert example.sql == f"-- A remark\n{SQL}"


PROBLEMS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no line that begins with `-- question:`"),
    "no question": (b"SELECT 1", "no line that begins with `-- question:`"),
    "no SQL": (b"-- question: What?\n", "no SQL"),
    "no text": (b"\xff\xfe-- question", "no UTF-8"),
    "too great": (b"-- question: What?\nSELECT 1" + b" " * MOST_BYTES, "greater than"),
}


@pytest.mark.parametrize(("data", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_file_that_is_of_no_use_is_told_with_the_others(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    (tmp_path / "bad.sql").write_bytes(data)
    (tmp_path / "good.sql").write_text(f"-- question: {QUESTION}\n{SQL}")
    bad, good = Examples(tmp_path).all()
    assert (bad.id, good.problem) == ("bad", "")
    assert problem in bad.problem


def test_what_is_no_example_is_not_looked_at(tmp_path: Path) -> None:
    for name in ("README.md", ".hidden.sql", "x.sql.tmp", "._x.sql"):
        (tmp_path / name).write_text("-- question: a\nSELECT 1")
    (tmp_path / "folder").mkdir()
    assert Examples(tmp_path).all() == ()
    assert Examples(tmp_path / "nowhere").all() == ()
    (tmp_path / "named like one.sql").mkdir()
    [example] = Examples(tmp_path).all()
    assert "cannot be read" in example.problem


HOSTILE = {
    "newlines": "How many\norders\r\nare\rthere?",
    "a comment": "-- asked: yesterday",
    "a header": "a\n-- question: b\n-- asked: 2026-01-01T00:00:00+00:00",
    "SQL": "x\n; DROP TABLE orders; --",
    "comment ends": "*/ SELECT 1 /* /*+ OPTIONS('path'='/etc') */",
    "a path": "../../etc/passwd",
    "a root": "/etc/passwd",
    "Windows paths": "C:\\con\\..\\nul.sql",
    "a device": "con",
    "long": "a b" * 1333 + "c",
    "emoji": "🦄" * 50,
    "another script": "昨日の売上はいくらでしたか",
    "line ends of Unicode": "a\u2028b\u2029c\x85d\x0be",
    "nothing seen": "a\u202eb\x00c\x1b[31m",
    "half a character": "a\ud83eb",
    "dots": "...",
    "quotes": "`'\"${HOME}$(id)%s{0}",
}


@pytest.mark.parametrize("question", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_question_is_a_comment_in_a_file_of_its_folder(
    tmp_path: Path, question: str
) -> None:
    examples = Examples(tmp_path / "examples")
    example = examples.propose(question, SQL, NOW)
    assert said(example) == (example_file.normal_question(question), SQL, NOW)
    assert said(examples.approve(example.id)) == said(example)
    [path] = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert path.parent == tmp_path / "examples"
    assert path.stem == example.id
    assert set(path.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(path.name) <= 80
    text = path.read_text()
    assert text.endswith(f"\n{SQL}\n")
    assert all(line.startswith("--") for line in text.removesuffix(f"{SQL}\n").splitlines())


SQLS = {
    "a header": "-- question: Another\nSELECT 1",
    "a moment": "-- asked: 2026-01-01\nSELECT 1",
    "a line": "--\nSELECT 1",
    "two lines": "--\n--\nSELECT 1",
    "a remark": "-- By carrier\nSELECT 1",
    "a hint": "SELECT /*+ STATE_TTL('a' = '1d') */ 1",
    "blank lines": "SELECT 1,\n\n\n  2",
    "tabs": "SELECT\t1",
    "a semicolon": "SELECT 1;",
}


@pytest.mark.parametrize("sql", SQLS.values(), ids=SQLS.keys())
def test_sql_comes_back_as_it_was(tmp_path: Path, sql: str) -> None:
    assert Examples(tmp_path).propose(QUESTION, sql, NOW).sql == sql


LINES = st.lists(
    st.sampled_from(
        ["--", "-- question: a", "-- asked: 2026-01-01", "SELECT 1", "", " ", "\r", "x"]
    )
    | st.text(max_size=12),
    max_size=6,
).map("\n".join)


@given(LINES, LINES, st.none() | st.datetimes(timezones=st.just(timezone(timedelta(hours=2)))))
def test_whatever_is_written_is_read(question: str, sql: str, asked_at: datetime | None) -> None:
    question, sql = example_file.normal_question(question), example_file.normal_sql(sql)
    data = example_file.write(question, sql, asked_at).encode()
    assert example_file.read(data.decode("utf-8-sig")) == (question, sql, asked_at)


def test_the_same_again_is_the_same_example(tmp_path: Path) -> None:
    examples = Examples(tmp_path)
    first = examples.propose(QUESTION, SQL, NOW)
    assert examples.propose(f" {QUESTION}\n", f"{SQL}\n", NOW + timedelta(hours=1)) == first
    other = examples.propose(QUESTION, "SELECT 1", NOW)
    assert other.id != first.id
    verified = examples.approve(first.id)
    assert examples.propose(QUESTION, SQL, NOW) == verified
    assert [e.status for e in examples.all()] == ["verified", "proposed"]


def test_an_example_that_was_renamed_or_mended_is_not_proposed_again(tmp_path: Path) -> None:
    examples = Examples(tmp_path)
    first, second = (examples.propose(q, SQL, NOW) for q in ("first?", "second?"))
    first.file.rename(tmp_path / "mine.sql")
    second.file.write_text("-- question: second?\nSELECT 2")
    assert examples.propose("first?", SQL, NOW).id == "mine"
    assert examples.propose("second?", SQL, NOW).sql == "SELECT 2"


def test_approving_moves_the_file_and_rejecting_deletes_it(tmp_path: Path) -> None:
    examples = Examples(tmp_path)
    id_ = examples.propose(QUESTION, SQL, NOW).id
    verified = examples.approve(id_)
    assert (verified.id, verified.status) == (id_, "verified")
    assert verified.file == tmp_path / f"{id_}.sql"
    assert examples.approve(id_) == verified
    assert Examples(tmp_path).all() == (verified,)
    examples.reject(id_)
    assert examples.all() == ()
    for refused in (examples.approve, examples.reject, examples.get):
        with pytest.raises(ConfigError, match="There is no example") as raised:
            refused(id_)
        assert raised.value.hint


@pytest.mark.parametrize("id_", ["", ".", "..", "../x", "/etc/passwd", "proposed", "x\0y"])
def test_an_id_is_no_path(tmp_path: Path, id_: str) -> None:
    (tmp_path / "x.sql").write_text(f"-- question: {QUESTION}\n{SQL}")
    examples = Examples(tmp_path / "examples")
    examples.propose(QUESTION, SQL, NOW)
    with pytest.raises(ConfigError, match="There is no example"):
        examples.reject(id_)
    assert (tmp_path / "x.sql").exists()


def test_an_unreadable_proposal_cannot_be_approved_but_rejected(tmp_path: Path) -> None:
    (tmp_path / "proposed").mkdir()
    (tmp_path / "proposed" / "bad.sql").write_text("SELECT 1")
    examples = Examples(tmp_path)
    with pytest.raises(ConfigError, match="cannot be approved: It has no line") as raised:
        examples.approve("bad")
    assert "bad.sql" in raised.value.hint
    examples.reject("bad")
    assert examples.all() == ()


def test_a_proposal_never_replaces_a_verified_example(tmp_path: Path) -> None:
    (tmp_path / "proposed").mkdir()
    (tmp_path / "a.sql").write_text("-- question: verified\nSELECT 1")
    (tmp_path / "proposed" / "a.sql").write_text("-- question: proposed\nSELECT 2")
    examples = Examples(tmp_path)
    assert [e.id for e in examples.all()] == ["a", "proposed/a"]
    with pytest.raises(ConfigError, match="same name"):
        examples.approve("proposed/a")
    examples.reject("proposed/a")
    assert [e.question for e in examples.all()] == ["verified"]


@pytest.mark.parametrize(
    ("question", "sql"), [("", SQL), (" \n", SQL), (QUESTION, ""), (QUESTION, "x" * MOST_BYTES)]
)
def test_what_can_be_no_example_is_refused(tmp_path: Path, question: str, sql: str) -> None:
    with pytest.raises(ConfigError, match="can be no example"):
        Examples(tmp_path).propose(question, sql, NOW)
    assert not list(tmp_path.iterdir())


def test_a_file_changed_by_hand_is_read_anew(tmp_path: Path) -> None:
    examples = Examples(tmp_path)
    example = examples.propose(QUESTION, SQL, NOW)
    assert examples.get(example.id) is examples.get(example.id)
    example.file.write_text("-- question: Changed\nSELECT 1")
    assert examples.get(example.id).question == "Changed"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may do anything")
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(ConfigError, match="cannot be written"):
        Examples(tmp_path).propose(QUESTION, SQL, NOW)
    tmp_path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read"):
        Examples(tmp_path).all()
    tmp_path.chmod(stat.S_IRWXU)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for use in (Examples(tmp_path / "file").all, lambda: Examples(tmp_path / "file").get("a")):
        with pytest.raises(ConfigError, match="cannot be read") as raised:
            use()
        assert "setting examples" in raised.value.hint


def together(*deeds: Callable[[], object]) -> None:
    """All at the same moment; of an approval and a rejection one may come too late."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        barrier.wait()
        with suppress(ConfigError):
            deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(do, deeds))


@pytest.mark.parametrize("turn", range(30))
def test_races_leave_one_whole_file_or_none(tmp_path: Path, turn: int) -> None:
    one, other = Examples(tmp_path), Examples(tmp_path)  # as two processes have them
    together(*[lambda e=e: e.propose(QUESTION, SQL, NOW) for e in (one, other) * 2])
    [example] = one.all()
    assert said(example) == (QUESTION, SQL, NOW)
    id_ = example.id
    again = [lambda e=e: e.propose(QUESTION, SQL, NOW) for e in (one, other)]
    together(lambda: one.approve(id_), lambda: other.approve(id_), *again)
    [example] = other.all()
    assert (said(example), example.problem) == ((QUESTION, SQL, NOW), "")
    together(lambda: one.reject(id_), lambda: other.reject(id_), lambda: one.approve(id_))
    assert Examples(tmp_path).all() == ()
    assert [p for p in tmp_path.rglob("*") if p.suffix == ".tmp"] == []
    proposed = one.propose("Another?", SQL, NOW)
    together(lambda: one.approve(proposed.id), lambda: other.reject(proposed.id))
    assert [e.problem for e in one.all()] in ([], [""])
