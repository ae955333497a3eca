"""Questions over a laundry whose columns share words with the names of its rows."""

from __future__ import annotations

import pytest

from app.semantic_parser.reading import CONFIDENT
from tests.semantic_parser.grammar.laundry import read

ROWS = (
    # the name of rows is no number that is only of them: `bundle_price`
    ("bundles per hour today", "counting bundles, today, per hour, earliest first"),
    ("in which hour of yesterday did the most wash runs arrive",
     "counting wash runs, yesterday, per hour, the one with the most"),
    ("complaints of the last 2 hours versus the 2 hours before",
     "counting complaints in the last 2 hours against the 2 hours before"),
    # what a clause of a comment ends in is no state where it names things
    ("how many complaints do we have about bundles of customer C12",
     "counting complaints, customer id of the bundle = C12"),
    ("the 2 shops with the most bundles in each town",
     "counting bundles, per town of the shop, per shop, per name of the shop,"
     " the 2 with the most of each town of the shop"),
    # nor is a word of the rows' own name a code: `200 = washed`
    ("how many customers asked for a wash run",
     "counting distinct customers (customer id of the bundle) in wash runs"),
    ("number of bundles by town of the shop", "counting bundles, per town of the shop, most first"),
    ("bundles today, how many?", "counting bundles, today"),
    ("are there customers who brought more than 6 bundles? Which ones?",
     "counting bundles, per customer, only those with over 6 bundles, most first"),
    ("did we get any bundles over 20 euros?",
     "whether there are bundles, bundle price over 20 EUR"),
    ("which shops have never got a single bundle", "listing shops, without a bundle"),
)  # fmt: skip
STATES = (
    # a value itself goes before what the meaning of another says of it
    ("how many complaints are not settled", "counting complaints, progress ≠ settled"),
    # a verb beside a time is that time
    ("total subtotal of the bundles dropped on Friday",
     "total subtotal in bundles, on Friday (2026-11-20 00:00 to 2026-11-21 00:00)"),
    ("bundles fetched per day",
     "counting bundles, fetched at given, per day of fetched at, earliest first"),
    ("dropped bundles per shop",
     "counting bundles, state = dropped, per shop, per name of the shop, most first"),
    # of things in a log the newest row counts, also as of some moment
    ("how many bundles are in each status right now",
     "counting distinct bundles in stage log, by the newest row of each bundle,"
     " per bundle status, most first"),
    ("what status did bundle B-7 have at 14:00 on Saturday",
     "listing the different bundle id and bundle status of stage log, bundle id = B-7,"
     " bundle id given, up to 14:00 on Saturday (until 2026-11-21 14:00),"
     " by the newest row of each bundle"),
)  # fmt: skip
FIGURES = (
    ("count, sum and average of tips per state",
     "counting values of tip and total tip and average tip in bundles, per state,"
     " most values of tip first"),
    ("the lowest, the highest and the mean deposit",
     "average deposit and lowest deposit and highest deposit in bundles"),
    # what is said again of the part does not hold of the whole
    ("drum error rate per machine in percent (http code 500)",
     "share of wash runs with http code = 500, in %, per machine, highest first"),
    ("which shops had an average wash fee below 3",
     "average wash fee in wash runs, joined with shops by shop id of the bundle, per shop of the"
     " bundle, per name of the shop, only those with average wash fee under 3, highest first"),
    ("show the bundles of today, most worn first",
     "listing bundles, today, highest wear score first"),
    ("which 3 complaints took the longest to settle",
     "average time from opened at to settled at in minutes in complaints, per complaint,"
     " the 3 with the highest"),
    ("average minutes to first answer",
     "average time from opened at to first answer at in minutes in complaints"),
    ("how many bundles have a deposit of 10 euros or more",
     "counting bundles, deposit at least 10 EUR"),
    ("how many bundles have a deposit that lies between 10 and 30",
     "counting bundles, deposit at least 10 EUR, deposit at most 30 EUR"),
    ("what is the highest subtotal ever", "highest subtotal in bundles"),
    ("through which shop do we take the cheapest bundles on average",
     "average subtotal in bundles, per shop, per name of the shop, the one with the lowest"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "words"), [*ROWS, *STATES, *FIGURES])
def test_reads(question: str, words: str) -> None:
    found = read(question)
    assert found is not None
    assert found.words == words
    assert found.confidence >= CONFIDENT, (found.words, found.reasons)


def test_a_follow_up_turns_a_ranking() -> None:
    found = read("which town has the highest average deposit", "and the lowest?")
    assert found is not None
    assert (
        found.words == "average deposit in bundles, per town of the shop, the one with the lowest"
    )


def test_doubts_an_order_by_what_is_not_known() -> None:
    found = read("show the bundles of today, most fragrant first")
    assert found is not None
    assert found.reasons == ("what “fragrant” goes by is not known",)
