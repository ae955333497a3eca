"""A warehouse operator: stock movements, pick lists, docks, forklifts and suppliers."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.evaluation.domains import (
    HOURS,
    Row,
    at_least_once,
    instant,
    local,
    maybe,
    moments,
    out_of_order,
    pick,
    save,
)

_SEED = 5207
_WAREHOUSES = {"Rotterdam": 6.0, "Venlo": 4.0, "Duisburg": 3.0, "Antwerp": 2.0}
_ZONES = {"ambient": ("AMB", 7.0), "chilled": ("CHL", 3.0), "frozen": ("FRZ", 2.0)} | {
    "hazmat": ("HAZ", 0.7)
}
_TYPES = {"pick": 9, "receipt": 4, "putaway": 4, "transfer": 2, "return": 1.4, "adjustment": 0.8}
_WRITE_OFFS = {"damaged": 4, "lost": 2, "expired": 1.5, "miscount": 3}
_OPERATORS = {
    "Aydin": 5.0,
    "Bakker": 4.4,
    "Claes": 3.9,
    "Dijkstra": 3.3,
    "Ferrari": 2.8,
    "Haas": 2.2,
    "Ionescu": 1.7,
    "Janssen": 1.2,
}
_CUSTOMERS = {
    "Nordwind Outdoor": 5,
    "Bakkerij Smit": 4,
    "Casa Verde": 3,
    "Lumen Optics": 2,
    "O'Neill Sports": 1.5,
}
_CARRIERS = {"Hermesline": 5, "Van Dam": 3.5, "RheinCargo": 2.5, "Polar Express": 1.4}
_SUPPLIERS = (
    ("Brenner Metall", "DE"),
    ("Huber Metallbau", "AT"),
    ("Kessler Chemie", "DE"),
    ("Frisia Frost", "NL"),
    ("De Groot Zuivel", "NL"),
    ("Maison Leclair", "FR"),
    ("Gelati Rossi", "IT"),
    ("Oleificio Conti", "IT"),
    ("Vlaams Textiel", "BE"),
    ("Elbe Papier", "DE"),
    ("Polmebel", "PL"),
    ("Wisla Foods", "PL"),
    ("Iberfruta", "ES"),
    ("Rhein Glas", "DE"),
)
_NUMBERS = [f"S{101 + place}" for place in range(len(_SUPPLIERS))]


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    movements = [_movement(rng, number, at) for number, at in enumerate(moments(rng, now, 2400))]
    lists = [_pick_list(rng, number, at, now) for number, at in enumerate(moments(rng, now, 760))]
    save(folder, "stock_movements", out_of_order(rng, at_least_once(rng, movements)))
    save(folder, "pick_lists", out_of_order(rng, at_least_once(rng, lists)))
    save(folder, "dock_events", out_of_order(rng, _docks(rng, now)))
    save(folder, "forklift_telemetry", out_of_order(rng, _forklifts(rng, now)))
    save(folder, "suppliers", _suppliers(rng, now))
    return {"LOGISTICS_STREAMS": str(folder)}


def _movement(rng: random.Random, number: int, at: datetime) -> Row:
    zone = pick(rng, {name: weight for name, (_, weight) in _ZONES.items()})
    kind = pick(rng, _TYPES)
    units = int(rng.lognormvariate(4.4 if kind in ("receipt", "putaway") else 2.2, 0.7)) + 1
    reason = pick(rng, _WRITE_OFFS) if kind == "adjustment" else None
    weights = dict(zip(_NUMBERS, map(float, range(len(_NUMBERS), 0, -1)), strict=True))
    return {
        "movement_id": f"M{400_000 + number}",
        "sku": f"{_ZONES[zone][0]}-{1000 + int(rng.triangular(0, 30, 4))}",
        "warehouse": pick(rng, _WAREHOUSES),
        "zone": zone,
        "movement_type": kind,
        "quantity": -units if reason and reason != "miscount" else units,
        "adjust_reason": reason,
        "supplier_id": pick(rng, weights) if kind == "receipt" else None,
        "operator": pick(rng, _OPERATORS),
        "moved_at": instant(at),
    }


def _pick_list(rng: random.Random, number: int, at: datetime, now: datetime) -> Row:
    priority = pick(rng, {"standard": 6, "express": 3, "overnight": 1})
    # Whole minutes, so that it does not matter in what unit a duration is taken.
    started = at + timedelta(minutes=int(rng.lognormvariate(3.4, 0.8)) + 1)
    completed = started + timedelta(minutes=int(rng.lognormvariate(3.0, 0.6)) + 2)
    cancelled = rng.random() < 0.06
    has_begun = started < now and not cancelled
    is_done = completed < now and not cancelled
    running = "completed" if is_done else "picking" if has_begun else "open"
    lines = 1 + int(rng.expovariate(0.16))
    return {
        "pick_list_id": f"PL-{2000 + number}",
        "warehouse": pick(rng, _WAREHOUSES),
        "customer": pick(rng, _CUSTOMERS),
        "priority": priority,
        "status": "cancelled" if cancelled else running,
        "picker": pick(rng, _OPERATORS) if has_begun else None,
        "line_count": lines,
        "weight_kg": round(lines * rng.lognormvariate(2.6, 0.7), 1),
        "created_at": instant(at),
        "started_at": instant(started) if has_begun else None,
        "completed_at": instant(completed) if is_done else None,
    }


def _docks(rng: random.Random, now: datetime) -> list[Row]:
    """Each dock goes round and round: free, occupied, loading or unloading, at times blocked."""
    rows = []
    for number in range(1, 19):
        at = now - timedelta(hours=HOURS) + timedelta(milliseconds=rng.randrange(1, 5_000_000))
        state, carrier = "free", None
        while at < now:
            rows.append(
                {
                    "dock_id": f"D{number:02}",
                    "warehouse": list(_WAREHOUSES)[number % 4],
                    "state": state,
                    "carrier": carrier,
                    "event_time": local(at),
                }
            )
            state = _next_state(rng, state)
            if state == "occupied":
                carrier = pick(rng, _CARRIERS)
            elif state in ("free", "blocked"):
                carrier = None
            at += timedelta(milliseconds=int(3_000_000 * rng.lognormvariate(0, 0.6)) | 1)
    return sorted(rows, key=lambda row: str(row["event_time"]))


def _next_state(rng: random.Random, state: str) -> str:
    if state == "free":
        return pick(rng, {"occupied": 6, "blocked": 1})
    if state == "occupied":
        return pick(rng, {"loading": 3, "unloading": 2})
    return "free"


def _forklifts(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number in range(1, 15):
        battery = rng.uniform(40, 95)
        for step in range(HOURS * 3):
            at = now - timedelta(minutes=HOURS * 60 - 20 * step) + _jitter(rng)
            battery = 96.0 if battery < 9 else battery - rng.uniform(0.2, 2.6)
            is_driven = rng.random() < 0.85
            rows.append(
                {
                    "forklift_id": f"FL-{number:02}",
                    "warehouse": list(_WAREHOUSES)[number % 4],
                    "driver": pick(rng, _OPERATORS) if is_driven else None,
                    "battery_pct": round(battery, 1),
                    "speed_kmh": round(rng.betavariate(2, 3) * 16, 2) if is_driven else 0.0,
                    "load_kg": int(rng.triangular(0, 2400, 500)) if is_driven else 0,
                    "fault_code": pick(rng, {"E12": 3, "E31": 2, "E07": 1})
                    if rng.random() < 0.04
                    else None,
                    "measured_at": instant(at),
                }
            )
    return sorted(rows, key=lambda row: str(row["measured_at"]))


def _jitter(rng: random.Random) -> timedelta:
    return timedelta(seconds=rng.randrange(5, 1000), milliseconds=rng.randrange(1, 999))


def _suppliers(rng: random.Random, now: datetime) -> list[Row]:
    leads = rng.sample(range(2, 45), len(_SUPPLIERS))
    ratings = rng.sample(range(21, 50), len(_SUPPLIERS))
    return [
        {
            "supplier_id": number,
            "supplier_name": name,
            "country": country,
            "lead_time_days": lead,
            "rating": rating / 10,
            "preferred": rating > 38,
            "email": maybe(rng, 0.3, f"orders@{name.split()[-1].lower()}.example"),
            "contract_end": (now.date() + timedelta(days=rng.randrange(-200, 900))).isoformat(),
        }
        for number, (name, country), lead, rating in zip(
            _NUMBERS, _SUPPLIERS, leads, ratings, strict=True
        )
    ]
