"""The rules in order, and how what they found becomes a form with a confidence.

To add a construct, write one rule (a function over a `Draft`) and put it into `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from app.catalog.model import Column
from app.semantic_parser import (
    aggregates,
    comparisons,
    counts,
    doubts,
    filters,
    leftovers,
    measures,
    shape,
    times,
)
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Bucket, Equals, Form, Null, TimeRange
from app.semantic_parser.lexicon import (
    PROCEDURE,
    STOP,
)
from app.semantic_parser.linking import TableTerms, link_value
from app.semantic_parser.tokens import Token
from app.semantic_parser.types import is_time

ROWS = 20
"""How many rows a listing shows where no number is given."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question as read over one table.

    Attributes:
        form: The reading.
        confidence: From 0 to 1, before other readings are looked at.
        unexplained: Words that the form does not account for.
        named: Whether the question names the table.
        reasons: Why the form may not be what is asked.
    """

    form: Form
    confidence: float
    unexplained: tuple[str, ...]
    named: bool
    reasons: tuple[str, ...] = ()


def read(
    tokens: Sequence[Token],
    spans: Sequence[times.Span],
    terms: TableTerms,
    others: Sequence[TableTerms] = (),
) -> Candidate | None:
    """Reads a question over one table; None where it says nothing of that table.

    Args:
        tokens: The question, spelling corrected.
        spans: The times in it.
        terms: The table.
        others: The other tables.
    """
    draft = Draft(tokens, terms, [t.stem for t in tokens])
    for rule in RULES:
        rule(draft, spans)
    form = _form(draft)
    if form is None:
        return None
    doubts.check(draft, form)
    unexplained = leftovers.find(draft)
    named = any(draft.named_at(i) is not None for i in range(len(tokens)))
    if not named:
        _check_others(draft, others)
    confidence = _confidence(draft, form, unexplained)
    words = tuple(dict.fromkeys(tokens[i].raw for i in unexplained))
    return Candidate(form, confidence, words, named, tuple(draft.reasons))


def _check_others(draft: Draft, others: Sequence[TableTerms]) -> None:
    """`orders` are not rows of `payments` where there is a table of that name.

    Unless only this table knows a value that is asked for: `orders paid by card`.
    """
    for i, token in enumerate(draft.tokens):
        if leftovers.is_verb(token) or draft.roles.get(i) in {"group", "value"}:
            continue
        named = [o for o in others if tuple(draft.stems[i : i + len(o.name)]) == o.name]
        if any(_knows_values(o, draft) for o in named):
            draft.distrust(f"“{token.raw}” has a table of its own")


def _knows_values(other: TableTerms, draft: Draft) -> bool:
    """Whether another table knows all values that a reading has found, or there are none."""
    values = [i for i, role in draft.roles.items() if role == "value" and draft.text(i) not in STOP]
    return all(link_value(other, draft.stems[: i + 1], i) for i in values)


def _times(draft: Draft, spans: Sequence[times.Span]) -> None:
    """Time ranges and buckets, where the table has a time column to apply them to."""
    columns = [c for c in draft.terms.table.columns if is_time(c)]
    attribute = draft.terms.table.time_attribute
    default = draft.terms.table.column(attribute) if attribute else None
    default = default or next(iter(columns), None)
    if default is None:
        return
    draft.time_column = default
    ranges = [s for s in spans if isinstance(s.meaning, TimeRange)]
    for span in spans:
        if isinstance(span.meaning, Bucket):
            draft.bucket = draft.bucket or span.meaning
            draft.take(span.start, span.stop, "bucket")
    if len(ranges) > 1 and len({s.meaning for s in ranges}) > 1:
        draft.doubt *= 0.3
    for span in ranges:
        if isinstance(span.meaning, TimeRange):
            draft.time = draft.time or span.meaning
        draft.take(span.start, span.stop, "time")
    if ranges:
        _other_time_column(draft, default)


def _other_time_column(draft: Draft, default: Column) -> None:
    """`promised today` is about the time column of that name."""
    for terms in draft.terms.columns:
        if not is_time(terms.column) or terms.column == default:
            continue
        for i in range(len(draft.tokens)):
            if draft.is_free(i) and draft.stems[i] in terms.core:
                draft.time_column = terms.column
                draft.take(i, i + 1, "time", 0.9)


def _plain(rule: Callable[[Draft], None]) -> _Rule:
    return lambda draft, _spans: rule(draft)


_Rule = Callable[[Draft, Sequence[times.Span]], None]

RULES: tuple[_Rule, ...] = (
    _times,
    _plain(filters.missing),
    _plain(filters.values),
    _plain(filters.identifiers),
    _plain(shape.rankings),
    _plain(shape.groups),
    _plain(comparisons.comparisons),
    _plain(aggregates.metrics),
    _plain(aggregates.judge),
    _plain(shape.listings),
)


def _form(draft: Draft) -> Form | None:
    table = draft.terms.table
    metrics = tuple(draft.metrics)
    listing = draft.listing and not metrics
    if not metrics and not listing:
        if not (draft.group or draft.bucket or draft.filters or draft.time):
            return None
        metrics = (counts.implied_count(draft),)
        draft.intent = max(draft.intent, _fragment_intent(draft))
    if listing:
        return _listing_form(draft)
    if any(m.function in {"avg", "percentile"} for m in metrics) and _is_own_key(draft):
        draft.group.clear()  # "the average quantity per order" is one number
    extra = [Null(c, negated=True) for c in draft.group if _skips_null(draft, c)]
    ranked = draft.direction is not None and bool(draft.group or draft.bucket)
    return Form(
        table=table,
        metrics=metrics,
        group=tuple(draft.group),
        filters=(*draft.filters, *extra),
        time_column=draft.time_column if draft.time or draft.bucket else None,
        time=draft.time,
        bucket=draft.bucket,
        having=draft.having,
        order="bucket" if draft.bucket and not ranked else "metric",
        descending=draft.direction != "least",
        limit=draft.limit if draft.group or draft.bucket else None,
    )


def _listing_form(draft: Draft) -> Form:
    table = draft.terms.table
    order = draft.time_column
    if order is None and table.time_attribute:
        order = table.column(table.time_attribute)
    if draft.direction and not draft.latest:
        link = measures.of_kind(draft, draft.kind or "any", 0)
        order = link.column if link else order
        draft.doubt *= 1.0 if link else 0.3
    return Form(
        table=table,
        columns=table.columns,
        filters=tuple(draft.filters),
        time_column=draft.time_column,
        time=draft.time,
        order=order,
        descending=draft.direction != "least",
        limit=draft.limit or ROWS,
    )


def _is_own_key(draft: Draft) -> bool:
    return tuple(c.name for c in draft.group) == draft.terms.table.primary_key


def _skips_null(draft: Draft, column: Column) -> bool:
    """Whether a ranking leaves out rows without a value: the comment says there are some."""
    filtered = any(isinstance(f, Equals) and f.column == column for f in draft.filters)
    says_null = "null" in column.comment.lower() or "empty" in column.comment.lower()
    return column.nullable and says_null and draft.direction is not None and not filtered


def _row_noun(draft: Draft) -> str:
    for i in range(len(draft.tokens)):
        stop = draft.table_noun(i)
        if stop is not None:
            return " ".join(draft.text(k) for k in range(i, stop))
    return ""


def _fragment_intent(draft: Draft) -> float:
    """How likely bare nouns mean a count: `failed payments in the last hour`."""
    compared = any(not isinstance(f, Equals) for f in draft.filters)
    mentioned = bool(draft.filters) or bool(_row_noun(draft))
    return 0.75 if compared or (draft.time and mentioned) else 0.3


def _confidence(draft: Draft, form: Form, unexplained: Sequence[int]) -> float:
    given = [c for i, c in draft.credit.items() if draft.text(i) not in STOP]
    if not given:
        return 0.0
    mean = sum(given) / len(given)
    weakest = min(given)
    misspelt = 0.85 ** sum(t.misspelt for t in draft.tokens)
    missed = misspelt * prod(leftovers.penalty(draft.tokens[i]) for i in unexplained)
    doubt = draft.doubt * (0.6 if _negates_an_event(form) else 1.0)
    doubt *= 1.0 if _is_anchored(draft) else 0.4
    return mean * (0.7 + 0.3 * weakest) * missed * draft.intent * doubt * _purpose(draft)


def _is_anchored(draft: Draft) -> bool:
    """Whether any word is about this table and not only about time or order."""
    anchors = {"value", "group", "noun", "context"}
    return bool(anchors & set(draft.roles.values())) or any(
        m.column and m.function != "count" for m in draft.metrics
    )


def _negates_an_event(form: Form) -> bool:
    """Counting things by rows that are not in a state: one thing has rows in many states."""
    counts_things = any(m.function == "count" and m.column for m in form.metrics)
    return counts_things and any(
        isinstance(f, Equals) and f.negated and "stat" in f.column.name for f in form.filters
    )


def _purpose(draft: Draft) -> float:
    """Low for questions after a rule or a reason: `what do we do when payments fail`."""
    for i in range(min(4, len(draft.tokens))):
        if draft.is_free(i) and any(draft.matches(i, words) for words in PROCEDURE):
            return 0.3
    return 1.0
