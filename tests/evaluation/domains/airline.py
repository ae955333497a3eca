"""An airline: aircraft, flights, bookings, baggage scans and crew duties."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.evaluation.domains import (
    Row,
    at_least_once,
    instant,
    maybe,
    moments,
    out_of_order,
    pick,
    save,
)

_SEED = 4110
_TYPES = {"A320neo": 174, "A321XLR": 206, "A330-900": 298, "E195-E2": 136, "737-800": 186}
_MAKERS = {"A": "Airbus", "E": "Embraer", "7": "Boeing"}
_AIRPORTS = {"LIS": 9.0, "OPO": 4.0, "MAD": 3.0, "FRA": 2.6, "CDG": 2.2, "JFK": 1.5, "GRU": 1.1}
_NAMES = ("Ana", "Bruno", "Chloe", "Duarte", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas")
_SURNAMES = ("Almeida", "Brandt", "Costa", "Dubois", "Esteves", "Faria")
_FARES = {"economy": 140, "premium": 320, "business": 890}
_REQUESTS = (
    "wheelchair to the gate",
    "needs wheelchair on arrival",
    "vegan meal",
    "gluten-free meal",
    "bassinet",
    "travels with guitar",
)
_STATIONS = ("check_in", "sorting", "loading", "claim")


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    fleet = [_aircraft(rng, number, now) for number in range(34)]
    flights = [
        _flight(rng, number, at, fleet, now) for number, at in enumerate(moments(rng, now, 420))
    ]
    bookings = [
        _booking(rng, number, at, flights) for number, at in enumerate(moments(rng, now, 1900))
    ]
    save(folder, "aircraft", fleet)
    save(folder, "flights", out_of_order(rng, at_least_once(rng, flights)))
    save(folder, "bookings", out_of_order(rng, at_least_once(rng, bookings)))
    save(folder, "baggage_scans", out_of_order(rng, at_least_once(rng, _scans(rng, bookings, now))))
    save(folder, "crew_duty", at_least_once(rng, _duties(rng, flights, now)))
    return {"AIRLINE_STREAMS": str(folder)}


def _aircraft(rng: random.Random, number: int, now: datetime) -> Row:
    kind = pick(rng, {"A320neo": 5, "A321XLR": 3, "A330-900": 2, "E195-E2": 3, "737-800": 2})
    return {
        "tail_no": f"CS-T{chr(65 + number // 26)}{chr(65 + number % 26)}",
        "aircraft_type": kind,
        "manufacturer": _MAKERS[kind[0]],
        "seats": _TYPES[kind],
        "has_wifi": rng.random() < 0.6,
        "in_service_since": (now.date() - timedelta(days=100 + 131 * number)).isoformat(),
    }


def _flight(rng: random.Random, number: int, at: datetime, fleet: list[Row], now: datetime) -> Row:
    origin = pick(rng, _AIRPORTS)
    destination = pick(rng, {code: often for code, often in _AIRPORTS.items() if code != origin})
    late = rng.choice((0, 0, 0, rng.randrange(1, 25), int(20 * rng.lognormvariate(0.4, 0.8))))
    left = at + timedelta(minutes=late)
    landed = left + timedelta(minutes=rng.randrange(50, 200))
    fate = pick(rng, {"flown": 0.92, "cancelled": 0.06, "diverted": 0.02})
    status = fate
    if fate != "cancelled":
        landed_as = "landed" if fate == "flown" else fate
        status = "boarding" if left >= now else "airborne" if landed >= now else landed_as
    has_left = status in ("airborne", "landed", "diverted")
    return {
        "flight_id": f"FL{20_000 + number}",
        "flight_no": f"TA{rng.choice((1, 2, 4, 7))}{rng.randrange(10, 30)}",
        "tail_no": str(rng.choice(fleet[:31])["tail_no"]),
        "origin": origin,
        "destination": destination,
        "flight_status": status,
        "gate": maybe(rng, 0.04, f"{rng.choice('ABC')}{rng.randrange(1, 19)}"),
        "delay_min": late if has_left else None,
        "delay_reason": _reason(rng) if has_left and late > 15 else None,
        "sched_dep": instant(at),
        "actual_dep": instant(left) if has_left else None,
        "actual_arr": instant(landed) if status in ("landed", "diverted") else None,
    }


def _reason(rng: random.Random) -> str:
    return pick(rng, {"air_traffic": 4, "technical": 3, "late_inbound": 3, "crew": 1})


def _booking(rng: random.Random, number: int, at: datetime, flights: list[Row]) -> Row:
    cabin = pick(rng, {"economy": 8, "premium": 2, "business": 1.3})
    return {
        "booking_id": f"BK{310_000 + number}",
        "flight_id": rng.choice(flights)["flight_id"],
        "customer_id": f"P{rng.randrange(4000, 4800)}",
        "country": pick(rng, {"PT": 9, "ES": 4, "DE": 3, "FR": 3, "BR": 2, "US": 1.6}),
        "cabin": cabin,
        "fare_eur": round(_FARES[cabin] * rng.lognormvariate(0, 0.4), 2),
        "pax_count": pick(rng, {1: 6, 2: 4, 3: 1.2, 4: 1, 5: 0.3}),
        "channel": pick(rng, {"web": 5, "app": 4, "agency": 2, "call_centre": 0.8}),
        "tier": maybe(rng, 0.6, pick(rng, {"silver": 5, "gold": 3, "platinum": 1})),
        "special_request": maybe(rng, 0.85, rng.choice(_REQUESTS)),
        "booking_status": pick(
            rng, {"confirmed": 6, "checked_in": 5, "cancelled": 0.9, "no_show": 0.5}
        ),
        "booked_at": instant(at),
    }


def _scans(rng: random.Random, bookings: list[Row], now: datetime) -> list[Row]:
    rows: list[tuple[datetime, Row]] = []
    for number, checked_in in enumerate(moments(rng, now, 460)):
        at = checked_in
        booking = rng.choice(bookings)["booking_id"]
        airport = pick(rng, _AIRPORTS)
        for station in _STATIONS[: pick(rng, {4: 8, 3: 1, 2: 0.6})]:
            weight = round(rng.uniform(6, 31.9), 1)
            scan = {
                "bag_tag": f"0047{600_000 + number}",
                "booking_id": booking,
                "station": station,
                "airport": airport,
                "weight_kg": weight if station == "check_in" else None,
                "is_misrouted": station != "check_in" and rng.random() < 0.03,
                "scanned_at": instant(at),
            }
            if at < now:
                rows.append((at, scan))
            at += timedelta(minutes=rng.randrange(6, 70), milliseconds=rng.randrange(1, 900))
    rows.sort(key=lambda row: row[0])
    return [{"scan_id": 900_000 + number, **row} for number, (_, row) in enumerate(rows)]


def _duties(rng: random.Random, flights: list[Row], now: datetime) -> list[Row]:
    crew = [f"{name} {surname}" for name in _NAMES for surname in _SURNAMES]
    rows = []
    for number, at in enumerate(moments(rng, now, 520)):
        member = rng.randrange(len(crew))
        end = at + timedelta(minutes=rng.randrange(120, 780))
        roles = ("captain", "first_officer", "purser", "attendant", "attendant")
        rows.append(
            {
                "duty_id": 7000 + number,
                "crew_name": crew[member],
                "role": roles[member % 5],
                "base": ("LIS", "LIS", "OPO", "MAD")[member % 4],
                "flight_id": rng.choice(flights)["flight_id"],
                "is_standby": rng.random() < 0.14,
                "duty_start": instant(at),
                "duty_end": instant(end) if end < now else None,
            }
        )
    return rows
