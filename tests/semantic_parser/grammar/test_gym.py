"""What is said of the gym amounts to what is meant, or to nothing that is run."""

from __future__ import annotations

import pytest

from tests.semantic_parser.grammar import gym

ANSWERED = (
    # by what they pay, and not what is paid
    ("average invoice amount for those who pay by card",
     "average amount in invoices, pay method = card"),
    ("how many invoices were paid by card",
     "counting invoices, state = paid, pay method = card"),
    # what for, and no number that it is ranked by
    ("Which two sites are used the least for training, by visits?",
     "counting visits, per site, the 2 with the fewest"),
    # a studio's name is not what lessons are called
    ("lessons, how many per studio?", "counting lessons, per studio name, most first"),
    # a time by what its comment says of it
    ("Money that arrived during the last 3 hours: sum of the invoice amounts",
     "total amount in invoices, paid at in the last 3 hours"),
    # columns of rows, and no sum
    ("Please list the open invoices of today, with the amount and the payment method.",
     "listing invoices with their invoice no and amount and pay method, state = open, today,"
     " latest first"),
    # what rows have only where it was taken
    ("For each locker, give me the number of visits",
     "counting visits, locker given, per locker, most first"),
    ("visits per locker in the north", "counting visits, site = north, per locker, most first"),
    # days on which something began or ends
    ("new sign-ups this week?",
     "counting members, joined on this week (2026-11-16 00:00 to 2026-11-23 00:00)"),
    ("new members this week?",
     "counting members, joined on this week (2026-11-16 00:00 to 2026-11-23 00:00)"),
    ("Who is our newest client?", "listing members, the first by joined on, latest"),
    ("When did the first client join?", "earliest joined on in members"),
    ("how many lessons run out in December 2026?",
     "counting lessons, valid to in December (2026-12-01 00:00 to 2027-01-01 00:00)"),
    # what a row stands for, by the comment, and people
    ("clients that are not on the gold tier, count by country",
     "counting clients in members, tier ≠ gold, per country, most first"),
    ("How many people joined us this month, by country?",
     "counting people in members, joined on this month (2026-11-01 00:00 to 2026-12-01 00:00),"
     " per country, most first"),
    ("How many of our members live in Sweden or Austria?", "counting members, country = SE or AT"),
    ("how many members have registered with a gmail.com address",
     'counting members, email ends with "gmail.com"'),
    ("number of lessons w/ a pulse between 120 and 130",
     "counting lessons, pulse at least 120, pulse at most 130"),
    ("For how many lessons is the pulse missing?", "counting lessons, pulse missing"),
    ("Show me every lesson with the word Love in the lesson name, lesson name and studio.",
     'listing the different lesson name and studio name of lessons, lesson name contains "Love",'
     " lesson name given"),
    ("lessons per public studio", "counting lessons, per studio name, most first"),
    ("In how many invoices did the member use a promo code which starts with BF?",
     'counting invoices, promo code starts with "BF"'),
    # money that was invoiced, time that was taken
    ("total invoiced per day", "total amount in invoices, per day, earliest first"),
    ("how many invoices needed more than 4 hours between issue and payment",
     "counting invoices, time from issued at to paid at over 4 hours"),
    ("In the north, how many seconds do people train on average per visit?",
     "average trained in visits, site = north"),
    # columns, and names of what has no rows elsewhere
    ("List the failed invoices with promo code and amount",
     "listing invoices with their invoice no and promo code and amount, state = failed,"
     " latest first"),
    ("lesson names that nobody has visited",
     "listing the different lesson name of lessons, without a visit, lesson name given"),
    ("How often was a promo code used that starts with BF?",
     'counting invoices, promo code starts with "BF"'),
    ("What was the amount of all invoices of today, together?", "total amount in invoices, today"),
    ("list the invoices with state open and amount",
     "listing invoices, state = open, latest first"),
    # people visited, and no visits
    ("how many people visited the north today",
     "counting distinct people (member id of the member) in visits, site = north, today"),
    ("How many people visited today? I mean the number of visits.", "counting visits, today"),
    # a code by the first letter of what its comment calls it
    ("how many visits did U10007 make today",
     "counting visits, member id of the member = U10007, today"),
    # shares and splits
    ("How are our members split over the tiers, in percent?",
     "share of all members, in %, per tier, highest first"),
    ("Sum up all invoices of our German members, whatever state they are in",
     "total amount in invoices, country of the member = DE"),
    ("How much money on Friday evening after 20:00, until midnight?",
     "total amount in invoices, after 20:00 on Friday evening"
     " (2026-11-20 20:00 to 2026-11-21 00:00)"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "words"), ANSWERED)
def test_questions(question: str, words: str) -> None:
    assert gym.run(question) == words


def test_what_is_counted_changes_and_the_filters_stay() -> None:
    before = ("How many visits were there today?", "Only those in the north.")
    asked = "And how many different members were that?"
    assert gym.run(asked, *before) == "counting distinct members in visits, site = north, today"


UNSURE = (
    # who does something to a thing is not the thing
    "Which lesson did Q10007 visit most recently?",
    # a lesson is not as new as its last visit
    "newest lesson",
    "when was the newest lesson",
    # payments are no payment methods
    "how many payments today",
)


@pytest.mark.parametrize("question", UNSURE)
def test_what_is_not_sure_is_not_run(question: str) -> None:
    assert gym.run(question) == ""
