"""Shares, changes, rates, running totals and lengths of time, over a help desk and its branches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import Reading, parse
from app.semantic_parser.form import (
    Arithmetic,
    Change,
    Compares,
    Duration,
    Equals,
    Field,
    Filter,
    Form,
    Measure,
    Metric,
    Null,
    Operand,
    Rate,
    Ratio,
    Share,
    ShareOfAll,
)
from app.semantic_parser.reading import CONFIDENT

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

CASES = Table(
    "cases",
    (
        Column("case_id", "STRING", "Case number", nullable=False),
        Column("client_id", "STRING", "Client who called"),
        Column("branch_id", "STRING", "Branch that handles it"),
        Column("channel", "STRING", "How it came in: phone, mail or chat"),
        Column("state", "STRING", "State: solved, rejected or escalated"),
        Column("urgent", "BOOLEAN", "True where it is urgent"),
        Column("cost", "DECIMAL(8, 2)", "Cost in EUR"),
        Column("agent", "STRING", "Agent; null while nobody has taken it"),
        Column("opened_at", "TIMESTAMP(3)", "When it was opened"),
        Column("solved_at", "TIMESTAMP(3)", "When it was solved; null while it is open"),
    ),
    comment="Cases of the help desk",
    time_attribute="opened_at",
    primary_key=("case_id",),
)
VISITS = Table(
    "visits",
    (
        Column("visit_id", "STRING", nullable=False),
        Column("case_id", "STRING", "Case that it belongs to"),
        Column("technician", "STRING", "Technician who came"),
        Column("delay_min", "INT", "Delay in minutes"),
        Column("came_at", "TIMESTAMP(3)", "When the technician came"),
    ),
    comment="Visits of technicians",
    time_attribute="came_at",
    primary_key=("visit_id",),
)
CATALOG = Catalog((CASES, VISITS))
VALUES = Values(
    {
        "cases": {
            "channel": ("phone", "mail", "chat"),
            "state": ("solved", "rejected", "escalated"),
        }
    }
)


def read(question: str) -> Reading:
    """The reading of a question; there must be one."""
    found = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert found is not None
    return found


def said(form: Form) -> str:
    """What a form computes, in one line."""
    measures = ", ".join(_measure(m) for m in form.measures)
    parts = [measures, *dict.fromkeys(_filter(f) for f in form.filters)]
    parts += [form.time.words] if form.time else []
    parts += [f"per {f.name}" for f in form.group]
    parts += [f"by {form.bucket.unit}"] if form.bucket else []
    parts += ["cumulative"] if form.cumulative else []
    parts += [f"{form.summary.function} over groups"] if form.summary else []
    return " | ".join(parts)


def _measure(measure: Measure) -> str:
    match measure:
        case Metric():
            return _metric(measure)
        case Share(part=part, whole=whole, scale=scale):
            return f"{_metric(part)} / {_metric(whole)} * {scale}"
        case ShareOfAll(metric=metric, scale=scale):
            return f"{_metric(metric)} / all * {scale}"
        case Change(later=later, earlier=earlier, wanted=wanted):
            return f"{_metric(later)} - {_metric(earlier)} ({wanted})"
        case Rate(metric=metric, unit=unit, units=units):
            return f"{_metric(metric)} / {units.normalize():f} {unit}s"
        case Ratio(part=part, whole=whole):
            return f"{_metric(part)} / {_metric(whole)}"


def _metric(metric: Metric) -> str:
    distinct = "distinct " if metric.distinct else ""
    where = "".join(f" {_filter(f)}" for f in metric.where)
    time = f" {metric.time.words}" if metric.time else ""
    return f"{metric.function}({distinct}{_operand(metric.of)}{where}{time})"


def _operand(operand: Operand | None) -> str:
    match operand:
        case Field():
            return operand.name
        case Duration(start=start, end=end, unit=unit):
            return f"{unit}s from {start.name} to {end.name}"
        case Arithmetic(left=left, operator=operator, right=right):
            return f"{left.name} {operator} {right.name}"
        case None:
            return "*"


def _filter(condition: Filter) -> str:
    match condition:
        case Equals(field=field, values=values, negated=negated):
            return f"{field.name}{'!=' if negated else '='}{'/'.join(map(str, values))}"
        case Null(field=field, negated=negated):
            return f"{field.name}{' given' if negated else ' missing'}"
        case Compares(left=left, operator=operator, right=right):
            other = right.name if isinstance(right, Field) else right
            return f"{_operand(left)}{operator}{other}"
        case _:
            return type(condition).__name__


SHARES = (
    ("what percentage of cases was rejected today?",
     "count(* state=rejected) / count(*) * 100 | today"),
    ("Percentage of rejected cases", "count(* state=rejected) / count(*) * 100"),
    ("of the rejected cases today, what share came by phone?",
     "count(* channel=phone) / count(*) * 100 | state=rejected | today"),
    ("what % of phone cases were escalated?",
     "count(* state=escalated) / count(*) * 100 | channel=phone"),
    ("share of cases over 100 euros", "count(* cost>100) / count(*) * 100"),
    ("what percentage of cases from chat that were rejected were urgent?",
     "count(* state=rejected urgent=True) / count(*) * 100 | channel=chat"),
    ("for each channel, what share of the cases is urgent?",
     "count(* urgent=True) / count(*) * 100 | per channel"),
    ("in every channel, what percentage of the urgent cases was rejected?",
     "count(* state=rejected) / count(*) * 100 | urgent=True | per channel"),
    ("share of each channel in all cases, percent", "count(*) / all * 100 | per channel"),
    ("what proportion of cases is urgent, per channel?",
     "count(* urgent=True) / count(*) * 100 | per channel"),
    ("what fraction of the cases is urgent?", "count(* urgent=True) / count(*) * 1"),
    ("what share of cases is urgent, as a number between 0 and 1?",
     "count(* urgent=True) / count(*) * 1"),
    ("what percent of the cost came from mail?", "sum(cost channel=mail) / sum(cost) * 100"),
    ("how many of the cases are urgent, in percent?", "count(* urgent=True) / count(*) * 100"),
    ("number of urgent cases as a percentage of all cases",
     "count(* urgent=True) / count(*) * 100"),
    ("which agent has the highest share of escalated cases?",
     "count(* state=escalated) / count(*) * 100 | agent given | per agent"),
    ("what percentage of today's cases came in the last hour?",
     "count(* in the last hour) / count(*) * 100 | today"),
    ("what percentage of clients came by mail?",
     "count(distinct client_id channel=mail) / count(distinct client_id) * 100"),
    ("what percent of cases does each channel account for?", "count(*) / all * 100 | per channel"),
    ("share of each channel in total cost", "sum(cost) / all * 100 | per channel"),
    ("cases by state in percent", "count(*) / all * 100 | per state"),
    ("percentage breakdown of cases by channel today",
     "count(*) / all * 100 | today | per channel"),
    ("what share of rejected cases does each channel account for?",
     "count(*) / all * 100 | state=rejected | per channel"),
    ("rejection rate by channel", "count(* state=rejected) / count(*) * 100 | per channel"),
    ("escalated case rate today", "count(* state=escalated) / count(*) * 100 | today"),
    ("the rate of rejected cases", "count(* state=rejected) / count(*) * 100"),
)  # fmt: skip

CHANGES = (
    ("how many more cases came in the last hour than in the hour before?",
     "count(* in the last hour) - count(* in the hour before) (difference)"),
    ("cases in the last 2 hours compared with the 2 hours before",
     "count(* in the last 2 hours) - count(* in the 2 hours before) (both)"),
    ("by how much did the cost rise today compared with yesterday?",
     "sum(cost today) - sum(cost yesterday) (difference)"),
    ("by what percentage did urgent cases change today versus yesterday?",
     "count(* today) - count(* yesterday) (percent) | urgent=True"),
    ("did cases go up or down today compared to yesterday, by channel?",
     "count(* today) - count(* yesterday) (both) | per channel"),
    ("how many more cases came by phone than by mail today?",
     "count(* channel=phone) - count(* channel=mail) (difference) | today"),
    ("difference in average cost between phone and chat",
     "avg(cost channel=phone) - avg(cost channel=chat) (difference)"),
    ("compare phone and mail cases today", "count(*) | channel=phone/mail | today | per channel"),
    ("ratio of rejected cases to escalated cases",
     "count(* state=rejected) / count(* state=escalated)"),
)  # fmt: skip

RATES = (
    ("how many cases per minute did we get on average in the last hour?",
     "count(*) / 60 minutes | in the last hour"),
    ("average number of cases per hour in the last 6 hours by channel",
     "count(*) / 6 hours | in the last 6 hours | per channel"),
    ("average number of cases per day", "count(*) | by day | avg over groups"),
    ("how many cases does a client have on average?",
     "count(*) | per client_id | avg over groups"),
    ("cases per minute in the last 10 minutes", "count(*) | in the last 10 minutes | by minute"),
)  # fmt: skip

TOTALS = (
    ("running total of cases by hour today", "count(*) | today | by hour | cumulative"),
    ("how does the cost accumulate hour by hour today?",
     "sum(cost) | today | by hour | cumulative"),
    ("cumulative number of urgent cases per hour today, by channel",
     "count(*) | urgent=True | today | per channel | by hour | cumulative"),
    ("cumulative cases today", "count(*) | today | by hour | cumulative"),
)  # fmt: skip

SPANS = (
    ("difference between highest and lowest cost per channel",
     "max(cost) - min(cost) (difference) | per channel"),
    ("number of urgent cases vs not urgent ones", "count(*) | per urgent"),
    ("average cost split by whether the case is urgent", "avg(cost) | per urgent"),
)  # fmt: skip
LENGTHS = (
    ("how long does it take to solve a case on average, in hours?",
     "avg(hours from opened_at to solved_at)"),
    ("how many minutes does a case take to solve on average?",
     "avg(minutes from opened_at to solved_at)"),
    ("median time to solve per agent in hours",
     "percentile(hours from opened_at to solved_at) | per agent"),
    ("which agent takes the longest on average to solve a case?",
     "avg(minutes from opened_at to solved_at) | agent given | per agent"),
    ("how many hours after the case is a visit made on average?",
     "avg(hours from opened_at to came_at)"),
    ("average number of minutes between a case and its visit, for visits since 12:00",
     "avg(minutes from opened_at to came_at) | since 12:00"),
    ("how many minutes late are visits on average?", "avg(delay_min)"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "expected"),
    [*SHARES, *CHANGES, *RATES, *TOTALS, *SPANS, *LENGTHS],
    ids=lambda v: v[:60],
)
def test_composites(question: str, expected: str) -> None:
    found = read(question)
    assert said(found.form) == expected
    assert found.confidence >= CONFIDENT, (found.confidence, found.unexplained, found.reasons)


UNSURE = (
    "what percentage of cases?",
    "by how much did cases drop in the last hour?",
    "how long have the open cases been open?",
    "which channels had more cases today than yesterday?",
    "cumulative clients per hour today",
    "cumulative share of urgent cases by hour",
    "what is the churn rate?",
    "share of the average cost",
    "how many minutes was the phone busy?",
)


@pytest.mark.parametrize("question", UNSURE)
def test_what_cannot_be_built_surely_is_not_run(question: str) -> None:
    found = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert found is None or found.confidence < CONFIDENT
