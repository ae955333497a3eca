"""Questions over a theatre whose COMMENTs, codes and states could be taken for other things."""

from __future__ import annotations

import pytest

from app.semantic_parser.reading import CONFIDENT
from tests.semantic_parser.grammar.theatre import read

NOUNS = (
    # a remark in a comment lists no values, and a state of other rows is none of these
    ("how many ticket sales today", "counting ticket sales, today"),
    # several of the rows are rows, though `sale_g` is a number; the singular is the number
    ("which two plays have the most sales",
     "counting sales in ticket sales, per play, the 2 with the most"),
    ("what percentage of sales was mailed",
     "share of sales in ticket sales with state = mailed, in %"),
    # the last word of a compound says what it is
    ("number of distinct spotlight operators yesterday",
     "counting distinct operators in spotlight log, yesterday"),
    # numbers of things add up
    ("how many chairs are there altogether", "total chairs in halls"),
)  # fmt: skip
CONDITIONS = (
    ("how many walk-in sales were there", "counting sales in ticket sales, kind = entry"),
    ("how many sales were not printed", "counting sales in ticket sales, state ≠ printed"),
    ("how many sales are neither collected nor mailed",
     "counting sales in ticket sales, state none of collected or mailed"),
    ("which halls have Hall in their name", 'listing halls, hall name contains "Hall"'),
    ("how many sales were there in H02", "counting sales in ticket sales, hall id = H02"),
    ("how many sales of OPR-99 were there", "counting sales in ticket sales, play = OPR-99"),
    ("highest temperature of SP-04 today",
     "highest heat c in spotlight log, spotlight id = SP-04, today"),
    ("how many sales took longer than 2 hours from sold to collected",
     "counting sales in ticket sales, time from sold at to collected at over 2 hours"),
)  # fmt: skip
FIGURES = (
    ("minimum, maximum and average temperature today",
     "lowest heat c and highest heat c and average heat c in spotlight log, today"),
    ("what was the top temperature today", "highest heat c in spotlight log, today"),
    ("how long does it take on average from sale to collection in hours",
     "average time from sold at to collected at in hours in ticket sales"),
    ("how many more sales were there yesterday than today",
     "difference in sales in ticket sales yesterday against today"),
    ("how many fewer sales were there today than yesterday",
     "difference in sales in ticket sales yesterday against today"),
)  # fmt: skip
ENDS = (
    ("which 3 halls have the worst stars", "listing halls, the lowest 3 by stars"),
    ("which 3 halls have the worst grade", "listing halls, the highest 3 by grade"),
    ("for each cashier, the two plays with the most sales",
     "counting sales in ticket sales, cashier given, per cashier, per play,"
     " the 2 with the most of each cashier"),
    ("show the five most recently collected sales",
     "listing rows of ticket sales, state = collected, the first 5 by collected at, latest"),
    ("list the halls sorted by chairs, biggest first", "listing halls, highest chairs first"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "words"), [*NOUNS, *CONDITIONS, *FIGURES, *ENDS])
def test_questions(question: str, words: str) -> None:
    found = read(question)
    assert found.words == words
    assert found.confidence >= CONFIDENT


def test_a_code_that_fits_nothing_is_left_unexplained() -> None:
    found = read("how many sales of ZZ-4")
    assert found.unexplained == ("ZZ-4",)
    assert found.confidence < CONFIDENT
