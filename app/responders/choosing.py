"""A question back with the readings to choose from, as a chat model writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.markdown import numbered
from app.responders.prompts import CHOICES

MOST = 4
_HEAD = re.compile(rf"^\s*[*_#]*{CHOICES}[*_:]*\s*$", re.MULTILINE)
_CHOICE = re.compile(r"^\s*(?:[-*•]|\d[.)])\s+(.+?)\s*$", re.MULTILINE)
_LONGEST = 300


def split(text: str) -> tuple[str, tuple[str, ...]]:
    r"""The question back and its choices; no choices where the text asks nothing back.

    >>> split("Which amount?\nCHOICES\n- With VAT?\n- Without VAT?")
    ('Which amount?', ('With VAT?', 'Without VAT?'))
    >>> split("31 parcels [2].")
    ('31 parcels [2].', ())
    """
    head = _HEAD.search(text)
    if head is None:
        return text, ()
    listed = [c[:_LONGEST] for c in _CHOICE.findall(text[head.end() :])]
    choices = tuple(dict.fromkeys(listed))[:MOST]
    asked = text[: head.start()].strip()
    return (asked, choices) if len(choices) > 1 else (text[: head.start()].strip() or text, ())


def joined(question: str, choices: Sequence[str]) -> str:
    """The same as text that the pages and the terminal know how to offer."""
    return f"{question}\n\n{numbered(choices)}"
