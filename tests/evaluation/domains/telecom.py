"""A mobile network: its cells, calls, data usage, customers' tickets and outages."""

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

_SEED = 6311
_CITIES = {"BER": "Berlin", "DRE": "Dresden", "ROS": "Rostock", "KAS": "Kassel"}
_PER_CITY = {"BER": 14, "DRE": 10, "ROS": 7, "KAS": 5}
_TECHS = {"5G": 4.0, "4G": 6.0, "3G": 1.5}
_BANDS = {"5G": (3500, 700), "4G": (800, 1800, 2600), "3G": (2100,)}
_SUBSCRIBERS = {f"4915120{1000 + 37 * n}": 1.0 + n / 20 for n in range(90)}
_APNS = {"internet": 8.0, "ims": 2.0, "iot": 1.0}
_VOLUMES = {"internet": 3.2, "ims": 0.8, "iot": -1.5}
_SUBJECTS = {
    "billing": ("wrong roaming charge", "invoice not received", "charged twice"),
    "coverage": ("no signal at home", "no signal on the train", "calls drop indoors"),
    "speed": ("slow internet", "router too slow", "video keeps buffering"),
    "sim": ("sim lost", "esim not active", "router rejects sim"),
}
_AGENTS = {"Weber": 5.0, "Petrov": 4.0, "Nowak": 3.0, "Silva": 2.0}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    cells = _cells(rng, now)
    ids = {str(cell["cell_id"]): 1.0 + 6 * rng.random() ** 2 for cell in cells if cell["active"]}
    placed = [_call(rng, n, at, ids) for n, at in enumerate(moments(rng, now, 2300))]
    # A call is recorded when it is over.
    calls = [call for call in placed if (call["end_ts"] or call["st_ts"]) < instant(now)]
    usage = [_usage(rng, at, ids) for at in moments(rng, now, 2600)]
    tickets = [_ticket(rng, n, at, now) for n, at in enumerate(moments(rng, now, 420))]
    outages = [_outage(rng, n, at, now, ids) for n, at in enumerate(moments(rng, now, 120))]
    save(folder, "cells", cells)
    save(folder, "calls", out_of_order(rng, at_least_once(rng, calls)))
    save(folder, "data_usage", out_of_order(rng, usage))
    save(folder, "tickets", out_of_order(rng, at_least_once(rng, tickets)))
    save(folder, "outages", out_of_order(rng, at_least_once(rng, outages)))
    return {"TELECOM_STREAMS": str(folder)}


def _cells(rng: random.Random, now: datetime) -> list[Row]:
    rows: list[Row] = []
    ages = iter(rng.sample(range(40, 5000), sum(_PER_CITY.values())))
    for code, count in _PER_CITY.items():
        for number in range(count):
            tech = pick(rng, _TECHS)
            rows.append(
                {
                    "cell_id": f"{code[0]}{4100 + 7 * number}",
                    "site": f"{code}-{1 + number // 3:02}",
                    "city": _CITIES[code],
                    "tech": tech,
                    "band_mhz": rng.choice(_BANDS[tech]),
                    "vendor": pick(rng, {"Nokera": 5, "Erivox": 4, "Zhonlink": 2}),
                    "max_ue": 50 * rng.randrange(4, 24),
                    "active": rng.random() > 0.1,
                    "on_air": (now.date() - timedelta(days=next(ages))).isoformat(),
                }
            )
    return rows


def _call(rng: random.Random, number: int, at: datetime, cells: dict[str, float]) -> Row:
    result = pick(rng, {"ok": 8, "no_answer": 1.4, "busy": 0.6, "dropped": 0.7})
    roams = rng.random() < 0.07
    # Whole seconds, so that it does not matter in what unit a duration is taken.
    seconds = int(rng.lognormvariate(4.6, 1.0)) + 1 if result in ("ok", "dropped") else None
    ended = None if seconds is None else at + timedelta(seconds=seconds)
    direction = pick(rng, {"out": 6.0, "in": 4.0})
    price = (0.29 if roams else 0.05) * (seconds or 0) / 60 if direction == "out" else 0
    return {
        "call_id": f"V{7_000_000 + number}",
        "msisdn": pick(rng, _SUBSCRIBERS),
        "cell_id": pick(rng, cells),
        "dir": direction,
        "res": result,
        "dur_s": seconds,
        "roam": roams,
        "chg_eur": round(price, 2),
        "st_ts": instant(at),
        "end_ts": instant(ended),
    }


def _usage(rng: random.Random, at: datetime, cells: dict[str, float]) -> Row:
    apn = pick(rng, _APNS)
    down = rng.lognormvariate(_VOLUMES[apn], 1.0)
    return {
        "msisdn": pick(rng, _SUBSCRIBERS),
        "cell_id": pick(rng, cells),
        "apn": apn,
        "dl_mb": round(down, 3),
        "ul_mb": round(down * rng.uniform(0.05, 0.4), 3),
        "ts": instant(at),
    }


def _ticket(rng: random.Random, number: int, at: datetime, now: datetime) -> Row:
    category = pick(rng, {"billing": 4, "coverage": 3, "speed": 2.2, "sim": 1.2})
    agent = maybe(rng, 0.15, pick(rng, _AGENTS))
    closed = at + timedelta(minutes=int(rng.lognormvariate(5.2, 0.9)) + 5)
    is_closed = agent is not None and closed < now and rng.random() < 0.9
    working = "open" if agent is None or rng.random() < 0.3 else "wip"
    return {
        "tkt_id": f"T{52_000 + number}",
        "msisdn": pick(rng, _SUBSCRIBERS),
        "cat": category,
        "prio": pick(rng, {"P1": 1, "P2": 2, "P3": 4, "P4": 2}),
        "stat": "closed" if is_closed else working,
        "chan": pick(rng, {"chat": 5, "phone": 4, "email": 2, "store": 1}),
        "agent": agent,
        "subj": rng.choice(_SUBJECTS[category]),
        "csat": maybe(rng, 0.4, rng.choice((1, 2, 3, 4, 4, 5, 5))) if is_closed else None,
        "op_ts": instant(at),
        "cl_ts": instant(closed) if is_closed else None,
    }


def _outage(
    rng: random.Random, number: int, at: datetime, now: datetime, cells: dict[str, float]
) -> Row:
    ended = at + timedelta(minutes=int(rng.lognormvariate(3.9, 0.9)) + 2)
    return {
        "out_id": f"X{910 + number}",
        "cell_id": pick(rng, cells),
        "cause": pick(rng, {"power": 4, "fibre_cut": 2, "hardware": 3, "software": 2.4}),
        "sev": pick(rng, {"minor": 5, "major": 3, "critical": 1.2}),
        "subs_aff": int(rng.lognormvariate(4.5, 0.9)) + 3,
        "st_ts": instant(at),
        "end_ts": instant(ended) if ended < now else None,
    }
