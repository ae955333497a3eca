"""What a written number may stand for, as precisely as it is written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

NUMBER = (
    r"\d{1,3}(?:[,_'’\u00a0\u202f\u2009]\d{3})+(?:\.\d+)?(?![\d])"
    r"|\d{1,3}(?:\.\d{3})+,\d+(?!\d)"
    r"|\d{1,3}(?:\.\d{3}){2,}(?![\d.])"
    r"|\d+(?:\.\d+)?[eE][+-]?\d{1,3}(?!\w)"
    r"|\d+(?:\.\d+|,\d{1,2}(?![\d,]))?"
)
"""A number as English, German, Swiss and Python write it."""

_GROUPED = re.compile(r"\d{1,3}(?:[,_'’\u00a0\u202f\u2009]\d{3})+(?:\.\d+)?")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA = re.compile(r"\d+,\d+")
_SEPARATORS = re.compile(r"[,_'’\u00a0\u202f\u2009]")
_TINY = 1e-12  # what floating-point sums may be off by
_ABOUT = (
    "about", "around", "roughly", "approximately", "approx.", "approx", "some", "circa", "ca.",
    "~", "≈", "rund", "etwa", "ungefähr",
)  # fmt: skip
_OVER = ("more than", "at least", "over", "above", "exceeds", "exceeding", ">", "≥", "über")
_UNDER = (
    "less than", "fewer than", "at most", "up to", "under", "below", "nearly", "almost",
    "close to", "<", "≤", "fast", "knapp",
)  # fmt: skip
_LOOSE = (*_ABOUT, *_OVER, *_UNDER)
_CURRENCY = re.compile(r"(?:EUR|USD|GBP|CHF|[€$£])?\**\s*\Z")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written and the interval of what rounds to it.

    Attributes:
        value: The number.
        step: What its last digit counts.
        low: The least exact value that may be written so.
        high: The greatest.
    """

    value: float
    step: float
    low: float
    high: float

    @classmethod
    def rounded(cls, value: float, step: float) -> Amount:
        """Of 1,234.56 one may write 1,234.6 or 1,235: rounding is no invention."""
        return cls(value, step, value - step / 2, value + step / 2)

    def times(self, scale: float) -> Amount:
        """The same in another unit."""
        return Amount(self.value * scale, self.step * scale, self.low * scale, self.high * scale)

    def holds(self, exact: float) -> bool:
        """Whether a value may be written so."""
        close, exact = _TINY * max(1.0, abs(self.high)), abs(exact)
        if self._is_halfway(exact):  # half up, or half to even as Python has it, but never down
            return round(self.value / self.step) % 2 == 0
        return self.low - close <= exact <= self.high + close

    def _is_halfway(self, exact: float) -> bool:
        """Whether it is exactly between this number and the next that could be written."""
        if not exact == self.high == self.value + self.step / 2 or not self.step:
            return False
        return Decimal(exact) == Decimal(repr(exact))

    def among(self, exact: Sequence[float]) -> bool:
        """Whether one of the values, sorted and none below zero, may be written so."""
        close = _TINY * max(1.0, abs(self.high))
        at = bisect_left(exact, self.low - close)
        # Two, since what is halfway may be written otherwise and the one before it not.
        return any(self.holds(n) for n in exact[at : at + 2] if n <= self.high + close)


def amounts(written: str) -> tuple[Amount, ...]:
    """What a number may stand for; `1.234` is more than a thousand to a German reader.

    >>> [a.value for a in amounts("1,234.5")], [a.value for a in amounts("1.234")]
    ([1234.5], [1.234, 1234.0])
    """
    found: list[Amount] = []
    if "e" in written.lower():
        mantissa, _, exponent = written.lower().partition("e")
        return (_amount(mantissa, 10.0 ** min(int(exponent), 300)),)
    if _GROUPED.fullmatch(written):
        return (_amount(_SEPARATORS.sub("", written)),)
    if _COMMA.fullmatch(written):
        return (_amount(written.replace(",", ".")),)
    if "," not in written and written.count(".") < 2:
        found.append(_amount(written))
    if _DOTTED.fullmatch(written):
        found.append(_amount(written.replace(".", "").replace(",", ".")))
    return tuple(found)


def _amount(plain: str, scale: float = 1.0) -> Amount:
    places = len(plain.partition(".")[2])
    return Amount.rounded(float(plain) * scale, 10.0 ** -min(places, 300) * scale)


def loosely(amount: Amount, before: str) -> Amount:
    """The same behind words such as "about" or "more than", which let zeros at the end be vague.

    Args:
        amount: The number as written.
        before: What stands directly before it.
    """
    words = _CURRENCY.sub("", before[-30:]).rstrip(" *\n\u00a0").casefold()
    if not words.endswith(_LOOSE) or not amount.value:
        return amount
    said = max((w for w in _LOOSE if words.endswith(w)), key=len)
    if said[0].isalpha() and words[: -len(said)][-1:].isalnum():  # "handsome" is not "some"
        return amount
    step = amount.step
    while amount.value % (step * 10) == 0 and step < amount.value:
        step *= 10
    if said in _OVER:
        return Amount(amount.value, amount.step, amount.low, amount.value + step)
    if said in _UNDER:
        return Amount(amount.value, amount.step, amount.value - step, amount.high)
    close = max(amount.step / 2, min(step / 2, amount.value / 10))
    return Amount(amount.value, amount.step, amount.value - close, amount.value + close)
