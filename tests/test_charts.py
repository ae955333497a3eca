from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from app import charts

HOURS = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in range(4)]
CARRIERS = ["Nordwind", "PostHaste", "Blitzkurier"]
HOSTILE = '<img src=x onerror="alert(1)">'


def spec(table: pa.Table) -> dict[str, Any]:
    chart = charts.draw(table)
    assert chart is not None
    return dict(chart.to_dict())


def points(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    (rows,) = drawn["datasets"].values()
    return list(rows)


def cents(*values: str) -> pa.Array:
    return pa.array([Decimal(v) for v in values], pa.decimal128(10, 2))


NOTHING_TO_DRAW = {
    "no rows": pa.table({"city": pa.array([], pa.string()), "n": pa.array([], pa.int64())}),
    "one row": pa.table({"city": ["Graz"], "n": [1]}),
    "one number": pa.table({"n": [1]}),
    "numbers only": pa.table({"a": [1, 2], "b": [3, 4]}),
    "text only": pa.table({"a": ["x", "y"]}),
    "time only": pa.table({"t": HOURS}),
    "a repeated label": pa.table({"city": ["Graz", "Graz"], "n": [1, 2]}),
    "two text columns": pa.table({"a": ["x", "y"], "b": ["x", "y"], "n": [1, 2]}),
    "events, not a series": pa.table({"t": [HOURS[0], HOURS[0], HOURS[1]], "n": [1, 2, 3]}),
    "all values null": pa.table({"a": ["x", "y"], "n": pa.array([None, None], pa.int64())}),
    "more lines than can be told apart": pa.table(
        {"t": HOURS[:2] * 9, "c": [f"c{i // 2}" for i in range(18)], "n": range(18)}
    ),
}


@pytest.mark.parametrize("table", NOTHING_TO_DRAW.values(), ids=NOTHING_TO_DRAW.keys())
def test_where_nothing_is_drawn(table: pa.Table) -> None:
    assert charts.draw(table) is None


BARS = {
    "text and integer": pa.table({"carrier": CARRIERS, "late": [3, 9, 1]}),
    "number first": pa.table({"late": [3, 9, 1], "carrier": CARRIERS}),
    "decimal": pa.table({"carrier": CARRIERS, "late": cents("3", "9", "1")}),
    "dictionary": pa.table({"c": pa.array(CARRIERS).dictionary_encode(), "n": [3, 9, 1]}),
    "one moment only": pa.table({"hour": HOURS[:1] * 3, "carrier": CARRIERS, "late": [3, 9, 1]}),
    "a null is left out": pa.table({"c": [*CARRIERS, "Alpenfracht"], "n": [3, 9, 1, None]}),
}


@pytest.mark.parametrize("table", BARS.values(), ids=BARS.keys())
def test_bars_keep_the_order_of_the_rows(table: pa.Table) -> None:
    drawn = spec(table)
    assert drawn["mark"]["type"] == "bar"
    assert drawn["encoding"]["y"]["sort"] is None
    assert [(p["label"], p["value"]) for p in points(drawn)] == [
        ("Nordwind", 3.0),
        ("PostHaste", 9.0),
        ("Blitzkurier", 1.0),
    ]


def test_many_bars_are_capped_and_say_so() -> None:
    drawn = spec(pa.table({"city": [f"c{i}" for i in range(40)], "n": range(40)}))
    assert len(points(drawn)) == charts.MAX_BARS
    assert drawn["encoding"]["y"]["title"] == "First 30 of 40"


def test_a_time_column_makes_a_line_in_time_order() -> None:
    drawn = spec(pa.table({"hour_start": HOURS[::-1], "orders": [4, 3, 2, 1]}))
    assert drawn["mark"]["type"] == "line"
    assert drawn["encoding"]["x"]["title"] == "Hour start (UTC)"
    assert [p["value"] for p in points(drawn)] == [1, 2, 3, 4]
    assert "color" not in drawn["encoding"]


def test_one_line_for_each_category() -> None:
    drawn = spec(pa.table({"t": HOURS[:2] * 2, "c": ["a", "a", "b", "b"], "n": [1, 2, 3, 4]}))
    assert drawn["encoding"]["color"]["field"] == "series"
    assert {p["series"] for p in points(drawn)} == {"a", "b"}


VIENNA = pa.timestamp("ms", tz="Europe/Vienna")
INSTANTS = {
    "utc": (pa.array(HOURS[:2]), "2026-11-22T00:00:00.000Z"),
    "another zone": (pa.array(HOURS[:2], VIENNA), "2026-11-22T00:00:00.000Z"),
    "no zone": (pa.array([h.replace(tzinfo=None) for h in HOURS[:2]]), "2026-11-22T00:00:00.000Z"),
    "dates": (pa.array([date(2026, 1, 2), date(2026, 1, 3)]), "2026-01-02T00:00:00.000Z"),
}


@pytest.mark.parametrize(("times", "first"), INSTANTS.values(), ids=INSTANTS.keys())
def test_times_are_utc_instants(times: pa.Array, first: str) -> None:
    assert points(spec(pa.table({"t": times, "n": [1, 2]})))[0]["time"] == first


SPANS = {
    timedelta(seconds=30): "%H:%M:%S",
    timedelta(hours=3): "%H:%M",
    timedelta(hours=30): "%d %b %H:%M",
    timedelta(days=9): "%d %b",
}


@pytest.mark.parametrize(("span", "written"), SPANS.items(), ids=str)
def test_times_are_written_as_finely_as_the_line_needs(span: timedelta, written: str) -> None:
    drawn = spec(pa.table({"t": [HOURS[0], HOURS[0] + span], "n": [1, 2]}))
    assert drawn["encoding"]["x"]["axis"]["format"] == written


def test_a_long_line_is_thinned() -> None:
    times = [HOURS[0] + timedelta(seconds=i) for i in range(5_000)]
    drawn = points(spec(pa.table({"t": times, "n": range(5_000)})))
    assert 1_000 < len(drawn) <= charts.MAX_POINTS
    assert drawn[0]["value"] == 0


def test_cells_and_names_stay_data() -> None:
    """vega-tooltip shows a picture for a key `image`, and a dot in a field means a path."""
    for name in ("image", "title", "a.b['c']", HOSTILE):
        drawn = spec(pa.table({name: [HOSTILE, "http://example.com/x.png"], "href": [1, 2]}))
        encoding = drawn["encoding"]
        assert set(encoding) <= {"x", "y", "color", "tooltip"}
        assert {c["field"] for c in encoding["tooltip"]} == {"label", "value"}
        assert not {"image", "title"} & {c["title"] for c in encoding["tooltip"]}
        assert set(drawn["data"]) == {"name"}
        assert json.dumps(drawn).count("onerror") <= 3


METRICS = {
    "an integer": (pa.table({"late_parcels": [1234]}), ("Late parcels", "1,234")),
    "a decimal": (pa.table({"sum_amount": cents("1234.50")}), ("Sum amount", "1,234.50")),
    "a fraction": (pa.table({"avg_load_ms": [241.66667]}), ("Average load ms", "241.67")),
    "unnamed": (pa.table({"EXPR$0": [7]}), ("Value", "7")),
    "with its name": (pa.table({"carrier": ["Nordwind"], "n": [3]}), ("N: Nordwind", "3")),
    "null": (pa.table({"n": pa.array([None], pa.int64())}), None),
    "not a number": (pa.table({"n": [float("nan")]}), None),
    "two numbers": (pa.table({"a": [1], "b": [2]}), None),
    "two rows": (pa.table({"a": [1, 2]}), None),
    "a time beside it": (pa.table({"t": HOURS[:1], "n": [1]}), None),
    "text only": (pa.table({"a": ["x"]}), None),
}


@pytest.mark.parametrize(("table", "expected"), METRICS.values(), ids=METRICS.keys())
def test_metric(table: pa.Table, expected: tuple[str, str] | None) -> None:
    assert charts.metric(table) == expected
