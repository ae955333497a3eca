"""Groups and stretches of time: the winner, the first rows, the peak, how a total ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.markdown import escape
from app.responders.results.figures import grouped, values
from app.responders.results.telling import Telling, capital
from app.responders.results.values import Row
from app.semantic_parser.form import Measure, Metric
from app.semantic_parser.words import (
    base,
    ends,
    first_metric,
    measure_words,
    say_bucket,
    say_each,
    say_group,
    say_having,
)

MOST_BULLETS = 5


def tell(telling: Telling, rows: Sequence[Row]) -> str:
    """What there is to say of several groups; the page shows them all."""
    form, marker = telling.form, telling.marker
    if not rows:
        return f"No rows matched for the {_heading(telling)} {marker}."
    if form.cumulative:
        return _running(telling, rows)
    ranked = bool(form.order) and isinstance(form.order[0].by, int)
    if form.bucket and not form.group and not ranked and form.limit is None:
        return _over_time(telling, rows)
    if ranked and not form.limit_per and form.limit == 1:
        return _winner(telling, rows)
    if ranked and form.limit is not None:
        return _list(telling, _top(telling, len(rows)), rows)
    return _list(telling, _heading(telling), rows)


def _list(telling: Telling, heading: str, rows: Sequence[Row]) -> str:
    bullets = [f"- {telling.label(r)}: {_values(telling, r)}" for r in rows[:MOST_BULLETS]]
    more = "\n\nThe rest is in the table." if len(rows) > MOST_BULLETS else ""
    return f"{capital(heading)} {telling.marker}:\n\n" + "\n".join(bullets) + more


def _values(telling: Telling, row: Row) -> str:
    measures = telling.form.measures
    if len(measures) == 1:
        return values(telling, 0, row)
    said = [
        f"{escape(measure_words(telling.names, m))} {values(telling, i, row)}"
        for i, m in enumerate(measures)
    ]
    return ", ".join(said)


def _winner(telling: Telling, rows: Sequence[Row]) -> str:
    """The first group in a sentence, with those that share its place."""
    form, marker = telling.form, telling.marker
    order = form.order[0]
    i = order.by if isinstance(order.by, int) else 0
    best = telling.value(i, rows[0])
    tied = [r for r in rows if telling.value(i, r) == best]
    label = " and ".join(f"**{telling.label(r)}**" for r in tied[:MOST_BULLETS])
    if form.bucket and not form.group:
        label = " and ".join(f"The {_stretch(telling, r, bold=True)}" for r in tied[:MOST_BULLETS])
    if len(tied) > MOST_BULLETS:
        label += " and others"
    has = "has" if len(tied) == 1 else "have"
    end, _ = ends(form, order, telling.names)
    what = _measured(telling, form.measures[i])
    article = "" if what.startswith(f"{end} ") else f"{end} "
    said = ", ".join(values(telling, j, rows[0]) for j in range(len(form.measures)))
    each = " each" if len(tied) > 1 else ""
    return f"{label} {has} the {article}{what}{telling.scope()}: {said}{each} {marker}."


def _top(telling: Telling, count: int) -> str:
    """`The 3 cities with the most orders today`."""
    form = telling.form
    order = form.order[0]
    end, _ = ends(form, order, telling.names)
    what = _measured(telling, form.measures[order.by if isinstance(order.by, int) else 0])
    article = "" if what.startswith(f"{end} ") else f"{end} "
    ranked = f"with the {article}{what}{telling.scope()}{_kept(telling)}"
    if form.limit_per:
        each = escape(say_each(telling.names, form).strip())
        return f"the {form.limit} {ranked} {each}, {_by(telling)}"
    if len(form.group) == 1 and not form.bucket:
        noun = grouped(telling) if count > 1 else telling.names.short(form.group[0])
        return f"the {f'{count} ' if count > 1 else ''}{escape(noun)} {ranked}"
    return f"the {count} {ranked}, {_by(telling)}"


def _over_time(telling: Telling, rows: Sequence[Row]) -> str:
    """The peak, the latest and, where they add up, all together."""
    if len(rows) <= MOST_BULLETS:
        return _list(telling, _heading(telling), rows)
    measures = range(len(telling.form.measures))
    said = [_course(telling, i, rows) for i in measures]
    if len(said) > 1:
        named = [f"{escape(measure_words(telling.names, m))}: " for m in telling.form.measures]
        said = [f"{name}{course}" for name, course in zip(named, said, strict=True)]
    text = f"{capital(_heading(telling))} {telling.marker}"
    return f"{text}: {'; '.join(said)}; all {len(rows):,} are in the table."


def _course(telling: Telling, i: int, rows: Sequence[Row]) -> str:
    bucket = telling.columns.bucket
    known = [r for r in rows if telling.value(i, r) is not None]
    if not known:
        return "there is no value in any of them"
    top = max(known, key=lambda r: telling.value(i, r))
    last = max((r for r in known if r.get(bucket)), key=lambda r: r[bucket], default=known[-1])
    said = f"the highest is {values(telling, i, top)} from {telling.label(top)}"
    if last is not top:
        said += f", the latest {values(telling, i, last)} from {telling.label(last)}"
    measure = telling.form.measures[i]
    if isinstance(measure, Metric) and _adds_up(measure):
        total = sum((telling.value(i, r) for r in known[1:]), telling.value(i, known[0]))
        said += f", together {telling.said(measure, total)}"
    return said


def _adds_up(metric: Metric) -> bool:
    return metric.function == "sum" or (metric.function == "count" and not metric.distinct)


def _running(telling: Telling, rows: Sequence[Row]) -> str:
    """Where each running total ends."""
    bucket = telling.columns.bucket
    lasts: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda r: (r.get(bucket) is not None, r.get(bucket) or 0)):
        lasts[tuple(str(row.get(n)) for n in telling.columns.group)] = row
    if telling.form.group:
        return _list(telling, f"{_heading(telling)}, as it ends", list(lasts.values()))
    (last,) = lasts.values()
    text = f"{capital(_heading(telling))} {telling.marker}"
    steps = f" All {len(rows):,} steps are in the table." if len(rows) > 1 else ""
    return f"{text}: it reaches {_values(telling, last)} with the {_stretch(telling, last)}.{steps}"


def _stretch(telling: Telling, row: Row, *, bold: bool = False) -> str:
    """The stretch of time of a row: `hour from 2026-11-22 18:00`, `day 2026-11-22`."""
    bucket = telling.form.bucket
    start = telling.moment(row.get(telling.columns.bucket))
    start = f"**{start}**" if bold else start
    if bucket is None or bucket.count > 1:
        length = f"{bucket.count} {bucket.unit}s" if bucket else "stretch"
        return f"{length} from {start}"
    return f"{bucket.unit} {start}" if bucket.unit == "day" else f"{bucket.unit} from {start}"


def _heading(telling: Telling) -> str:
    """What is listed: `number of orders today, per city, most first`."""
    form = telling.form
    what = " and ".join(_full(telling, m) for m in form.measures)
    if form.cumulative:
        what = f"running {what.replace('number of ', 'total of ', 1)}"
    heading = f"{what}{telling.scope()}, {_by(telling)}{_kept(telling)}"
    if not form.order or not isinstance(form.order[0].by, int):
        return heading
    end, by = ends(form, form.order[0], telling.names)
    return f"{heading}, {end} {escape(by)}".rstrip() + " first"


def _by(telling: Telling) -> str:
    said = [f"per {say_group(telling.names, f)}" for f in telling.form.group]
    if telling.form.bucket:
        said.append(say_bucket(telling.form.bucket))
    return escape(" and ".join(said))


def _kept(telling: Telling) -> str:
    said = [say_having(telling.names, telling.form, h) for h in telling.form.having]
    return f", only those with {escape(' and '.join(said))}" if said else ""


def _full(telling: Telling, measure: Measure) -> str:
    """A measure with what it is of."""
    metric = first_metric(measure)
    if isinstance(measure, Metric) and metric.function != "count":
        return telling.phrase(metric)
    return escape(measure_words(telling.names, measure))


def _measured(telling: Telling, measure: Measure) -> str:
    """What a winner has the most of."""
    if isinstance(measure, Metric):
        return escape(base(telling.names, measure)) + telling.conditions(measure)
    return escape(measure_words(telling.names, measure))
