"""A query's rows in plain words: what was counted or measured, for which rows, over which time."""

from __future__ import annotations

from dataclasses import replace

from app.answer import QueryResult
from app.responders.results import figures, groups, listing, whether
from app.responders.results.telling import Telling
from app.responders.results.values import number
from app.semantic_parser.form import Form, Metric

__all__ = ["describe", "number"]


def describe(form: Form, result: QueryResult, marker: str, time_zone: str) -> str:
    """Markdown that states the result as it was understood.

    Args:
        form: How the question was read.
        result: The rows.
        marker: What points to the result, such as `[1]`.
        time_zone: Zone that moments are shown in.
    """
    if form.asks_whether and not form.measures:
        form = replace(form, measures=(Metric("count"),))
    telling = Telling.of(form, marker, time_zone)
    rows = result.rows()
    if form.asks_whether:
        text = whether.tell(telling, rows)
    elif form.summary:
        text = figures.tell_summary(telling, rows)
    elif not form.measures:
        text = listing.tell(telling, rows)
    elif form.group or form.bucket:
        text = groups.tell(telling, rows)
    else:
        text = figures.tell(telling, rows[0] if rows else {})
    if not result.truncated:
        return text
    return (
        f"{text}\n\nThere are more rows than the row limit; only the first {len(rows):,} are here."
    )
