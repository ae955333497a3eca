"""A manufacturer: machine cycles, quality checks, downtimes, energy meters and work orders."""

from __future__ import annotations

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

_SEED = 9203
_MACHINES = {
    "CNC-01": ("mill", 5),
    "CNC-02": ("mill", 4.4),
    "CNC-03": ("mill", 3.1),
    "PRS-01": ("press", 6),
    "PRS-02": ("press", 4.8),
    "INJ-01": ("inject", 5.5),
    "INJ-02": ("inject", 3.7),
    "LAS-01": ("laser", 2.4),
}
_SECONDS = {"mill": 210, "press": 38, "inject": 55, "laser": 120}
_PRODUCTS = {"bracket": 5, "housing": 4, "gear": 3, "valve": 2.5, "flange": 1.4}
_CUSTOMERS = ("Norvik", "Halden AG", "Bergmann", "Tessera", "Ostrava Rail", "Kolbe")
_METERS = {"M1": ("north", 84), "M2": ("north", 61), "M3": ("south", 120), "M4": ("south", 33)}
_METERS |= {"M5": ("paint", 47), "M6": ("store", 12)}
_REASONS = {"breakdown": 3, "setup": 5, "material": 2.5, "cleaning": 2, "toolChange": 4}
_FEATURES = {"diameter": (25.0, 0.05), "hardness": (58.0, 1.6), "roughness": (1.2, 0.25)}
_DEFECTS = {"burr": 4.0, "scratch": 3.0, "porosity": 2.0, "crack": 1.0}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    orders = _orders(rng, now)
    cycles = _cycles(rng, now, orders)
    checks = _checks(rng, now, cycles)
    stops = _stops(rng, now)
    save(folder, "machineCycles", out_of_order(rng, at_least_once(rng, cycles)))
    save(folder, "qualityChecks", out_of_order(rng, at_least_once(rng, checks)))
    save(folder, "downtimes", at_least_once(rng, stops))
    save(folder, "meterReadings", _readings(rng, now))
    save(folder, "workOrders", orders)
    return {"FACTORY_STREAMS": str(folder)}


def _orders(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number in range(90):
        created = now - timedelta(hours=rng.uniform(49, 500), milliseconds=7)
        state = pick(rng, {"running": 4, "released": 3, "done": 5, "onHold": 1})
        rows.append(
            {
                "woNo": f"WO{3100 + number}",
                "product": pick(rng, _PRODUCTS),
                "customer": rng.choice(_CUSTOMERS),
                "qty": 50 * rng.randrange(1, 60),
                "prio": pick(rng, {1: 1, 2: 3, 3: 5}),
                "state": state,
                "unitPrice": round(rng.lognormvariate(2.1, 0.7), 2),
                "dueDate": (now + timedelta(days=rng.randrange(-6, 24))).date().isoformat(),
                "note": maybe(rng, 0.6, rng.choice(("rush job", "first article", "repeat job"))),
                "createdAt": instant(created),
            }
        )
    return rows


def _cycles(rng: random.Random, now: datetime, orders: list[Row]) -> list[Row]:
    under_way = [str(order["woNo"]) for order in orders if order["state"] in {"running", "done"}]
    return [
        _cycle(rng, number, at, now, rng.choice(under_way))
        for number, at in enumerate(moments(rng, now, 2400))
    ]


def _cycle(rng: random.Random, number: int, at: datetime, now: datetime, order: str) -> Row:
    machine = pick(rng, {name: weight for name, (_, weight) in _MACHINES.items()})
    kind = _MACHINES[machine][0]
    seconds = max(5, round(_SECONDS[kind] * rng.lognormvariate(0, 0.25)))
    ended = at + timedelta(seconds=seconds)
    is_over = ended < now
    scrap = pick(rng, {0: 9, 1: 2, 2: 0.7, 3: 0.3}) * (2 if machine == "INJ-02" else 1)
    return {
        "cycleId": 60_000 + number,
        "machId": machine,
        "machType": kind,
        "woNo": order,
        "prog": f"P{rng.randrange(10, 22)}",
        "goodQty": rng.randrange(4, 25) if is_over else 0,
        "scrapQty": scrap if is_over else 0,
        "toolTempC": maybe(rng, 0.04, round(rng.gauss(64, 9), 1)),
        "operId": maybe(rng, 0.1, f"op{rng.randrange(1, 19):02d}"),
        "shift": "early" if 6 <= at.hour < 14 else "late" if 14 <= at.hour < 22 else "night",
        "startTs": instant(at),
        "endTs": instant(ended) if is_over else None,
    }


def _checks(rng: random.Random, now: datetime, cycles: list[Row]) -> list[Row]:
    finished = [cycle for cycle in cycles if cycle["endTs"]]
    rows: list[Row] = []
    for cycle in sorted(rng.sample(finished, 620), key=lambda one: str(one["endTs"])):
        at = datetime.fromisoformat(str(cycle["endTs"])) + timedelta(seconds=rng.randrange(20, 900))
        if at < now:
            rows.append(_check(rng, 9000 + len(rows), cycle, at))
    return rows


def _check(rng: random.Random, number: int, cycle: Row, at: datetime) -> Row:
    feature = pick(rng, {"diameter": 5, "hardness": 2, "roughness": 3})
    target, deviation = _FEATURES[feature]
    worse = 0.1 if cycle["machId"] == "INJ-02" else 0.0
    verdict = pick(rng, {"pass": 0.86 - worse, "rework": 0.08, "fail": 0.06 + worse})
    return {
        "checkId": f"Q{number}",
        "cycleId": cycle["cycleId"],
        "inspector": pick(rng, {"Yilmaz": 5, "Horak": 4, "Dubois": 3, "auto": 6}),
        "feature": feature,
        "measured": round(rng.gauss(target, deviation), 3),
        "verdict": verdict,
        "defect": None if verdict == "pass" else pick(rng, _DEFECTS),
        "remeasured": rng.random() < 0.15,
        "checkedAt": instant(at),
    }


def _stops(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 260)):
        # Whole minutes, so that it is the same whether minutes or seconds are counted.
        ended = at + timedelta(minutes=2 + round(rng.lognormvariate(2.7, 0.8)))
        reason = pick(rng, _REASONS)
        rows.append(
            {
                "dtId": f"D{number + 1}",
                "machId": pick(rng, {name: 1 / weight for name, (_, weight) in _MACHINES.items()}),
                "reason": reason,
                "planned": reason in {"setup", "cleaning"} or rng.random() < 0.1,
                "reporter": maybe(rng, 0.25, f"op{rng.randrange(1, 19):02d}"),
                "costEur": round(rng.lognormvariate(4.4, 0.7), 2),
                "beginAt": instant(at),
                "endAt": instant(ended) if ended < now else None,
            }
        )
    return rows


def _readings(rng: random.Random, now: datetime) -> list[Row]:
    totals = {meter: rng.uniform(10_000, 90_000) for meter in _METERS}
    rows = []
    for step in range(HOURS * 6):
        at = now - timedelta(minutes=HOURS * 60 - 10 * step - 1)
        for meter, (hall, typical) in _METERS.items():
            load = typical * (1.0 if 6 <= at.hour < 22 else 0.4) * rng.uniform(0.8, 1.25)
            totals[meter] += load / 6
            rows.append(
                {
                    "meterId": meter,
                    "hall": hall,
                    "loadKw": round(load, 2),
                    "kwhTotal": round(totals[meter], 2),
                    "volt": maybe(rng, 0.02, round(rng.gauss(400, 3.2), 1)),
                    "health": pick(rng, {"ok": 90, "warn": 7, "fault": 3}),
                    "readAt": instant(at + timedelta(milliseconds=rng.randrange(1, 50_000))),
                }
            )
    return rows
