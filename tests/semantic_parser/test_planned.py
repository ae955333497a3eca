"""Every query that the cases expect is one that the real Flink plans."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.catalog.model import Catalog
from app.catalog.values import sampling_sql
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from tests.semantic_parser.catalogs import GROUNDS, ZONE, questions

pytestmark = pytest.mark.flink


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(tuple(t for ground in GROUNDS.values() for t in ground.catalog))


@pytest.fixture(scope="module")
def planner(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PyFlinkEngine]:
    folder = tmp_path_factory.mktemp("planner")
    for table in catalog:
        (folder / table.name).mkdir()
    environ = {"TRIBUTARY_STREAMS": str(folder)}
    state = folder / "state"
    with PyFlinkEngine(catalog, time_zone=ZONE, environ=environ, state_dir=state) as engine:
        yield engine


def test_all_cases_are_planned(planner: PyFlinkEngine, catalog: Catalog) -> None:
    assert not planner.problems
    for sql in sorted({case["sql"] for _, case in questions("answered")}):
        planner.check(guard.check(sql, catalog, planner.parse, row_limit=10))


def test_sampling_queries_are_planned(planner: PyFlinkEngine, catalog: Catalog) -> None:
    for table in catalog:
        sql = sampling_sql(table)
        if sql is not None:
            planner.check(guard.check(sql, catalog, planner.parse, row_limit=10))


def test_buckets_are_filled_in_batch_mode(planner: PyFlinkEngine, catalog: Catalog) -> None:
    """`datagen` makes ten rows of about now, so that each form really runs."""
    for question in ("How many readings per hour", "average temperature per 15 minutes"):
        reading = GROUNDS["sensors"].read(question)
        assert reading is not None
        query = guard.check(reading.sql, catalog, planner.parse, row_limit=10)
        assert len(planner.run(query)) >= 1
