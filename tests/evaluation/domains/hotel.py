"""A hotel chain: rooms, bookings, stays, room service and reviews."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
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

_SEED = 8117
_DAYS = 21
_HOTELS = {
    "Lisbon Baixa": ("LIS", 5),
    "Porto Ribeira": ("OPO", 4),
    "Madrid Centro": ("MAD", 6),
    "Seville Patio": ("SVQ", 3),
    "Barcelona Mar": ("BCN", 4.5),
}
_TYPES = {"single": 3.0, "double": 6.0, "family": 2.0, "suite": 1.0}
_NIGHTLY = {"single": 88, "double": 124, "family": 176, "suite": 310}
_COUNTRIES = {"PT": 5.0, "ES": 6, "GB": 4, "DE": 3.4, "FR": 2.6, "US": 1.7, "BR": 1.1}
_REQUESTS = ("baby cot", "quiet room", "late arrival", "high floor", "late check-out", "extra bed")
_MENU = {
    "Full breakfast": ("breakfast", 18.5, 6),
    "Porridge": ("breakfast", 7.5, 2),
    "Club sandwich": ("snack", 14, 5),
    "Tapas board": ("snack", 19, 3),
    "Bacalhau": ("main", 24, 2.5),
    "Margherita pizza": ("main", 15.5, 4),
    "Pastel de nata": ("dessert", 3.5, 4.5),
    "House red wine": ("drinks", 8, 3.6),
    "Espresso": ("drinks", 2.5, 6.5),
}
_PRAISE = (
    "Lovely staff and a great breakfast",
    "Clean room, quiet at night",
    "Noisy street, thin walls",
    "Breakfast was cold",
    "Perfect location",
    "Wifi kept dropping",
)


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    rooms = _rooms(rng)
    bookings = _bookings(rng, now)
    stays = _stays(rng, now, rooms, bookings)
    orders = _orders(rng, now, rooms)
    reviews = _reviews(rng, now, stays)
    save(folder, "rooms", rooms)
    save(folder, "bookings", out_of_order(rng, at_least_once(rng, bookings)))
    save(folder, "stays", at_least_once(rng, stays))
    save(folder, "room_service_orders", out_of_order(rng, at_least_once(rng, orders)))
    save(folder, "reviews", out_of_order(rng, at_least_once(rng, reviews)))
    return {"HOTEL_STREAMS": str(folder)}


def _rooms(rng: random.Random) -> list[Row]:
    return [
        _room(rng, hotel, code, 100 * floor + number)
        for hotel, (code, _) in _HOTELS.items()
        for floor in range(1, 5)
        for number in range(1, 7)
    ]


def _room(rng: random.Random, hotel: str, code: str, number: int) -> Row:
    kind = pick(rng, _TYPES)
    return {
        "room_id": f"{code}-{number}",
        "hotel": hotel,
        "floor": number // 100,
        "room_type": kind,
        "beds": {"single": 1, "double": 2, "family": 4, "suite": 2}[kind],
        "sea_view": code in {"LIS", "BCN"} and rng.random() < 0.4,
        "rack_rate": _NIGHTLY[kind] + rng.randrange(-15, 40),
        "out_of_service": rng.random() < 0.06,
        "renovated_on": maybe(rng, 0.15, _day(rng, date(2012, 1, 9), 5200)),
    }


def _day(rng: random.Random, first: date, days: int) -> str:
    return (first + timedelta(days=rng.randrange(days))).isoformat()


def _bookings(rng: random.Random, now: datetime) -> list[Row]:
    """Bookings of three weeks, the newest last; `_stays` decides on those that have arrived."""
    made = sorted(now - _any(rng, timedelta(days=_DAYS)) for _ in range(1150))
    return [_booking(rng, number, at, now) for number, at in enumerate(made)]


def _booking(rng: random.Random, number: int, at: datetime, now: datetime) -> Row:
    kind = pick(rng, _TYPES)
    nights = pick(rng, {1: 4, 2: 5, 3: 4, 4: 2, 5: 1, 7: 0.8})
    cancelled = at + timedelta(hours=rng.uniform(1, 200))
    is_cancelled = rng.random() < 0.22 and cancelled < now
    price = nights * _NIGHTLY[kind] * rng.uniform(0.75, 1.2)
    return {
        "booking_ref": f"B{41_000 + number}",
        "guest_id": f"G{rng.randrange(100, 900)}",
        "hotel": pick(rng, {name: weight for name, (_, weight) in _HOTELS.items()}),
        "room_type": kind,
        "channel": pick(rng, {"web": 5, "agency": 4, "phone": 1.2, "walk_in": 0.5, "app": 2.4}),
        "country": pick(rng, _COUNTRIES),
        "adults": 1 if kind == "single" else pick(rng, {1: 1, 2: 5, 3: 0.8}),
        "children": pick(rng, {0: 1, 1: 3, 2: 4, 3: 1}) if kind == "family" else 0,
        "nights": nights,
        "total_eur": round(price, 2),
        "breakfast": rng.random() < 0.56,
        "promo_code": maybe(rng, 0.8, pick(rng, {"AUTUMN26": 3, "LOYAL10": 2, "EARLYBIRD": 1})),
        "special_request": maybe(rng, 0.7, rng.choice(_REQUESTS)),
        "status": "cancelled" if is_cancelled else "confirmed",
        "booked_at": instant(at),
        "cancelled_at": instant(cancelled) if is_cancelled else None,
        "arrival_date": (at.date() + timedelta(days=pick(rng, {1: 5, 2: 4, 4: 4, 9: 3, 25: 2}))),
    }


def _stays(rng: random.Random, now: datetime, rooms: list[Row], bookings: list[Row]) -> list[Row]:
    """The stays of the bookings that have arrived, whose status is changed to what became of it."""
    sold = [room for room in rooms if not room["out_of_service"]]
    free = {str(room["room_id"]): date.min for room in sold}
    kinds = {str(room["room_id"]): (room["hotel"], room["room_type"]) for room in sold}
    rows: list[Row] = []
    for booking in sorted(bookings, key=lambda one: one["arrival_date"]):
        arrival = booking["arrival_date"]
        booking["arrival_date"] = arrival.isoformat()
        checked_in = _at(rng, arrival, 13, 10)
        if booking["status"] == "cancelled" or checked_in >= now:
            continue
        room = next((r for r in _wishes(booking, kinds) if free[r] <= arrival), "")
        if not room or rng.random() < 0.05:
            booking["status"] = "no_show"
            continue
        departure = arrival + timedelta(days=booking["nights"])
        free[room] = departure
        # A whole number of minutes, so that minutes, hours and days of it are exact either way.
        minutes = (_at(rng, departure, 6, 6) - checked_in) // timedelta(minutes=1)
        checked_out = checked_in + timedelta(minutes=minutes)
        is_over = checked_out < now
        booking["status"] = "completed" if is_over else "in_house"
        rows.append(
            {
                "booking_ref": booking["booking_ref"],
                "room_id": room,
                "checked_in_at": instant(checked_in),
                "checked_out_at": instant(checked_out) if is_over else None,
                "clerk": pick(rng, {"Almeida": 4, "Ferrer": 3, "Ortega": 3, "Sousa": 2}),
                "key_cards": rng.randrange(1, 4),
                "minibar_eur": maybe(rng, 0.35, round(rng.lognormvariate(2.4, 0.6), 2)),
            }
        )
    rows.sort(key=lambda row: str(row["checked_in_at"]))
    return [{"stay_id": f"S{7000 + number}", **row} for number, row in enumerate(rows)]


def _wishes(booking: Row, kinds: dict[str, tuple[str, str]]) -> list[str]:
    """The rooms of the booked house: those of the booked type, then any other."""
    alike = [room for room, kind in kinds.items() if kind[0] == booking["hotel"]]
    return sorted(alike, key=lambda room: kinds[room][1] != booking["room_type"])


def _at(rng: random.Random, day: date, hour: int, hours: int) -> datetime:
    start = datetime.combine(day, time(hour), UTC)
    return start + _any(rng, timedelta(hours=hours))


def _any(rng: random.Random, span: timedelta) -> timedelta:
    """A part of the span that is not a whole number of seconds, so that no row is on an edge."""
    whole = rng.randrange(1, int(span.total_seconds()))
    return timedelta(seconds=whole, milliseconds=rng.randrange(1, 999))


def _orders(rng: random.Random, now: datetime, rooms: list[Row]) -> list[Row]:
    return [
        _order(rng, number, at, now, str(rng.choice(rooms)["room_id"]))
        for number, at in enumerate(moments(rng, now, 850))
    ]


def _order(rng: random.Random, number: int, at: datetime, now: datetime, room: str) -> Row:
    item = pick(rng, {name: weight for name, (_, _, weight) in _MENU.items()})
    course, price, _ = _MENU[item]
    quantity = pick(rng, {1: 5, 2: 4, 3: 1, 4: 0.5})
    delivered = at + timedelta(minutes=5 + round(rng.lognormvariate(2.9, 0.45)))
    is_cancelled = rng.random() < 0.06
    is_delivered = not is_cancelled and delivered < now
    state = "cancelled" if is_cancelled else "delivered" if is_delivered else "preparing"
    return {
        "order_id": f"RS{2000 + number}",
        "room_id": room,
        "item": item,
        "course": course,
        "quantity": quantity,
        "amount_eur": price * quantity,
        "tip_eur": round(rng.uniform(0.5, 6), 2) if is_delivered and rng.random() < 0.4 else None,
        "waiter": pick(rng, {"Rui": 4, "Carmen": 3.5, "Joana": 3, "Mateo": 2}),
        "payment": pick(rng, {"room_bill": 7, "card": 3, "cash": 1}),
        "status": state,
        "ordered_at": instant(at),
        "delivered_at": instant(delivered) if is_delivered else None,
    }


def _reviews(rng: random.Random, now: datetime, stays: list[Row]) -> list[Row]:
    rows = []
    for stay in stays:
        if stay["checked_out_at"] is None or rng.random() < 0.4:
            continue
        left = datetime.fromisoformat(str(stay["checked_out_at"]))
        written = left + timedelta(hours=rng.uniform(1, 60))
        answered = written + timedelta(minutes=rng.randrange(20, 3000))
        if written >= now:
            continue
        rows.append(
            {
                "booking_ref": stay["booking_ref"],
                "portal": pick(rng, {"TripNest": 4, "RoomRadar": 3, "own_site": 2}),
                "stars": pick(rng, {5: 6, 4: 5, 3: 3, 2: 1.5, 1: 1}),
                "cleanliness": pick(rng, {5: 6, 4: 6, 3: 2, 2: 1}),
                "body": maybe(rng, 0.2, rng.choice(_PRAISE)),
                "written_at": instant(written),
                "answered_at": instant(maybe(rng, 0.4, answered)) if answered < now else None,
            }
        )
    rows.sort(key=lambda row: str(row["written_at"]))
    return [{"review_id": 500 + number, **row} for number, row in enumerate(rows)]
