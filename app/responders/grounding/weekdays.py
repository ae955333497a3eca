"""Weekdays that stand beside a date of another weekday."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.responders.grounding.claims import Claim
from app.responders.grounding.corpus import Corpus
from app.responders.grounding.dating import Dates
from app.responders.grounding.doubt import Doubt

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAME = (
    r"(?P<name>Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:r(?:s(?:day)?)?)?|Fri(?:day)?"
    r"|Sat(?:urday)?|Sun(?:day)?)\b"
)
_BEFORE = re.compile(rf"\b{_NAME}[*_]*\.?,?[ *_]*(?:the )?[*_]*\Z")
_RANGE = re.compile(r"(?:[-–/&]|\b(?:to|through|until|and|or))[\s*_]*\Z")
_AFTER = re.compile(rf"[*_]*,? ?(?:\(|(?:which )?(?:is |was |falls on )?an? ){_NAME}(?!['’])")
_MOST_BEFORE = 24


def doubts(text: str, said: Sequence[Claim], corpus: Corpus, dates: Dates) -> Iterator[Doubt]:
    """Weekdays that are not those of the dates they are said of.

    Args:
        text: All of the text.
        said: The dates in it that are borne out.
        corpus: What may be repeated as it stands there, right or wrong.
        dates: What a date without a year may be.
    """
    told = [t.casefold() for t in (*corpus.passages, *corpus.readings)]
    for claim in said:
        match = _named(text, claim)
        if match is None or not claim.day[2]:
            continue
        start, end = match.span("name")
        written = text[min(start, claim.start) : max(end, claim.end)].casefold()
        days = dates.days(claim.day)
        right = {_NAMES[day.weekday()] for day in days}
        if not days or any(name.startswith(match["name"][:3]) for name in right):
            continue
        if not any(written in one for one in told):
            is_one = f"; it is a {right.pop()}" if len(right) == 1 else ""
            message = f"The date {claim.text} in the text is no {match['name']}{is_one}."
            yield Doubt(start, end, match["name"], message)


def _named(text: str, claim: Claim) -> re.Match[str] | None:
    first = max(0, claim.start - _MOST_BEFORE)
    before = _BEFORE.search(text, first, claim.start)
    if before is None:
        return _AFTER.match(text, claim.end)
    return None if _RANGE.search(text, first, before.start()) else before
