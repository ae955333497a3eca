"""A city's buses and trams: trips, stops made, vehicles, tickets and incidents."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.evaluation.domains import (
    HOURS,
    Row,
    at_least_once,
    local,
    maybe,
    moments,
    out_of_order,
    pick,
    save,
)

_SEED = 4202
_LINES = {"S1": 18, "S2": 23, "U4": 14, "11": 27, "42": 21, "X30": 41, "N7": 53}
_LATE = {"S1": 2.0, "S2": 3.1, "U4": 0.8, "11": 4.2, "42": 6.0, "X30": 5.1, "N7": 1.3}
_STOPS = {
    "Hauptbahnhof": 9,
    "Rathaus": 6,
    "Messe": 4,
    "Uniklinik": 3.3,
    "Stadtpark": 2.2,
    "Flughafen": 5,
    "Nordstrand": 1.2,
    "Alte Mühle": 0.7,
}
_PRICES = {"single": 2.9, "day_pass": 8.2, "weekly": 29.5, "monthly": 79.0, "group": 18.4}
_REASONS = {"no_driver": 4, "vehicle_defect": 2.5, "roadworks": 1.5, "weather": 1}
_DISTRICTS = {"Altstadt": 4, "Hafen": 3, "Nordend": 2, "Westpark": 1.4}
_NOTES = {
    "breakdown": ("door 2 stuck", "brake warning light", "door sensor dead", "engine overheated"),
    "collision": ("car in bus lane", "scraped mirror", "cyclist fell, brake hard"),
    "vandalism": ("graffiti on rear", "seat cut open"),
    "medical": ("passenger fainted", "ambulance called"),
    "blocked_track": ("car parked on track", "fallen tree", "police operation"),
}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    fleet = [_vehicle(rng, number, now) for number in range(44)]
    vehicles = [str(one["fzg_nr"]) for one in fleet]
    trips = _trips(rng, vehicles, now)
    save(folder, "fahrten", out_of_order(rng, [_as_written(trip) for trip in trips]))
    save(folder, "stop_events", out_of_order(rng, at_least_once(rng, _stops(rng, trips, now))))
    save(folder, "fleet", fleet)
    save(folder, "tickets", out_of_order(rng, _tickets(rng, now)))
    save(folder, "incidents", _incidents(rng, vehicles, now))
    return {"TRANSPORT_STREAMS": str(folder)}


def _vehicle(rng: random.Random, number: int, now: datetime) -> Row:
    fuel = pick(rng, {"diesel": 5, "electric": 4, "hybrid": 2})
    extras = ("wifi", "usb", "bike_rack", "air_con", "cctv")
    return {
        "fzg_nr": f"W{101 + 3 * number}",
        "model": rng.choice(
            {"diesel": ("Citaro", "Lion 12"), "electric": ("eCitaro", "Variobahn")}.get(
                fuel, ("Urbino H",)
            )
        ),
        "fuel": fuel,
        "seats": rng.choice((31, 38, 42, 54, 72)),
        "depot": pick(rng, {"Nord": 5, "Mitte": 3, "Hafen": 2}),
        "year": rng.randrange(2009, 2026),
        "wheelchair": rng.random() < 0.8,
        "extras": rng.sample(extras, rng.randrange(0, 4)),
        "last_service": maybe(
            rng, 0.1, (now.date() - timedelta(days=rng.randrange(3, 400))).isoformat()
        ),
    }


def _trips(rng: random.Random, vehicles: list[str], now: datetime) -> list[Row]:
    """Trips in order of the timetable, times not yet written; none at :00 or :30."""
    rows = []
    for line, every in _LINES.items():
        at = now - timedelta(hours=HOURS) + timedelta(minutes=rng.randrange(3, 12))
        while at < now - timedelta(minutes=2):
            at += timedelta(minutes=2) if at.minute % 30 == 0 else timedelta()
            rows.append({"linie": line, "abfahrt_soll": at, **_run(rng, line, at, vehicles)})
            at += timedelta(minutes=every + rng.randrange(-4, 5))
    rows.sort(key=lambda row: (row["abfahrt_soll"], row["linie"]))
    return [{"fahrt_nr": f"{40_000 + number}", **row} for number, row in enumerate(rows)]


def _run(rng: random.Random, line: str, at: datetime, vehicles: list[str]) -> Row:
    cancelled = rng.random() < 0.06
    late = max(0, int(rng.gauss(_LATE[line] / 2, _LATE[line] * 1.4)))
    left = at + timedelta(seconds=rng.randrange(-20, 60 + 40 * late))
    return {
        "richtung": rng.choice(("inbound", "outbound")),
        "fzg_nr": rng.choice(vehicles),
        "fahrer_id": maybe(rng, 0.04, f"P{rng.randrange(1, 36):02}"),
        "abfahrt_ist": None if cancelled else left,
        "versp_min": None if cancelled else late,
        "km": round(_LINES[line] * 0.55 + rng.uniform(-1, 1), 1),
        "ausfall": cancelled,
        "grund": pick(rng, _REASONS) if cancelled else None,
    }


def _as_written(trip: Row) -> Row:
    times = ("abfahrt_soll", "abfahrt_ist")
    return {name: local(value) if name in times else value for name, value in trip.items()}


def _stops(rng: random.Random, trips: list[Row], now: datetime) -> list[Row]:
    rows: list[Row] = []
    for trip in trips:
        at = trip["abfahrt_ist"]
        for _ in range(0 if at is None else rng.randrange(2, 6)):
            if at >= now - timedelta(seconds=5):
                break
            working = rng.random() > 0.04
            stop = pick(rng, _STOPS)
            crowd = _STOPS[stop] * (2.2 if at.hour in (7, 8, 16, 17) else 1)
            rows.append(
                {
                    "evt_id": f"H{len(rows) + 90_000}",
                    "fahrt_nr": trip["fahrt_nr"],
                    "stop_name": stop,
                    "ein": int(rng.expovariate(1 / crowd)) if working else None,
                    "aus": int(rng.expovariate(1 / crowd)) if working else None,
                    "load_pct": round(min(118.0, 12 + crowd * rng.uniform(1, 6)), 1),
                    "door_s": maybe(rng, 0.02, rng.randrange(6, 75)),
                    "counter_ok": working,
                    "ts": local(at + timedelta(milliseconds=rng.randrange(1, 999))),
                }
            )
            at += timedelta(seconds=rng.randrange(90, 420))
    return sorted(rows, key=lambda row: str(row["ts"]))


def _tickets(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 1800)):
        product = pick(
            rng, {"single": 10, "day_pass": 4, "weekly": 1.5, "monthly": 1, "group": 0.7}
        )
        zones = pick(rng, {1: 6, 2: 3, 3: 1})
        rows.append(
            {
                "ticket_id": f"K{700_000 + number}",
                "product": product,
                "price_eur": round(_PRICES[product] * (1 + 0.4 * (zones - 1)), 2),
                "zones": zones,
                "channel": pick(rng, {"app": 6, "machine": 3, "driver": 1.2, "online": 2}),
                "age_group": maybe(
                    rng, 0.03, pick(rng, {"adult": 7, "child": 1.5, "senior": 1, "student": 2.4})
                ),
                "refunded": rng.random() < 0.03,
                "bought_at": local(at),
            }
        )
    return rows


def _incidents(rng: random.Random, vehicles: list[str], now: datetime) -> list[Row]:
    rows = []
    kinds = {"breakdown": 6, "vandalism": 3, "collision": 2.2, "medical": 1.5, "blocked_track": 4}
    for number, at in enumerate(moments(rng, now, 150)):
        kind = pick(rng, kinds)
        resolved = at + timedelta(seconds=int(60 * rng.lognormvariate(3.6, 0.7)))
        hurt = kind in ("collision", "medical") and rng.random() < 0.5
        rows.append(
            {
                "incident_id": f"V{2200 + number}",
                "fzg_nr": rng.choice(vehicles),
                "kind": kind,
                "severity": pick(rng, {1: 5, 2: 4, 3: 3, 4: 1.4, 5: 0.6}),
                "place": {
                    "street": rng.choice(("Ringstr.", "Kaiserallee", "Am Markt", "Bahnhofstr.")),
                    "district": pick(rng, _DISTRICTS),
                },
                "injured": maybe(rng, 0.1, rng.randrange(1, 4) if hurt else 0),
                "note": maybe(rng, 0.05, rng.choice(_NOTES[kind])),
                "reported_at": local(at),
                "resolved_at": local(resolved) if resolved < now else None,
            }
        )
    return rows
