"""Questions that are answered by yes or no, with the count that says why."""

from __future__ import annotations

from collections.abc import Sequence

from app.markdown import escape
from app.responders.results.figures import grouped
from app.responders.results.telling import Telling
from app.responders.results.values import Row
from app.semantic_parser.form import Metric
from app.semantic_parser.words import counted, first_metric, plural, say_having


def tell(telling: Telling, rows: Sequence[Row]) -> str:
    """Yes or no, and how many."""
    form, row = telling.form, rows[0] if rows else {}
    scope = telling.scope()
    if form.group or form.bucket:
        noun = (form.summary.noun if form.summary else "") or grouped(telling)
        count = row.get(telling.columns.summary)
        kept = " and ".join(say_having(telling.names, form, h) for h in form.having)
        scope = f"{f' with {escape(kept)}' if kept else ''}{scope}"
    else:
        metric = _counted(telling)
        noun = telling.noun(metric)
        count = row.get(telling.columns.measures[0].value) if form.measures else None
        scope = telling.conditions(metric) + scope
    if count is None:
        found = bool(row.get(telling.columns.found))
        said = f"there are {escape(plural(noun))}{scope}"
        return f"Yes, {said} {telling.marker}." if found else _no(telling, noun, scope)
    if not count:
        return _no(telling, noun, f"{scope}: the count is **0**")
    was = "was" if count == 1 else "were"
    said = f"**{telling.said(Metric('count'), count)}** {escape(counted(noun, count))}"
    return f"Yes, there {was} {said}{scope} {telling.marker}."


def _no(telling: Telling, noun: str, scope: str) -> str:
    return f"No, there were no {escape(plural(noun))}{scope} {telling.marker}."


def _counted(telling: Telling) -> Metric:
    """The count that is asked about; where something else is measured, its rows."""
    measures = telling.form.measures
    metric = first_metric(measures[0]) if measures else Metric("count")
    return metric if metric.function == "count" else Metric("count")
