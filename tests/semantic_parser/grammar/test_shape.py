"""What an answer looks like, over a library: groups, rankings, order, listings, yes or no."""

from __future__ import annotations

import pytest

from app.semantic_parser.form import AnyOf
from app.semantic_parser.reading import CONFIDENT
from tests.semantic_parser.grammar.library import conditions_of, read, shape_of

GROUPS = (
    ("loans per branch", "loans: count by branch"),
    ("loans by branch and genre", "loans: count by branch, genre"),
    ("how many loans does each branch have", "loans: count by branch"),
    ("number of loans for every branch: today", "loans: count by branch"),
    ("loans split by genre", "loans: count by genre"),
    ("branch by branch, how many loans today", "loans: count by branch"),
    ("breakdown of loans by state", "loans: count by state"),
    ("average fee per genre and state", "loans: avg fee_eur by genre, state"),
    ("loans per hour and genre today", "loans: count by genre, hour; in time"),
    ("loans per genre and hour today", "loans: count by genre, hour; in time"),
    ("loans in Harbour and Old Town each", "loans: count by branch"),
    ("total fee across all branches", "loans: sum fee_eur"),
    ("which branches have how many loans", "loans: count by branch"),
    ("for which genres were loans overdue and how often each one came up", "loans: count by genre"),
    ("average fee per member points and genre", "loans: avg fee_eur by points, genre"),
)
RANKINGS = (
    ("which branch has the most loans", "loans: count by branch; most, 1"),
    ("who has the most loans - which member", "loans: count by memberId; most, 1"),
    ("which two branches have the fewest overdue loans", "loans: count by branch; least, 2"),
    ("which branch had the highest average fee", "loans: avg fee_eur by branch; most, 1"),
    ("on which day were the most loans", "loans: count by day; most, 1"),
    ("the day with the fewest loans", "loans: count by day; least, 1"),
    ("the branch with the most loans", "loans: count by branch; most, 1"),
    ("three members with the highest total fee", "loans: sum fee_eur by memberId; most, 3"),
    ("which branch has paid the most in fees", "loans: sum fee_eur by branch; most, 1"),
    ("top 3 branches by fee", "loans: sum fee_eur by branch; most, 3"),
    ("loans by branch and genre, top 5", "loans: count by branch, genre; most, 5"),
    ("top 3 genres per branch", "loans: count by branch, genre; most, 3 per branch"),
    ("most popular genre in each branch", "loans: count by branch, genre; most, 1 per branch"),
    ("the largest loan of each member", "loans: rows; most fee_eur, 1 per memberId"),
    ("top 2 genres per day", "loans: count by genre, day; most, 2 per bucket"),
    ("top 5 loans by fee", "loans: rows; most fee_eur, 5"),
    ("which of the branches has the most loans", "loans: count by branch; most, 1"),
    ("which is the branch that had poetry loans the most times", "loans: count by branch; most, 1"),
    ("branch with worst average wait", "loans: avg wait_min by branch; most, 1"),
)
KEPT = (
    ("which branches have more than 10 loans", "loans: count by branch; >10"),
    ("branches with at least 20 overdue loans", "loans: count by branch; >=20"),
    ("members who borrowed more than 3 times", "loans: count by memberId; >3"),
    ("members with 3 loans or more", "loans: count by memberId; >=3"),
    ("genres with an average fee above 5", "loans: avg fee_eur by genre; >5"),
    ("members who spent more than 50 euros", "loans: sum fee_eur by memberId; >50"),
    ("how many members have more than 3 loans", "loans: count by memberId; >3; count of them"),
    ("how many members have only one loan", "loans: count by memberId; =1; count of them"),
)
ORDERS = (
    ("branches by number of loans, fewest first", "loans: count by branch; least"),
    ("rank the branches by number of loans", "loans: count by branch"),
    ("genres from the rarest to the most frequent", "loans: count by genre; least"),
    ("loans by branch, in alphabetical order", "loans: count by branch; least branch"),
    ("branches sorted by total fee, ascending", "loans: sum fee_eur by branch; least"),
    ("show loans sorted by fee, descending", "loans: rows; most fee_eur"),
    ("overdue loans, newest first", "loans: rows; most loaned_at"),
)
SEVERAL = (
    ("total fee and wait per branch", "loans: sum fee_eur, sum wait_min by branch"),
    ("average fee, wait per branch", "loans: avg fee_eur, avg wait_min by branch"),
    ("average fee and wait of crime loans", "loans: avg fee_eur, avg wait_min"),
    ("number of loans and fees by branch", "loans: count, sum fee_eur by branch"),
    ("total fee and average wait by branch", "loans: sum fee_eur, avg wait_min by branch"),
)
NEWEST = (
    (
        "current door position of every locker",
        "locker_log: each lockerId, door; newest of lockerId",
    ),
    (
        "latest battery charge of locker L-1",
        "locker_log: each lockerId, battery_pct; newest of lockerId",
    ),
    (
        "how many lockers are jammed right now",
        "locker_log: count lockerId; newest of lockerId door=jammed",
    ),
    (
        "which lockers are currently ajar",
        "locker_log: each lockerId; newest of lockerId door=ajar",
    ),
    (
        "how many lockers per door position by their latest report",
        "locker_log: count lockerId by door; newest of lockerId",
    ),
    (
        "what is now the latest door of the lockers, how many lockers per door",
        "locker_log: count lockerId by door; newest of lockerId",
    ),
    ("which loans are open at the moment", "loans: rows; most loaned_at"),
)
LISTINGS = (
    ("show the 5 latest overdue loans", "loans: rows; most loaned_at, 5"),
    ("last loan from Harbour", "loans: rows; most loaned_at, 1"),
    ("the 2 latest loans of each member", "loans: rows; most loaned_at, 2 per memberId"),
    ("when was the last loan", "loans: max loaned_at"),
    ("when did each branch first lend something", "loans: min loaned_at by branch"),
    ("list all overdue loans", "loans: rows; most loaned_at"),
    ("which loans are overdue", "loans: rows; most loaned_at"),
    ("which genres were lent in Harbour", "loans: each genre"),
    ("list the different genres", "loans: each genre"),
    ("what genres are there", "loans: each genre"),
    ("show loans with their genre", "loans: each loan_id, genre"),
    ("give me loan number and branch of overdue loans", "loans: each loan_id, branch"),
    ("what is the state of loan 4711", "loans: each loan_id, state"),
    ("genres of the loans that are overdue", "loans: each genre"),
    ("are there overdue loans, and if so, which ones?", "loans: rows; most loaned_at"),
)
WHETHER = (
    ("are there any overdue loans", "loans: count; any?"),
    ("has Harbour lent any poetry today", "loans: count; any?"),
    ("any loans today?", "loans: count; any?"),
    ("do we have overdue loans", "loans: count; any?"),
)
ALL = (*GROUPS, *RANKINGS, *KEPT, *ORDERS, *SEVERAL, *NEWEST, *LISTINGS, *WHETHER)


@pytest.mark.parametrize(("question", "expected"), ALL)
def test_a_question_is_read_as_its_shape(question: str, expected: str) -> None:
    found = read(question)
    assert shape_of(found.form) == expected
    assert found.confidence >= CONFIDENT, (found.unexplained, found.reasons)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which two branches have the fewest overdue loans", ["state=overdue"]),
        ("loans in Harbour and Old Town each", ["branch=Harbour,Old Town"]),
        ("what is the state of loan 4711", ["loan_id=4711"]),
        ("how many lockers are jammed right now", []),
    ],
)
def test_conditions_stay_where_they_belong(question: str, expected: list[str]) -> None:
    form = read(question).form
    assert conditions_of(form) == expected
    assert not any(isinstance(f, AnyOf) for f in form.filters)
