"""Two periods or two sets of rows side by side: both values, the difference and the percent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.markdown import escape
from app.responders.results.telling import Telling, escape_behind
from app.responders.results.values import Row, percent
from app.semantic_parser.form import Change
from app.semantic_parser.words import attached, base, differing


@dataclass(frozen=True, slots=True)
class _Told:
    """The pieces of a sentence about a change.

    Attributes:
        counts: Whether things are counted, and not measured.
        what: What is compared.
        noun: What is counted, as it stands behind the difference.
        scope: Of which rows both are.
        sides: What is said of each alone.
        values: Both, in bold.
        by: The difference without its sign.
        more: `more`, `fewer` or `less`; empty where there is no difference.
        percent: ` (+20 %)`, or nothing.
    """

    counts: bool
    what: str
    noun: str
    scope: str
    sides: tuple[str, str]
    values: tuple[str, str]
    by: str
    more: str
    percent: str


def sentence(telling: Telling, change: Change, i: int, row: Row) -> str:
    """What was asked for first: both values, the difference or the percent."""
    where = telling.columns.measures[i]
    new, old, difference = (row.get(n) for n in (where.later, where.earlier, where.change))
    sides, shared = _sides(telling, change)
    scope = shared + telling.scope()
    what = escape(base(telling.names, change.later))
    if new is None or old is None or difference is None:
        return f"There is nothing to compare: the {what}{scope} has no value for one of the two"
    counts = change.later.function == "count"
    signed = _signed(row.get(where.change_percent)) if difference else ""
    told = _Told(
        counts,
        what=f"number of {what}" if counts else what,
        noun=f" {escape(telling.noun(change.later, abs(difference)))}" if counts else "",
        scope=scope,
        sides=sides,
        values=(telling.bold(change.later, new), telling.bold(change.earlier, old)),
        by=telling.said(change.later, abs(difference)),
        more=_more(difference, counts=counts) if difference else "",
        percent=f" ({signed})" if signed else "",
    )
    if change.wanted == "both":
        lead = f"There {'was' if new == 1 else 'were'} {telling.counted(change.later, new)}"
        return _both(
            told, lead if counts else f"The {what} of {telling.rows()} was {told.values[0]}"
        )
    if change.wanted == "percent" and signed:
        return _percent(told, signed)
    return _difference(told)


def _both(told: _Told, lead: str) -> str:
    same = "as many as" if told.counts else "as much as"
    step = f"**{told.by}** {told.more} than" if told.more else same
    sides, old = told.sides, told.values[1]
    return f"{lead}{told.scope}{sides[0]}, {step} the {old}{sides[1]}{told.percent}"


def _percent(told: _Told, signed: str) -> str:
    against = f"{told.values[0]} against {told.values[1]}"
    changed = f"changed by **{signed}** against{_to(told.sides[1])}"
    start = f"The {told.what}{told.scope}{told.sides[0]} {changed}"
    return f"{start}: {against}, {told.by} {told.more}"


def _difference(told: _Told) -> str:
    (first, second), against = told.sides, f"{told.values[0]} against {told.values[1]}"
    what = f"The {told.what}{told.scope}"
    if not told.more:
        return f"{what} did not change{first} against{_to(second)}: {against}"
    compared = f"{first} than{second}: {against}{told.percent}"
    if told.counts:
        return f"**{told.by}** {told.more}{told.noun}{told.scope}{compared}"
    return f"{what} was **{told.by}** {told.more}{compared}"


def values(telling: Telling, change: Change, i: int, row: Row) -> str:
    """Both values and the step between them, for lists."""
    where = telling.columns.measures[i]
    new, old, difference = (row.get(n) for n in (where.later, where.earlier, where.change))
    if new is None or old is None or difference is None:
        sides = [telling.said(change.later, v) for v in (new, old)]
        return f"**{sides[0]}** against **{sides[1]}**"
    sign = "+" if difference > 0 else ""
    step = f"{sign}{telling.said(change.later, difference)}".replace("-", "−", 1)
    in_percent = _signed(row.get(where.change_percent))
    against = f"{telling.said(change.later, new)} against {telling.said(change.earlier, old)}"
    lead = {"difference": step, "percent": in_percent or step}.get(change.wanted, "")
    rest = [s for s in (step, in_percent) if s and s != lead]
    if lead:
        return f"**{lead}** ({', '.join([against, *rest])})"
    return f"**{against.replace(' against ', '** against **')}** ({', '.join(rest)})"


def _sides(telling: Telling, change: Change) -> tuple[tuple[str, str], str]:
    """What is said of each side alone, and of both."""
    alone = differing(change.later, change.earlier)
    if alone is None:
        later = telling.conditions(change.later)
        noun = escape(base(telling.names, change.earlier))
        return (later, f" {noun}{telling.conditions(change.earlier)}"), ""
    both = tuple(f for f in change.later.where if f in change.earlier.where)
    first, second = (escape_behind(attached(telling.names, only)) for only in alone)
    first += telling.when(change.later.time)
    second += telling.when(change.earlier.time, ends=False)
    if not second:
        second = " all"
    return (first, second), escape_behind(attached(telling.names, both))


def _to(side: str) -> str:
    """`against the hour before`, where `in the hour before` stands elsewhere."""
    return f" {side.strip().removeprefix('in ')}"


def _more(difference: Any, *, counts: bool) -> str:
    if difference > 0:
        return "more"
    return "fewer" if counts else "less"


def _signed(value: Any) -> str:
    """A change in percent with its sign; nothing where there was nothing before."""
    if value is None:
        return ""
    said = percent(value)
    return f"+{said}" if value > 0 else said.replace("-", "−")
