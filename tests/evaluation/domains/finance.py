"""A bank: card transactions, accounts, transfers, exchange rates and fraud alerts."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
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

_SEED = 4101
_ACCOUNTS = tuple(f"DE{70_000 + 37 * number}" for number in range(150))
_MERCHANTS = {
    "Kaufmarkt": ("grocery", 12),
    "Bio Insel": ("grocery", 7),
    "Tankhof": ("fuel", 9),
    "Petrolio": ("fuel", 4),
    "Fernweh Reisen": ("travel", 5),
    "Sky Tickets": ("travel", 3),
    "Trattoria Sole": ("restaurant", 8),
    "Burger Bude": ("restaurant", 6),
    "Elektro Blitz": ("electronics", 5.5),
    "Lucky Spin": ("gambling", 2.5),
}
_TYPICAL = {
    "grocery": 38,
    "fuel": 62,
    "travel": 420,
    "restaurant": 31,
    "electronics": 240,
    "gambling": 75,
}
_COUNTRIES = {"DE": 60.0, "AT": 12.0, "FR": 9.0, "NL": 7.0, "GB": 5.0, "US": 3.0}
_REASONS = {"insufficient_funds": 5, "limit_exceeded": 3, "expired_card": 1.5, "suspected_fraud": 1}
_CITIES = {"Hamburg": 4, "Munich": 3, "Leipzig": 2, "Cologne": 1.5}
_PAIRS = {"EUR/USD": 1.09, "EUR/GBP": 0.86, "EUR/CHF": 0.95, "USD/JPY": 151.2, "EUR/PLN": 4.31}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    cards = _cards(rng, now)
    save(folder, "card_txn", out_of_order(rng, at_least_once(rng, cards)))
    save(folder, "accounts", [_account(rng, number, now) for number in _ACCOUNTS])
    save(folder, "transfers", out_of_order(rng, _transfers(rng, now)))
    save(folder, "fx_rates", _rates(rng, now))
    save(folder, "fraud_alerts", at_least_once(rng, _alerts(rng, cards, now)))
    return {"FINANCE_STREAMS": str(folder)}


def _cards(rng: random.Random, now: datetime) -> list[Row]:
    return [_card(rng, number, at) for number, at in enumerate(moments(rng, now, 2600))]


def _card(rng: random.Random, number: int, at: datetime) -> Row:
    merchant = pick(rng, {name: weight for name, (_, weight) in _MERCHANTS.items()})
    category = _MERCHANTS[merchant][0]
    mode = pick(rng, {"contactless": 5, "chip": 3, "ecommerce": 3, "magstripe": 0.3})
    response = pick(rng, {"approved": 0.88, "declined": 0.1, "referred": 0.02})
    terminal = {"id": f"T{rng.randrange(100, 400)}", "city": pick(rng, _CITIES)}
    return {
        "txn_id": f"A{880_000 + number}",
        "acctNo": rng.choice(_ACCOUNTS),
        "merchant": merchant,
        "mcc": category,
        "ctry": pick(rng, _COUNTRIES),
        "amt_eur": round(_TYPICAL[category] * rng.lognormvariate(0, 0.6), 2),
        "entry_mode": mode,
        "resp": response,
        "decl_rsn": pick(rng, _REASONS) if response == "declined" else None,
        "resp_ms": maybe(rng, 0.03, int(90 * rng.lognormvariate(0, 0.7))),
        "is_3ds": mode == "ecommerce" and rng.random() < 0.7,
        "terminal": None if mode == "ecommerce" else terminal,
        "ts": instant(at),
    }


def _account(rng: random.Random, number: str, now: datetime) -> Row:
    kind = pick(rng, {"giro": 6, "savings": 3, "business": 2, "youth": 1})
    opened: date = now.date() - timedelta(days=rng.randrange(60, 7000))
    return {
        "acctNo": number,
        "custId": f"C{rng.randrange(1000, 1110)}",
        "acct_type": kind,
        "branch": pick(rng, _CITIES),
        "bal_eur": round(rng.gauss(2500, 2200) * (8 if kind == "business" else 1), 2),
        "credit_lim_eur": maybe(rng, 0.2, 500 * rng.randrange(1, 20)),
        "frozen": rng.random() < 0.08,
        "language": maybe(rng, 0.05, pick(rng, {"de": 7, "en": 2, "fr": 1, "tr": 1.5})),
        "opened_on": opened.isoformat(),
    }


def _transfers(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 900)):
        status = pick(rng, {"settled": 8, "pending": 1, "rejected": 0.7, "returned": 0.3})
        settled = at + timedelta(seconds=rng.randrange(4, 5400))
        if settled >= now and status == "settled":
            status = "pending"
        topic = rng.choice(
            ("rent november", "invoice 2026", "gift", "salary", "refund", "rent flat")
        )
        rows.append(
            {
                "transferId": f"TR-{5000 + number}",
                "fromAcct": rng.choice(_ACCOUNTS),
                "toAcct": rng.choice(_ACCOUNTS),
                "amount": round(rng.lognormvariate(5, 1.1), 2),
                "currency": pick(rng, {"EUR": 9, "USD": 1.2, "CHF": 0.6}),
                "status": status,
                "channel": pick(rng, {"mobile": 5, "web": 3, "api": 2, "branch": 0.6}),
                "reference": maybe(rng, 0.1, topic),
                "createdAt": instant(at),
                "settledAt": instant(settled) if status == "settled" else None,
            }
        )
    return rows


def _rates(rng: random.Random, now: datetime) -> list[Row]:
    rates = dict(_PAIRS)
    rows = []
    for step in range(HOURS * 6):
        for pair, last in rates.items():
            rate = last * (1 + rng.gauss(0, 0.0008))
            rates[pair] = rate
            ago = timedelta(
                minutes=HOURS * 60 - 10 * step - 1, milliseconds=-rng.randrange(1, 50_000)
            )
            half = rate * rng.uniform(0.00003, 0.0002)
            rows.append(
                {
                    "pair": pair,
                    "bid": round(rate - half, 6),
                    "ask": round(rate + half, 6),
                    "spread_bp": round(2 * half / rate * 10_000, 3),
                    "venue": pick(rng, {"LDN": 5, "FFM": 3, "NYC": 2}),
                    "quoteTime": instant(now - ago),
                }
            )
    return rows


def _alerts(rng: random.Random, cards: list[Row], now: datetime) -> list[Row]:
    rows = []
    for number, card in enumerate(sorted(rng.sample(cards, 220), key=lambda one: str(one["ts"]))):
        raised = datetime.fromisoformat(str(card["ts"])) + timedelta(seconds=rng.uniform(0.2, 9))
        closed = raised + timedelta(seconds=int(60 * rng.lognormvariate(3.2, 0.8)))
        taken = pick(rng, {"Okafor": 4, "Lindqvist": 3, "Marchetti": 2, None: 2})
        is_closed = taken is not None and closed < now
        fired = ("velocity", "geo_jump", "new_device", "high_amount", "night")
        rows.append(
            {
                "alertId": f"F{300 + number}",
                "txn_id": card["txn_id"],
                "score": round(rng.betavariate(2, 2), 3),
                "rules": rng.sample(fired, rng.randrange(1, 4)),
                "analyst": taken,
                "verdict": pick(rng, {"genuine": 3, "fraud": 1}) if is_closed else None,
                "raisedAt": instant(min(raised, now - timedelta(milliseconds=3))),
                "closedAt": instant(closed) if is_closed else None,
            }
        )
    return rows
