"""Single figures in sentences: counts, measures, shares, changes, rates and summaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.markdown import escape
from app.responders.results import changes
from app.responders.results.telling import Telling, capital, escape_behind
from app.responders.results.values import Row
from app.semantic_parser.form import Change, Metric, Rate, Ratio, Share, ShareOfAll
from app.semantic_parser.words import (
    attached,
    base,
    measure_words,
    plural,
    say_having,
    share_of,
    singular,
)


def tell(telling: Telling, row: Row) -> str:
    """All measures of one row; several are a list."""
    form, marker = telling.form, telling.marker
    if len(form.measures) == 1:
        return f"{_sentence(telling, 0, row)} {marker}."
    bullets = [
        f"- {escape(measure_words(telling.names, m))}: {values(telling, i, row)}"
        for i, m in enumerate(form.measures)
    ]
    return f"{capital(telling.rows())}{telling.scope()} {marker}:\n\n" + "\n".join(bullets)


def tell_summary(telling: Telling, rows: Sequence[Row]) -> str:
    """One aggregate over all groups."""
    form, names = telling.form, telling.names
    summary = form.summary
    value = rows[0].get(telling.columns.summary) if rows else None
    noun = (summary.noun if summary else "") or grouped(telling)
    having = "".join(
        f" {'and' if i else 'with'} {escape(say_having(names, form, h))}"
        for i, h in enumerate(form.having)
    )
    scope, marker = telling.scope(), telling.marker
    if summary is None or summary.function == "count":
        rows_of_them = "" if form.having else f" among {telling.rows()}"
        if not value:
            return f"There were no {escape(plural(noun))}{having}{rows_of_them}{scope} {marker}."
        counted = singular(noun) if value == 1 else plural(noun)
        was = "was" if value == 1 else "were"
        said = f"{telling.bold(Metric('count'), value)} {escape(counted)}"
        return f"There {was} {said}{having}{rows_of_them}{scope} {marker}."
    words = {"sum": "sum of the", "avg": "average", "min": "lowest", "max": "highest"}
    measure = form.measures[0]
    what = f"{words.get(summary.function, 'median')} {measure_words(names, measure)}"
    what = escape(f"{what} per {_group_words(telling)}") + having + scope
    if value is None:
        return f"No rows matched: there is no {what} {marker}."
    return f"The {what} is {telling.bold(measure, value)} {marker}."


def grouped(telling: Telling) -> str:
    """What the groups are, in the plural: `customers`, `hours`."""
    form = telling.form
    if form.group:
        return telling.names.many(form.group[0])
    return f"{form.bucket.unit}s" if form.bucket else "groups"


def values(telling: Telling, i: int, row: Row) -> str:
    """A measure of a row without a sentence, for lists: `**12.5 %** (25 of 200)`."""
    measure, where = telling.form.measures[i], telling.columns.measures[i]
    value = row.get(where.value)
    said = f"{telling.bold(measure, value)}"
    match measure:
        case Share(part=part, whole=whole) if where.part in row and value is not None:
            of = f"{telling.said(part, row[where.part])} of {telling.said(whole, row[where.whole])}"
            return f"{said} ({of})"
        case ShareOfAll(metric=metric) if where.metric in row:
            noun = telling.noun(metric, row[where.metric]) if metric.function == "count" else ""
            counted = f"{telling.said(metric, row[where.metric])} {escape(noun)}".rstrip()
            return f"{said} ({counted})"
        case Change() if where.later in row:
            return changes.values(telling, measure, i, row)
        case _:
            return said


def _sentence(telling: Telling, i: int, row: Row) -> str:
    measure = telling.form.measures[i]
    value = telling.value(i, row)
    match measure:
        case Metric(function="count"):
            return _count(telling, measure, value)
        case Metric():
            return _metric(telling, measure, value)
        case Share():
            return _share(telling, measure, i, row)
        case Change():
            return changes.sentence(telling, measure, i, row)
        case Rate(metric=metric, unit=unit):
            return _per(telling, metric, f" per {unit} on average", i, row)
        case Ratio(part=part, whole=whole):
            return _ratio(telling, part, whole, i, row)
        case ShareOfAll():
            what = escape(measure_words(telling.names, measure))
            return f"The {what}{telling.scope()}: {values(telling, i, row)}"


def _count(telling: Telling, metric: Metric, value: Any) -> str:
    scope = telling.conditions(metric) + telling.scope()
    if not value:
        noun = escape(telling.noun(metric))
        zero = ", the count is **0**" if value == 0 else ""
        return f"There were no {noun}{scope}: no rows matched{zero}"
    was = "was" if value == 1 else "were"
    return f"There {was} {telling.counted(metric, value)}{scope}"


def _metric(telling: Telling, metric: Metric, value: Any) -> str:
    scope = telling.scope()
    if value is None:
        what = escape(base(telling.names, metric))
        rows = f"{telling.rows()}{telling.conditions(metric)}{scope}"
        return f"No row with a value matched: there is no {what} for {rows}"
    return f"The {telling.phrase(metric)}{scope} is {telling.bold(metric, value)}"


def _share(telling: Telling, share: Share, i: int, row: Row) -> str:
    more, scope = share_of(share), telling.scope()
    names, where = telling.names, telling.columns.measures[i]
    noun = escape(base(names, share.whole))
    if share.whole.function != "count":
        noun = f"the {noun} of {telling.rows()}"
    if more is None:
        of = f"{escape(base(names, share.part))}{telling.conditions(share.part)}"
        what = f"{of} as a share of {noun}{telling.conditions(share.whole)}"
    else:
        among = telling.conditions(share.whole)
        what = f"share of {noun}{escape_behind(attached(names, more))}"
        what += f" among those{among}" if among else ""
    value = row.get(where.value)
    if value is None:
        return f"There is no {what}{scope}: there were none to take a share of"
    start = "The " if what.startswith("share") else ""
    counts = ""
    if where.part in row:
        part, whole = row[where.part], row[where.whole]
        of = telling.said(share.whole, whole)
        if share.whole.function == "count":
            of = f"{of} {escape(telling.noun(share.whole, whole))}"
        counts = f" ({telling.said(share.part, part)} of {of})"
    return capital(f"{start}{what}{scope} is {telling.bold(share, value)}{counts}")


def _per(telling: Telling, metric: Metric, per: str, i: int, row: Row) -> str:
    measure, value = telling.form.measures[i], telling.value(i, row)
    scope = telling.conditions(metric) + telling.scope()
    if value is None:
        why = "nothing to divide by" if isinstance(measure, Ratio) else "no row that has a value"
        what = "number of " if metric.function == "count" else ""
        return (
            f"There is no {what}{escape(base(telling.names, metric))}{per}{scope}: there was {why}"
        )
    said = telling.said(measure, value)
    if metric.function == "count":
        total = row.get(telling.columns.measures[i].metric) if isinstance(measure, Rate) else None
        all_ = "" if total is None else f", {telling.said(metric, total)} in all"
        return f"There were **{said}** {escape(plural(telling.noun(metric)))}{per}{scope}{all_}"
    return f"The {escape(base(telling.names, metric))}{per}{scope} is **{said}**"


def _ratio(telling: Telling, part: Metric, whole: Metric, i: int, row: Row) -> str:
    where = telling.columns.measures[i]
    simple = whole.function == "count" and not whole.where and not whole.time
    divisor = singular(telling.noun(whole)).removeprefix("distinct ") if simple else ""
    per = f" per {escape(divisor)}" if divisor else f" divided by {telling.phrase(whole)}"
    if whole.function == "count" and not simple:
        per = f" per {escape(singular(telling.noun(whole)))}{telling.conditions(whole)}"
    said = _per(telling, part, per, i, row)
    if row.get(where.value) is None or where.part not in row:
        return said
    sides = [
        telling.said(m, row[n])
        + (f" {escape(telling.noun(m, row[n]))}" if m.function == "count" else "")
        for m, n in ((part, where.part), (whole, where.whole))
    ]
    return f"{said} ({sides[0]}, {sides[1]})"


def _group_words(telling: Telling) -> str:
    said = [telling.names.short(f) for f in telling.form.group]
    if telling.form.bucket:
        bucket = telling.form.bucket
        said.append(bucket.unit if bucket.count == 1 else f"{bucket.count} {bucket.unit}s")
    return " and ".join(said)
