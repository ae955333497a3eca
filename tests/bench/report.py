"""Lines of a table of measurements, each with what it has to reach."""

from __future__ import annotations

from dataclasses import dataclass

_WIDTH = 44


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: a time, what it is held against, and whether that is reached.

    Attributes:
        what: What was measured.
        time: In seconds.
        beside: The other time, in seconds; None where the target is a time itself.
        ratio: How many times faster or longer; None with `beside`.
        target: In words, such as `>= 6x`; empty where the line is only for comparison.
        reached: Whether the target is.
    """

    what: str
    time: float
    beside: float | None
    ratio: float | None
    target: str
    reached: bool = True

    def __str__(self) -> str:
        beside = "" if self.beside is None else human(self.beside)
        ratio = "" if self.ratio is None else f"{self.ratio:.1f}x"
        verdict = ("reached" if self.reached else "MISSED") if self.target else ""
        return (
            f"{self.what:<{_WIDTH}}{human(self.time):>12}{beside:>12}{ratio:>10}"
            f"{self.target:>11}  {verdict}".rstrip()
        )


def header(*columns: str) -> str:
    """The line above a table."""
    first, second, ratio, target = (*columns, "ratio", "target")
    return f"{'':<{_WIDTH}}{first:>12}{second:>12}{ratio:>10}{target:>11}"


def faster(what: str, ours: float, theirs: float, at_least: float) -> Line:
    """How many times faster ours is."""
    ratio = theirs / ours
    return Line(what, ours, theirs, ratio, f">= {at_least:.2g}x", ratio >= at_least)


def growth(what: str, long: float, short: float, at_most: float | None) -> Line:
    """How many times longer it takes over a long history; None where nothing is asked of it."""
    ratio = long / short
    if at_most is None:
        return Line(what, long, short, ratio, "")
    return Line(what, long, short, ratio, f"<= {at_most:.2g}x", ratio <= at_most)


def within(what: str, seconds: float, at_most: float) -> Line:
    """A time that has a limit of its own."""
    return Line(what, seconds, None, None, f"<= {human(at_most)}", seconds <= at_most)


def human(seconds: float) -> str:
    """A time with its unit.

    >>> human(0.00004), human(0.2), human(2)
    ('40 µs', '200 ms', '2.00 s')
    """
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
