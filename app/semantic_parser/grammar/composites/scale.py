"""How a share is to be said: in percent, or as a number from 0 to 1."""

from __future__ import annotations

from typing import Literal

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Position
from app.semantic_parser.tokens import word_set

_PERCENT = word_set("% percent percentage percentages pct percents")
_DECIMAL = word_set("fraction decimal ratio")
_NUMBER = word_set("number value figure fraction decimal ratio share")
_BEFORE = word_set("in as into by")


def is_unit(draft: Draft, i: int) -> bool:
    """Whether the word at `i` only says the unit: `in percent`, `(%)`, `as a percentage`."""
    if draft.text(i) not in _PERCENT:
        return False
    if draft.text(i - 1) == "(" and draft.text(i + 1) == ")":
        return True
    closing = i + 1 >= len(draft) or draft.tokens[i + 1].kind == "mark"
    if draft.text(i - 1) == "," and closing:
        return True  # "share of each region, percent"
    k = i - 1
    while draft.text(k) in {"a", "an", "the"}:
        k -= 1
    if draft.text(k) == "by":
        return False  # "by what percentage" asks for a change
    return draft.text(k) in _BEFORE


def unit_at(draft: Draft) -> Position | None:
    """The words for the unit: `in percent`."""
    for i in range(len(draft)):
        if draft.is_free(i) and is_unit(draft, i):
            k = i
            while k and draft.text(k - 1) in {"a", "an", "the", *_BEFORE} and draft.is_free(k - 1):
                k -= 1
            return k, i + 1
    return None


def wanted(draft: Draft, head: int) -> Literal["percent", "fraction"]:
    """Percent unless a fraction is asked for; takes `as a number between 0 and 1`."""
    said = _between(draft)
    if said is not None:
        draft.take(*said, "composite")
        return "fraction"
    for i in range(len(draft)):
        if draft.text(i) in _DECIMAL and draft.said(i - 2, i) == "as a" and draft.is_free(i):
            draft.take(i - 2, i + 1, "composite")
            return "fraction"
    if draft.text(head) in _DECIMAL:
        return "percent" if unit_at(draft) else "fraction"
    return "percent"


def _between(draft: Draft) -> Position | None:
    """`as a number between 0 and 1`, `from 0 to 1`."""
    for i in range(1, len(draft) - 2):
        if draft.tokens[i].number != 0 or draft.tokens[i + 2].number != 1:
            continue
        if draft.text(i + 1) not in {"and", "to", "-"}:
            continue
        start = i - 1 if draft.text(i - 1) in {"between", "from"} else i
        while start and draft.text(start - 1) in {"as", "a", *_NUMBER}:
            start -= 1
        return start, i + 3
    return None
