"""A marketplace for food delivery: restaurants, orders, courier events, reviews and tickets."""

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

_SEED = 5230
_CITIES = {"Berlin": 9.0, "Hamburg": 6, "Munich": 5, "Vienna": 4, "Cologne": 3}
_NAMES = {
    "italian": ("Mamma Lucia", "Trattoria Sole", "Pizza Pronto", "Da Enzo", "Pasta Fabbrica"),
    "indian": ("Spice Route", "Bombay Lane", "Curry Corner", "Masala House"),
    "burger": ("Burger Barn Central", "Burger Barn Station", "Smash & Co", "Patty Parlour"),
    "sushi": ("Sakura Box", "Tokyo Bento", "Ocean Roll", "Sushi Nori"),
    "thai": ("Bangkok Kitchen", "Lemongrass", "Thai Garden", "Wok Wok"),
    "turkish": ("Ocakbasi Ali", "Bosporus Grill", "Kebab Palace", "Lahmacun 44"),
    "vegan": ("Green Fork", "Plant Bowl", "Roots", "Happy Carrot"),
}
_IDLE = ("Sushi Nori", "Wok Wok", "Happy Carrot")
_POPULAR = {"italian": 1.3, "burger": 1.5, "vegan": 0.7}
_PROMOS = {"WELCOME10": 5.0, "LUNCH5": 3, "LUNCH10": 2, "SUNDAY15": 2, "FREESHIP": 4}
_TEXTS = (
    "food was cold",
    "arrived cold and soggy",
    "super tasty, thank you",
    "portion too small",
    "very friendly courier",
    "sauce was missing",
    "best in town",
    "took forever",
)
_TOPICS = {"late": 6, "missing_item": 4, "wrong_order": 2, "cold_food": 3, "payment": 1.4}
_AGENTS = {"Aylin": 6, "Marek": 5, "Sofia": 4, "Tobias": 3, "Yusuf": 2.2}
_VEHICLES = {"bike": (0.6, 4.2), "e_bike": (0.8, 6.0), "scooter": (1.0, 8.5), "car": (1.5, 12.0)}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    partners = _restaurants(rng, now)
    couriers = [f"CR{1000 + number}" for number in range(64)]
    fleet = {courier: pick(rng, dict.fromkeys(_VEHICLES, 1.0)) for courier in couriers}
    weights = {
        str(row["restaurant_id"]): rng.uniform(0.5, 2.2) * _POPULAR.get(str(row["cuisine"]), 1.0)
        for row in partners
        if row["name"] not in _IDLE
    }
    placed = moments(rng, now, 1700)
    orders = [_order(rng, number, at, weights, now) for number, at in enumerate(placed)]
    events = _events(rng, list(zip(placed, orders, strict=True)), fleet, now)
    reviews = _reviews(rng, list(zip(placed, orders, strict=True)), now)
    tickets = _tickets(rng, list(zip(placed, orders, strict=True)), now)
    for row in orders:
        del row["minutes"]
    save(folder, "restaurants", partners)
    save(folder, "orders", out_of_order(rng, at_least_once(rng, orders)))
    save(folder, "courier_events", out_of_order(rng, at_least_once(rng, events)))
    save(folder, "reviews", out_of_order(rng, at_least_once(rng, reviews)))
    save(folder, "support_tickets", out_of_order(rng, at_least_once(rng, tickets)))
    return {"FOODDELIVERY_STREAMS": str(folder)}


def _restaurants(rng: random.Random, now: datetime) -> list[Row]:
    named = [(name, cuisine) for cuisine, names in _NAMES.items() for name in names]
    return [
        {
            "restaurant_id": f"R{210 + 3 * number}",
            "name": name,
            "cuisine": cuisine,
            "city": pick(rng, _CITIES),
            "commission_pct": rng.choice((18.0, 22.5, 25.0, 28.0, 30.0)),
            "is_paused": rng.random() < 0.15,
            "partner_since": (now.date() - timedelta(days=rng.randrange(20, 2200))).isoformat(),
        }
        for number, (name, cuisine) in enumerate(named)
    ]


def _order(
    rng: random.Random, number: int, at: datetime, weights: dict[str, float], now: datetime
) -> Row:
    """An order; `minutes` from placing to each step of its courier go with it for a while."""
    ready = rng.randrange(8, 26)
    minutes = {
        "assigned": rng.randrange(3, 6),
        "at_restaurant": rng.randrange(6, ready + 1),
        "picked_up": ready + 1,
        "delivered": ready + 1 + rng.randrange(5, 35),
    }
    age = (now - at).total_seconds() / 60
    is_cancelled = rng.random() < 0.07
    status = "placed"
    if is_cancelled:
        status = "cancelled"
    elif age > minutes["delivered"]:
        status = "delivered"
    elif age > minutes["picked_up"]:
        status = "on_the_way"
    elif age > minutes["assigned"]:
        status = "preparing"
    items = pick(rng, {1: 4.0, 2: 6, 3: 5, 4: 3, 5: 2, 6: 1, 8: 0.5, 11: 0.2})
    arrived = at + timedelta(minutes=minutes["delivered"])
    return {
        "order_id": f"FD{700_100 + number}",
        "customer_id": f"C{rng.randrange(2000, 2700)}",
        "restaurant_id": pick(rng, weights),
        "order_status": status,
        "item_count": items,
        "subtotal_eur": round(items * 8.4 * rng.lognormvariate(0, 0.3), 2),
        "delivery_fee": rng.choice((0.0, 1.49, 1.99, 2.49, 2.99, 3.99)),
        "tip_eur": maybe(rng, 0.55, round(rng.uniform(0.5, 7.0), 2)),
        "promo_code": maybe(rng, 0.78, pick(rng, _PROMOS)),
        "pay_method": pick(rng, {"card": 8, "paypal": 5, "apple_pay": 3, "cash": 2}),
        "platform": pick(rng, {"ios": 6, "android": 5, "web": 2}),
        "cancel_reason": _cancelled_for(rng) if is_cancelled else None,
        "placed_at": instant(at),
        "promised_at": instant(at + timedelta(minutes=rng.choice((30, 35, 40, 45, 50)))),
        "delivered_at": instant(arrived) if status == "delivered" else None,
        "minutes": minutes,
    }


def _cancelled_for(rng: random.Random) -> str:
    return pick(
        rng,
        {"customer_request": 5, "restaurant_closed": 3, "no_courier": 2.2, "payment_failed": 1.4},
    )


def _events(
    rng: random.Random, orders: list[tuple[datetime, Row]], fleet: dict[str, str], now: datetime
) -> list[Row]:
    found: list[tuple[datetime, Row]] = []
    likely = {courier: rng.uniform(0.4, 2.0) for courier in fleet}
    for placed, order in orders:
        if order["order_status"] == "cancelled":
            continue
        courier = pick(rng, likely)
        offsets: dict[str, int] = order["minutes"]
        if rng.random() < 0.05:
            quitter = pick(rng, {one: often for one, often in likely.items() if one != courier})
            for kind, minute in (("assigned", 1), ("dropped", offsets["assigned"] - 1)):
                at = placed + timedelta(minutes=minute)
                found.append((at, _event(quitter, fleet[quitter], order, kind, at)))
        for kind, minute in offsets.items():
            at = placed + timedelta(minutes=minute)
            event = _event(courier, fleet[courier], order, kind, at)
            if kind == "delivered":
                event["distance_km"] = round(rng.uniform(*_VEHICLES[fleet[courier]]), 2)
            found.append((at, event))
    past = sorted((one for one in found if one[0] < now), key=lambda one: one[0])
    return [{"event_id": 5_000_000 + number, **row} for number, (_, row) in enumerate(past)]


def _event(courier: str, vehicle: str, order: Row, kind: str, at: datetime) -> Row:
    return {
        "courier_id": courier,
        "order_id": order["order_id"],
        "event_type": kind,
        "vehicle": vehicle,
        "distance_km": None,
        "event_ts": instant(at),
    }


def _reviews(rng: random.Random, orders: list[tuple[datetime, Row]], now: datetime) -> list[Row]:
    found: list[tuple[datetime, Row]] = []
    for placed, order in orders:
        took: int = order["minutes"]["delivered"]
        at = placed + timedelta(minutes=took + rng.randrange(5, 400))
        if order["order_status"] != "delivered" or rng.random() > 0.38 or at >= now:
            continue
        taste = int(str(order["restaurant_id"])[1:]) % 4
        review = {
            "order_id": order["order_id"],
            "food_stars": pick(rng, {5: 3 + taste, 4: 3.0, 3: 1.8, 2: 1.0, 1: 2.6 - taste / 2}),
            "courier_stars": maybe(rng, 0.3, pick(rng, {5: 7, 4: 3, 3: 1, 2: 0.6, 1: 0.8})),
            "review_text": maybe(rng, 0.6, rng.choice(_TEXTS)),
            "reviewed_at": instant(at),
        }
        found.append((at, review))
    found.sort(key=lambda one: one[0])
    return [{"review_id": 88_000 + number, **row} for number, (_, row) in enumerate(found)]


def _tickets(rng: random.Random, orders: list[tuple[datetime, Row]], now: datetime) -> list[Row]:
    found: list[tuple[datetime, Row]] = []
    for placed, order in orders:
        at = placed + timedelta(minutes=rng.randrange(15, 120))
        if rng.random() > 0.17 or at >= now:
            continue
        priority = pick(rng, {"low": 2, "normal": 6, "high": 3, "urgent": 1.2})
        patience = {"low": 70, "normal": 45, "high": 22, "urgent": 9}[priority]
        replied = at + timedelta(minutes=rng.randrange(1, patience))
        solved = replied + timedelta(minutes=rng.randrange(2, 300))
        has_reply = replied < now and rng.random() < 0.95
        is_solved = has_reply and solved < now and rng.random() < 0.93
        state = "solved" if is_solved else "pending" if has_reply else "open"
        refund = round(rng.uniform(2, 38), 2) if is_solved and rng.random() < 0.45 else None
        ticket = {
            "order_id": order["order_id"],
            "topic": pick(rng, _TOPICS),
            "priority": priority,
            "ticket_state": state,
            "agent": pick(rng, _AGENTS) if has_reply else None,
            "refund_eur": refund,
            "opened_at": instant(at),
            "first_reply_at": instant(replied) if has_reply else None,
            "solved_at": instant(solved) if is_solved else None,
        }
        found.append((at, ticket))
    found.sort(key=lambda one: one[0])
    return [{"ticket_id": f"T-{40_500 + number}", **row} for number, (_, row) in enumerate(found)]
