"""Whether an answer's prose says a text, however either of them is set."""

from __future__ import annotations

import re

_MARKER = re.compile(r"\s*\[\d{1,4}\]")
_PLAIN = str.maketrans({"*": "", "`": "", "\\": "", "\u2019": "'", "\u2011": "-", "\u2013": "-"})
# A plain space is none of the separators: two numbers may stand side by side.
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,'\u00a0\u2009\u202f]\d{3})+(?!\d)")
_ZEROS = re.compile(r"(?<=\d)(?:\.0+|(\.\d*[1-9])0+)(?!\d)")
_SPACES = re.compile(r"\s+(%)?")


def says(text: str, wanted: str) -> bool:
    """Whether a text contains another; of `a|b` either.

    Case, white space, emphasis, source markers, thousands separators and zeros at the end of a
    decimal do not count. A word or a number is not found inside another.

    >>> says("Customers get **1,234.50 EUR** [2].", "1234.5 eur")
    True
    >>> says("It is 8 % of 112 orders.", "8%"), says("It is 8 % of 112 orders.", "12|8.5")
    (True, False)
    >>> says("Nordwind has lost none now.", "no"), says("No, none is lost.", "yes|no")
    (False, True)
    """
    plain = _plain(text)
    return any(_pattern(_plain(item)).search(plain) for item in wanted.split("|"))


def _plain(text: str) -> str:
    text = _MARKER.sub("", text).translate(_PLAIN)
    text = _THOUSANDS.sub(lambda number: re.sub(r"\D", "", number[0]), text)
    text = _ZEROS.sub(lambda zeros: zeros[1] or "", text)
    return _SPACES.sub(lambda spaces: spaces[1] or " ", text).strip().casefold()


def _pattern(item: str) -> re.Pattern[str]:
    before = r"(?<!\d)(?<!\d[.,:])" if item[:1].isdigit() else _inside(item[:1], r"(?<!\w)")
    after = r"(?![.,:]?\d)" if item[-1:].isdigit() else _inside(item[-1:], r"(?!\w)")
    return re.compile(before + re.escape(item) + after)


def _inside(end: str, guard: str) -> str:
    return guard if end.isalpha() else ""
