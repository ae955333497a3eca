"""Checks over a finished reading: signs that it may answer another question than was asked.

To add one, write a function from a `Draft` and its `Form` to a reason (empty where there is none)
and put it into `CHECKS`. Each reason keeps the reading below what is run.
"""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Compares, Equals, Form
from app.semantic_parser.lexicon import BAD, COUNTING, EXTREMES
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import is_additive, is_duration, is_time


def check(draft: Draft, form: Form) -> None:
    """Lowers the trust in a reading once for each check that finds a reason to."""
    for find in CHECKS:
        reason = find(draft, form)
        if reason:
            draft.distrust(reason)


def is_bad(draft: Draft) -> bool:
    """Whether what is measured is a thing nobody wants much of: delays, failures."""
    durations = any(m.column and is_duration(m.column) for m in draft.metrics)
    states = (v for f in draft.filters if isinstance(f, Equals) and not f.negated for v in f.values)
    return durations or any(BAD & {*name_parts(str(v))} for v in states)


def _ranks_within_groups(draft: Draft, form: Form) -> str:
    """`top 3 products per city` wants three in each city; a limit gives three in all."""
    keys = len(form.group) + (form.bucket is not None)
    if draft.direction is None or form.limit is None or keys < 2:
        return ""
    return "a ranking within each group cannot be computed, only one over all"


def _best_by_what(draft: Draft, _form: Form) -> str:
    if draft.judged is None or is_bad(draft):
        return ""
    by = any(t.text == "by" and draft.roles.get(i) == "ask" for i, t in enumerate(draft.tokens))
    if by or "metric" in draft.roles.values():
        return ""
    return f"“{draft.judged}” by what is not said"


def _one_value_of_two(_draft: Draft, form: Form) -> str:
    """`late parcels that were not delivered` is about parcels, each with several rows."""
    seen: dict[str, bool] = {}
    for f in form.filters:
        if isinstance(f, Equals) and seen.setdefault(f.column.name, f.negated) != f.negated:
            return f"it asks for and against values of {f.column.name.replace('_', ' ')}"
    return ""


def _threshold_of_a_group(draft: Draft, form: Form) -> str:
    """`customers who spent over 500 euros` is about a sum; single rows are compared instead."""
    things = any(m.function == "count" and m.column and m.distinct for m in form.metrics)
    if not (form.group or things):
        return ""
    for f in form.filters:
        if not (isinstance(f, Compares) and is_additive(f.column)):
            continue
        if form.having or not _rows_come_first(draft):
            said = f.column.name.replace("_", " ")
            return f"the limit on {said} may be meant for the total or for each row"
    return ""


def _rows_come_first(draft: Draft) -> bool:
    """Whether rows are named before the first number: `orders over 500 EUR per customer`."""
    numbers = [i for i, role in draft.roles.items() if role == "number"]
    return any(draft.named_at(i) is not None for i in range(min(numbers, default=0)))


def _sum_of_extremes(draft: Draft, form: Form) -> str:
    """`orders with the highest amount per city` wants single rows of each city."""
    if not form.group or any(m.function not in {"sum", "avg"} for m in form.metrics):
        return ""
    for i in range(len(draft.tokens) - 2):
        if not draft.matches(i, ("with", "the")) or draft.named_at(i - 1) != i:
            continue
        if draft.text(i + 2) in {"highest", "lowest", "largest", "smallest", "biggest"}:
            return "single rows of each group cannot be picked"
    return ""


def _column_not_used(draft: Draft, form: Form) -> str:
    """`failure reasons by count` names a column; a reading without it is of something else."""
    used = {c.name for m in form.metrics if (c := m.column)} | {c.name for c in form.group}
    used |= {f.column.name for f in form.filters}
    counts = bool(form.metrics) and all(m.function == "count" for m in form.metrics)
    for i in range(len(draft.tokens)):
        link = draft.column_at(i, lambda c: not is_time(c.column), least=0.97)
        if counts and link and link.column.name not in used and draft.named_at(i) is None:
            return f"{link.column.name.replace('_', ' ')} is not part of it"
    return ""


def _figure_and_rows(draft: Draft, _form: Form) -> str:
    """`the smallest and largest payment`: a figure and rows, of which only one is given."""
    if not (draft.listing and draft.metrics):
        return ""
    asked = [draft.text(i) for i, role in draft.roles.items() if role == "ask"]
    word = next((w for w in asked if w in EXTREMES), "")
    return f"“{word}” is not part of it" if word else ""


def _number_as_well(draft: Draft, _form: Form) -> str:
    """`number, total and average amount` wants a count too."""
    for i in range(len(draft.tokens)):
        listed = draft.text(i + 1) in {",", "and"}
        if draft.text(i) in {"number", "count"} and listed and draft.roles.get(i) != "metric":
            return f"“{draft.text(i)}” is not part of it"
    return ""


def _nothing_but_groups(draft: Draft, _form: Form) -> str:
    """`by device please` leans on a question before it."""
    said = set(draft.roles.values())
    grouped = bool(said & {"group", "bucket"}) and said <= {"group", "bucket", "time"}
    named = any(draft.named_at(i) is not None for i in range(len(draft.tokens)))
    return "what is asked for is not said" if grouped and not named else ""


def _average_compared(draft: Draft, form: Form) -> str:
    """`pages that took longer than 900 ms on average`: single rows would be compared."""
    averaged = {m.column for m in form.metrics if m.function == "avg"}
    compared = {f.column for f in form.filters if isinstance(f, Compares)}
    numbers = [i for i, role in draft.roles.items() if role == "number"]
    for i in range(min(numbers, default=0), len(draft.tokens)):
        if averaged & compared and draft.matches(i, ("on", "average")):
            return "the average may be meant to be compared"
    return ""


def _each_of_several(draft: Draft, form: Form) -> str:
    """`for every carrier: parcels delivered, late and lost` wants a figure for each of them."""
    counting = any(draft.matches(i, w) for i in range(len(draft.tokens)) for w in COUNTING)
    if not form.group or counting or draft.direction:
        return ""
    many = [
        f for f in form.filters if isinstance(f, Equals) and not f.negated and len(f.values) > 2
    ]
    if many and any(t.text == "and" for t in draft.tokens):
        return "each value may be wanted on its own"
    return ""


def _may_be_a_value(draft: Draft, form: Form) -> str:
    """`the last delivery` may be of all rows, or of those that say `delivered`."""
    used = {v for f in form.filters if isinstance(f, Equals) for v in f.values}
    counted = {word for m in form.metrics for word in m.noun.split()}
    for phrase, meant in draft.terms.values.items():
        if len(phrase) > 1 or len(phrase[0]) < 5 or used & {m.value for m in meant}:
            continue
        for i, stem in enumerate(draft.stems):
            if stem == phrase[0] + "i" and draft.text(i) not in counted:
                return f"“{draft.text(i)}” may be only what is {meant[0].value}"
    return ""


CHECKS: tuple[Callable[[Draft, Form], str], ...] = (
    _ranks_within_groups,
    _best_by_what,
    _one_value_of_two,
    _threshold_of_a_group,
    _sum_of_extremes,
    _column_not_used,
    _figure_and_rows,
    _number_as_well,
    _nothing_but_groups,
    _average_compared,
    _each_of_several,
    _may_be_a_value,
)
