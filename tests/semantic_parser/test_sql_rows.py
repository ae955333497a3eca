"""What the rendered queries give in the real Flink, against rows counted by hand."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.semantic_parser.form import (
    Bucket,
    Change,
    Form,
    Having,
    Metric,
    Newest,
    Rate,
    Ratio,
    Share,
    ShareOfAll,
    Summary,
)
from app.semantic_parser.sql import columns, render
from app.sql.review import Reviewer
from tests.semantic_parser import small
from tests.semantic_parser.small import ORDERS, field, hours
from tests.semantic_parser.sql_measures import (
    AMOUNT,
    CANCELLED,
    CITY,
    COUNT,
    CUSTOMER,
    DONE,
    FAILED,
    MEASURES,
    ORDERED,
    PAYMENTS,
    SHIPPING,
    TIMES,
    only,
)
from tests.semantic_parser.sql_rows import FILTERS, JOINS, LISTS

pytestmark = pytest.mark.flink

CASES = {**MEASURES, **TIMES, **LISTS, **JOINS} | {
    name: (Form(ORDERS, measures=(COUNT,), filters=(filter_,)), [(number,)])
    for name, (filter_, number) in FILTERS.items()
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return small.write(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def engine(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PyFlinkEngine]:
    state = tmp_path_factory.mktemp("state")
    with PyFlinkEngine(catalog, time_zone="UTC", environ={}, state_dir=state) as engine:
        yield engine


def test_rows(engine: PyFlinkEngine, catalog: Catalog) -> None:
    """One test for all, since each start of Flink takes seconds."""
    reviewer = Reviewer(catalog, engine.parse, row_limit=100)
    wrong = {}
    for name, (form, expected) in CASES.items():
        review = reviewer.review(render(form))
        result = engine.run(review.query, ranges=review.ranges)
        rows = [tuple(map(_plain, row.values())) for row in result.rows()]
        if rows != expected or review.advice or not _named(form) <= set(result.columns):
            wrong[name] = (review.query.text, review.advice, result.columns, rows)
    assert not wrong


def _named(form: Form) -> set[str]:
    """The result columns that a form says it has."""
    names = columns(form)
    if names.summary:
        return {names.summary, names.found} - {""}
    parts = (getattr(m, part) for m in names.measures for part in m.__slots__)
    return {*names.group, names.bucket, *names.listed, names.found, *parts} - {""}


def _plain(value: object) -> object:
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
        return f"{at:%d %H:%M}"
    return round(value, 6) if isinstance(value, float) else value


PARTS: tuple[tuple[dict[str, Any], ...], ...] = (
    (
        {"measures": (COUNT,)},
        {"measures": (AMOUNT, COUNT)},
        {"measures": (Share(CANCELLED, COUNT),)},
        {"measures": (ShareOfAll(AMOUNT),)},
        {"measures": (Change(only(AMOUNT, time=hours(12, 13)), only(AMOUNT, time=hours(11, 12))),)},
        {"measures": (Rate(COUNT, "hour", Decimal(3)), Ratio(AMOUNT, COUNT))},
        {"measures": (Metric("percentile", SHIPPING), Metric("count", CUSTOMER, distinct=True))},
        {"measures": (Share(only(COUNT, where=(FAILED,)), COUNT), AMOUNT)},
    ),
    ({"group": (CITY,)}, {"group": (CITY, field("orders.place.district"))}),
    ({}, {"bucket": Bucket("hour")}, {"bucket": Bucket("minute", 15)}, {"bucket": Bucket("week")}),
    ({}, {"joins": (PAYMENTS,)}),
    ({}, {"newest": Newest((CUSTOMER,), (DONE,))}),
    ({}, {"having": (Having(">", Decimal(1)),)}),
    (
        {},
        {"limit": 2},
        {"limit": 1, "limit_per": (CITY,)},
        {"summary": Summary("avg")},
        {"asks_whether": True},
        {"cumulative": True},
    ),
)


def test_parts_go_together(engine: PyFlinkEngine, catalog: Catalog) -> None:
    """Any part of a form with any other; some of the hundreds of combinations."""
    reviewer = Reviewer(catalog, engine.parse, row_limit=100)
    combinations = list(itertools.product(*PARTS))
    for parts in random.Random(4).sample(combinations, 60):
        together = {name: value for part in parts for name, value in part.items()}
        review = reviewer.review(render(Form(ORDERS, time_field=ORDERED, **together)))
        engine.check(review.query)
        assert not review.advice
