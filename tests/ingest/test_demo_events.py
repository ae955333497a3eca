"""The generator: pinned numbers, independence of the range asked, keys that join, patterns."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.demo.events import HOUR, MINUTE, STREAMS, Event, arrivals, to_ms
from ingest.demo.orders import live, orders_in
from ingest.demo.streams import TABLES
from ingest.demo.window import Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {
    "orders": "order_id",
    "payments": "payment_id",
    "shipments": "scan_id",
    "page_views": "view_id",
}
TIMES = {
    "orders": "order_time",
    "payments": "payment_time",
    "shipments": "scan_time",
    "page_views": "view_time",
}


@cache
def day() -> dict[str, list[Event]]:
    """The 24 hours before `NOON` of seed 7."""
    return arrivals(7, NOON - timedelta(hours=24), NOON)


def lived(seed: int, back: timedelta, window: Window, *, late_only: bool) -> Window:
    """Everything from every order placed within `back` of `NOON`, without any bound."""
    last = to_ms(NOON) // MINUTE
    for minute in range(last - back // timedelta(minutes=1), last):
        for order in orders_in(seed, minute, 1.0):
            if order.late or not late_only:
                live(order, seed, window)
    return window


def once(events: list[Event]) -> list[Event]:
    """The events without repeated deliveries."""
    return list({event.payload[KEYS[event.stream]]: event for event in events}.values())


def columns(stream: str) -> list[str]:
    ddl = "\n".join(path.read_text("utf-8") for path in sorted(TABLES.glob("*.sql")))
    body = re.search(rf"CREATE TABLE {stream} \((.*?)\n\) COMMENT", ddl, re.DOTALL)
    assert body
    return re.findall(r"^  `?([a-z_]+)`? +[A-Z]", body[1], re.MULTILINE)


def test_a_day_has_pinned_counts_and_sums() -> None:
    events = day()
    assert {stream: len(events[stream]) for stream in STREAMS} == {
        "orders": 8789,
        "payments": 9834,
        "shipments": 16984,
        "page_views": 43687,
    }
    assert sum(Decimal(str(e.payload["amount"])) for e in events["orders"]) == Decimal("1071367.00")
    late = Counter(
        e.payload["carrier"]
        for e in once(events["shipments"])
        if e.payload["status"] == "late" and e.event_time >= NOON - timedelta(hours=1)
    )
    assert late == {
        "Alpenfracht": 16,
        "Nordwind": 5,
        "PostHaste": 3,
        "Blitzkurier": 2,
    }


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 20 * 60_000), max_size=4), seed=st.integers(0, 5))
def test_events_do_not_depend_on_the_range_asked(cuts: list[int], seed: int) -> None:
    start, end = NOON, NOON + timedelta(minutes=20)
    edges = sorted({0, 20 * 60_000, *cuts})
    moments = [start + timedelta(milliseconds=edge) for edge in edges]
    pieces = [arrivals(seed, a, b, rate=0.1) for a, b in pairwise(moments)]
    whole = arrivals(seed, start, end, rate=0.1)
    for stream in STREAMS:
        assert [event for piece in pieces for event in piece[stream]] == whole[stream]


def test_the_look_back_misses_no_order() -> None:
    found = arrivals(7, NOON - timedelta(hours=1), NOON)
    window = Window(to_ms(NOON) - HOUR, to_ms(NOON))
    lived(7, timedelta(days=10), window, late_only=False)
    for stream in ("orders", "payments", "shipments"):
        in_order = sorted(window.events[stream], key=lambda event: event.arrival_ms)
        assert in_order == found[stream]


def test_an_empty_range_has_no_events() -> None:
    assert arrivals(7, NOON, NOON) == {stream: [] for stream in STREAMS}


@pytest.mark.parametrize("stream", STREAMS)
def test_rows_have_exactly_the_columns_of_the_ddl(stream: str) -> None:
    expected = columns(stream)
    for event in day()[stream]:
        assert list(event.payload) == expected
    line = json.loads(day()[stream][0].to_json(), parse_float=Decimal)
    assert line == day()[stream][0].payload


@pytest.mark.parametrize("stream", STREAMS)
def test_times_and_amounts_are_written_as_flink_reads_them(stream: str) -> None:
    for event in day()[stream]:
        written = str(event.payload[TIMES[stream]])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
        assert datetime.fromisoformat(written) == event.event_time
    for name in {"amount", "shipping_fee"} & set(columns(stream)):
        assert all(re.search(rf'"{name}": \d+\.\d\d[,}}]', e.to_json()) for e in day()[stream])


@pytest.mark.parametrize(
    ("stream", "column", "values"),
    [
        ("orders", "status", {"confirmed", "cancelled", "fraud_hold"}),
        ("orders", "channel", {"web", "app", "store"}),
        ("payments", "method", {"card", "paypal", "invoice", "gift_card"}),
        ("payments", "status", {"succeeded", "failed", "refunded"}),
        (
            "payments",
            "failure_reason",
            {None, "insufficient_funds", "card_expired", "issuer_timeout", "fraud_suspected"},
        ),
        ("shipments", "carrier", {"Nordwind", "PostHaste", "Blitzkurier", "Alpenfracht"}),
        ("shipments", "status", {"picked_up", "delivered", "late", "lost"}),
        ("page_views", "page", {"home", "search", "product", "cart", "checkout"}),
        ("page_views", "device", {"desktop", "phone", "tablet"}),
    ],
)
def test_every_value_named_in_the_ddl_occurs(stream: str, column: str, values: set[str]) -> None:
    assert {e.payload[column] for e in day()[stream]} == values


def test_every_payment_and_scan_belongs_to_an_order() -> None:
    last = arrivals(7, NOON - timedelta(hours=24), NOON, rate=0.1)
    ever = arrivals(7, NOON - timedelta(hours=24 + 173), NOON + timedelta(minutes=15), rate=0.1)
    known = {e.payload["order_id"]: e.payload for e in ever["orders"]}
    for stream in ("payments", "shipments"):
        assert last[stream]
        assert all(e.payload["order_id"] in known for e in last[stream])
    shipped = {e.payload["order_id"] for e in last["shipments"]}
    assert all(known[order]["status"] == "confirmed" for order in shipped)


def test_keys_are_unique_but_for_identical_repeats() -> None:
    for stream in STREAMS:
        rows: dict[object, Event] = {}
        repeats = 0
        for event in day()[stream]:
            first = rows.setdefault(event.payload[KEYS[stream]], event)
            repeats += first is not event
            assert first.payload == event.payload
        assert 0.005 < repeats / len(rows) < 0.015


def test_arrivals_are_out_of_order_and_a_few_are_late() -> None:
    delays = {"orders": 30, "payments": 60, "shipments": 120, "page_views": 10}
    for stream in STREAMS:
        events = once(day()[stream])
        times = [event.event_ms for event in events]
        assert times != sorted(times)
        late = sum(e.arrival_ms - e.event_ms > (delays[stream] + 60) * 1000 for e in events)
        assert 0.002 < late / len(events) < 0.015


def test_the_day_looks_like_a_shop() -> None:
    orders, payments = once(day()["orders"]), once(day()["payments"])
    shares = Counter(e.payload["status"] for e in orders)
    assert 0.05 < shares["cancelled"] / len(orders) < 0.07
    assert 0.01 < shares["fraud_hold"] / len(orders) < 0.02
    assert 5 < len(orders) / 1440 < 7
    assert 27 < len(once(day()["page_views"])) / 1440 < 33
    attempts = [e for e in payments if e.payload["status"] != "refunded"]
    assert 1.0 < len(attempts) / len(orders) < 1.2
    assert len({e.payload["city"] for e in orders}) >= 8
    assert len({e.payload["product"] for e in orders}) == 20
    assert len({e.payload["category"] for e in orders}) == 6


def test_some_half_hours_pass_the_payment_alert_and_most_do_not() -> None:
    outcomes: defaultdict[int, Counter[object]] = defaultdict(Counter)
    for event in once(day()["payments"]):
        outcomes[event.event_ms // (HOUR // 2)][event.payload["status"]] += 1
    shares = [c["failed"] / (c["failed"] + c["succeeded"]) for c in outcomes.values()]
    assert 3 <= sum(share > 0.08 for share in shares) <= len(shares) / 2


def test_delays_fit_the_compensation_tiers() -> None:
    for event in day()["shipments"]:
        hours = event.payload["delay_hours"]
        promised = datetime.fromisoformat(str(event.payload["promised_at"]))
        assert isinstance(hours, int)
        if event.payload["status"] in {"late", "lost"}:
            assert hours >= 24
            assert hours == (event.event_time - promised) // timedelta(hours=1)
        elif event.payload["status"] == "picked_up" or event.event_time <= promised:
            assert hours == 0
    tiers = Counter(
        min(3, int(str(e.payload["delay_hours"])) // 24)
        for e in day()["shipments"]
        if e.payload["status"] == "late"
    )
    assert tiers[1] > tiers[2] > tiers[3] > 0


@pytest.mark.parametrize("seed", [7, 1, 99])
def test_every_hour_of_a_month_has_late_scans_of_several_carriers(seed: int) -> None:
    hours: defaultdict[int, Counter[object]] = defaultdict(Counter)
    window = Window(to_ms(NOON - timedelta(days=30)), to_ms(NOON))
    lived(seed, timedelta(days=38), window, late_only=True)
    for event in window.events["shipments"]:
        if event.payload["status"] == "late":
            hours[event.event_ms // HOUR][event.payload["carrier"]] += 1
    whole = [hours[hour] for hour in range(min(hours) + 1, max(hours))]
    assert len(whole) >= 718
    assert min(carriers.total() for carriers in whole) >= 5
    assert min(len(carriers) for carriers in whole) >= 2
    worst = Counter(carriers.most_common(1)[0][0] for carriers in whole)
    assert worst["Alpenfracht"] > 0.97 * len(whole)


def test_rate_scales_the_traffic() -> None:
    hour = timedelta(hours=1)
    few, many = (len(arrivals(7, NOON - hour, NOON, rate=r)["page_views"]) for r in (0.5, 5))
    assert 8 < many / few < 12
