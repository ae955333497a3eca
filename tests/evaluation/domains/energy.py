"""A utility: sites, smart meters, charging sessions, states of chargers and spot prices."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.evaluation.domains import (
    HOURS,
    Row,
    at_least_once,
    instant,
    maybe,
    moments,
    out_of_order,
    pick,
    save,
)

_SEED = 4303
_SITES = (
    ("ST01", "Brauhaus Nord", "Hamburg", "dynamic", 120),
    ("ST02", "Molkerei Ahlers", "Hamburg", "fixed", 260),
    ("ST03", "Hotel Isarblick", "Bavaria", "fixed", 90),
    ("ST04", "Kartbahn Erding", "Bavaria", "dynamic", 150),
    ("ST05", "Rechenzentrum Süd", "Bavaria", "night", 480),
    ("ST06", "Klinik Auenwald", "Saxony", "fixed", 310),
    ("ST07", "Gießerei Kranz", "Saxony", "night", 520),
    ("ST08", "Parkhaus Zeil", "Hesse", "dynamic", 200),
    ("ST09", "Bäckerei Lind", "Hesse", "fixed", 45),
    ("ST10", "Autohof Lahn", "Hesse", "dynamic", 350),
)
_CHARGERS = tuple(
    (f"CP-{number:02}", f"ST{(1, 3, 4, 8, 10)[number % 5]:02}") for number in range(18)
)
_BUSY = {name: 1.0 + (index % 7) for index, (name, _) in enumerate(_CHARGERS)}
_PLUGS = {"CCS": 6, "Type2": 3.5, "CHAdeMO": 0.6}
_CODES = ("E12", "E31", "GND", "OVT")


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    readings = _readings(rng, now)
    save(folder, "meter-readings", out_of_order(rng, at_least_once(rng, readings)))
    save(folder, "sites", [_site(rng, site) for site in _SITES])
    save(folder, "charge_sessions", at_least_once(rng, _sessions(rng, now)))
    save(folder, "charger_status", out_of_order(rng, _states(rng, now)))
    save(folder, "spot_price", _prices(rng, now))
    return {"ENERGY_STREAMS": str(folder)}


def _site(rng: random.Random, site: tuple[str, str, str, str, int]) -> Row:
    key, name, region, tariff, power = site
    phone = f"+49 40 {rng.randrange(10_000, 99_999)}"
    return {
        "siteId": key,
        "siteName": name,
        "region": region,
        "tariff": tariff,
        "contractedKw": power,
        "hasPv": key in ("ST02", "ST03", "ST08", "ST10"),
        "contact": maybe(rng, 0.2, {"name": rng.choice(("A. Vogt", "B. Reh")), "phone": phone}),
    }


def _readings(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    start = now - timedelta(hours=HOURS)
    for step in range(HOURS * 4):
        for number in range(14):
            key, _, _, _, power = _SITES[number % len(_SITES)]
            at = start + timedelta(minutes=15 * step, milliseconds=rng.randrange(1001, 400_000))
            day = 0.55 + 0.35 * math.sin((at.hour - 7) / 24 * 2 * math.pi)
            quality = pick(rng, {"measured": 30, "estimated": 2, "missing": 1})
            used = round(power / 4 * day * rng.uniform(0.4, 1.0) * (0.3 if number > 9 else 1), 3)
            rows.append(
                {
                    "readingId": f"R{step * 14 + number + 100_000}",
                    "meterId": f"M-{number + 1:03}",
                    "siteId": key,
                    "kWh": None if quality == "missing" else used,
                    "voltage_v": round(rng.gauss(230, 2.4), 1),
                    "quality": quality,
                    "readAt": instant(at),
                }
            )
    return rows


def _sessions(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, began in enumerate(moments(rng, now, 720)):
        charger = pick(rng, _BUSY)
        ended = began + timedelta(seconds=int(60 * rng.lognormvariate(3.6, 0.6)))
        done = ended < now
        energy = round((ended - began).total_seconds() / 3600 * rng.uniform(9, 60), 2)
        rows.append(
            {
                "session_id": f"CS{number + 6000}",
                "charger_id": charger,
                "siteId": dict(_CHARGERS)[charger],
                "connector": pick(rng, _PLUGS),
                "start": instant(began),
                "end": instant(ended) if done else None,
                "energy_kwh": energy if done else None,
                "cost_eur": round(energy * rng.choice((0.49, 0.59, 0.69)), 2) if done else None,
                "pay_method": pick(rng, {"app": 5, "rfid": 3, "card": 2, "roaming": 1.2}),
                "stop_reason": pick(rng, {"user": 6, "full": 3, "error": 0.8, "timeout": 0.4})
                if done
                else None,
            }
        )
    return rows


def _states(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    states = {"available": 5, "charging": 5, "faulted": 1, "offline": 0.7}
    for at in moments(rng, now, 2000):
        charger = rng.choice(_CHARGERS)[0]
        state = pick(rng, states)
        rows.append(
            {
                "charger_id": charger,
                "state": state,
                "errorCodes": rng.sample(_CODES, rng.randrange(1, 3)) if state == "faulted" else [],
                "temp_c": maybe(rng, 0.04, round(rng.gauss(31, 7), 1)),
                "firmware": "4.2.1" if int(charger[-2:]) % 3 else "4.1.9",
                "ts": instant(at),
            }
        )
    return rows


def _prices(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    for hour in range(HOURS):
        at = first + timedelta(hours=hour)
        for area, level in {"DE-LU": 74, "AT": 81, "FR": 63, "NL": 77}.items():
            evening = 38 if 17 <= at.hour <= 20 else 0
            noon = -70 if 11 <= at.hour <= 14 else 0
            price = level + evening + noon + rng.gauss(0, 9)
            rows.append({"area": area, "value": round(price, 2), "delivery": instant(at)})
    return rows
