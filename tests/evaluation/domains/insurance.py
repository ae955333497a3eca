"""An insurer: policies, claims, their changes of status, payouts and quotes on the website."""

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

_SEED = 8821
_PREMIUMS = {"motor": 940, "home": 1280, "travel": 120, "pet": 410}
_STATES = {"TX": 8, "FL": 5.0, "OH": 3.5, "GA": 2.6, "CO": 2.0, "OR": 1.2}
_ZIPS = {"TX": "77", "FL": "33", "OH": "43", "GA": "30", "CO": "80", "OR": "97"}
_CAUSES = {
    "motor": {"collision": 6.0, "theft": 1.0, "hail": 2.4},
    "home": {"water": 4.0, "fire": 1.3, "theft": 1.4, "hail": 2.0},
    "travel": {"trip_cancelled": 3.0, "lost_baggage": 2.0},
    "pet": {"vet_treatment": 1.0},
}
_STORIES = {
    "collision": ("rear-ended at a traffic light", "hit a deer on the highway", "parking lot bump"),
    "theft": ("bicycle taken from the garage", "break-in through the back door", "wheels stolen"),
    "hail": ("dents after the hailstorm", "skylight broken by hailstones"),
    "water": ("pipe burst in the kitchen", "pipe burst in the basement", "washing machine leak"),
    "fire": ("kitchen fire", "garage burnt down", "electrical fire in the attic"),
    "trip_cancelled": ("fell ill before the trip", "flight cancelled by the airline"),
    "lost_baggage": ("suitcase never arrived", "backpack lost on the train"),
    "vet_treatment": ("dog swallowed a toy", "cat with a broken leg", "dog hit by a car"),
}
_AMOUNTS = {
    "collision": 4200,
    "theft": 2600,
    "hail": 3100,
    "water": 5400,
    "fire": 11800,
    "trip_cancelled": 950,
    "lost_baggage": 640,
    "vet_treatment": 780,
}
_ADJUSTERS = {
    "Priya Nair": 9,
    "Marcus Webb": 7.5,
    "Lucia Ferrante": 7,
    "Tom Okafor": 6.2,
    "Hannah Lindqvist": 5.5,
    "Diego Salas": 5,
    "Yuki Tanaka": 4.4,
    "Carol Jennings": 3.8,
    "Amir Haddad": 3.1,
    "Nadia Petrova": 2.6,
    "Wes Calloway": 1.8,
}
_PAYEES = {
    "collision": {"repair_shop": 6.0, "policyholder": 2.0, "third_party": 2.0, "clinic": 1.0},
    "vet_treatment": {"clinic": 3.0, "policyholder": 4.0},
}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    policies = [_policy(rng, number, now) for number in range(900)]
    quotes = _quotes(rng, policies, now)
    claims = [_claim(rng, number, at, policies) for number, at in enumerate(moments(rng, now, 560))]
    log, approvals = _log(rng, claims, now)
    save(folder, "policies", policies)
    save(folder, "claims", out_of_order(rng, at_least_once(rng, [row for _, row in claims])))
    save(folder, "claim_status_log", out_of_order(rng, at_least_once(rng, log)))
    save(folder, "payouts", at_least_once(rng, _payouts(rng, approvals, now)))
    save(folder, "quote_requests", out_of_order(rng, at_least_once(rng, quotes)))
    return {"INSURANCE_STREAMS": str(folder)}


def _policy(rng: random.Random, number: int, now: datetime) -> Row:
    line = pick(rng, {"motor": 5.0, "home": 3.4, "travel": 1.4, "pet": 1.7})
    start = now.date() - timedelta(days=rng.randrange(3, 362))
    return {
        "policy_no": f"{line[0].upper()}-{104_000 + 7 * number}",
        "product_line": line,
        "holder_id": f"H{rng.randrange(52_000, 52_640)}",
        "state_code": pick(rng, _STATES),
        "annual_premium": round(_PREMIUMS[line] * rng.lognormvariate(0, 0.35), 2),
        "deductible": pick(rng, {0: 1.0, 250: 3.0, 500: 5.0, 1000: 2.5, 2500: 0.8}),
        "sales_channel": pick(rng, {"broker": 4.0, "web": 4.4, "phone": 1.8, "bank": 1.1}),
        "auto_renew": rng.random() < 0.72,
        "effective_from": start.isoformat(),
        "effective_to": (start + timedelta(days=364)).isoformat(),
    }


def _quotes(rng: random.Random, policies: list[Row], now: datetime) -> list[Row]:
    """The requests; those that led to a policy give it its first day."""
    online = [policy for policy in policies if policy["sales_channel"] == "web"]
    rng.shuffle(online)
    rows: list[Row] = []
    for number, at in enumerate(moments(rng, now, 2600)):
        code = pick(rng, {200: 0.9, 422: 0.06, 500: 0.012, 504: 0.028})
        device = pick(rng, {"mobile": 6.0, "desktop": 3.5, "tablet": 0.7})
        line = pick(rng, {"motor": 5.0, "home": 2.2, "travel": 2.4, "pet": 2.0})
        state = pick(rng, _STATES)
        policy = online.pop() if code == 200 and online and rng.random() < 0.07 else None
        premium = round(_PREMIUMS[line] * rng.lognormvariate(0, 0.35), 2)
        if policy:
            line, state = str(policy["product_line"]), str(policy["state_code"])
            premium = policy["annual_premium"]
            start = at.date() + timedelta(days=rng.randrange(1, 15))
            policy["effective_from"] = start.isoformat()
            policy["effective_to"] = (start + timedelta(days=364)).isoformat()
        slow = 29_000 if code == 504 else 420
        row = {
            "request_id": f"q-{rng.randrange(16**5):05x}{number:04d}",
            "visitor_id": f"v{rng.randrange(80_000, 81_300)}",
            "product_line": line,
            "zip_code": f"{_ZIPS[state]}{rng.randrange(1000):03d}",
            "applicant_age": min(88, 18 + int(rng.gammavariate(2.4, 9))),
            "device": device,
            "referrer": maybe(
                rng,
                0.38,
                pick(
                    rng,
                    {"google_ads": 4.0, "comparison_site": 3.1, "newsletter": 1.2, "partner": 0.8},
                ),
            ),
            "http_status": code,
            "latency_ms": int(slow * rng.lognormvariate(0, 0.02 if code == 504 else 0.5)),
            "quoted_premium": premium if code == 200 else None,
            "policy_no": policy["policy_no"] if policy else None,
            "requested_at": instant(at),
        }
        rows.append(row)
    return rows


def _claim(
    rng: random.Random, number: int, at: datetime, policies: list[Row]
) -> tuple[datetime, Row]:
    policy = rng.choice(policies)
    cause = pick(rng, _CAUSES[policy["product_line"]])
    amount = round(_AMOUNTS[cause] * rng.lognormvariate(-0.1, 0.6), 2)
    score = round(rng.betavariate(1.3, 5), 3)
    injured = rng.random() < {"collision": 0.24, "fire": 0.1}.get(cause, 0.0)
    team = "casualty" if injured else "fast_track" if amount < 1500 else "property"
    return at, {
        "claim_no": f"CL-26-{30_500 + number}",
        "policy_no": policy["policy_no"],
        "cause_of_loss": cause,
        "loss_description": maybe(rng, 0.05, rng.choice(_STORIES[cause])),
        "claimed_amount": amount,
        "intake_channel": pick(
            rng, {"phone": 4.0, "app": 3.2, "web": 2.1, "broker": 1.0, "email": 0.5}
        ),
        "adjuster": maybe(rng, 0.06, pick(rng, _ADJUSTERS)),
        "handling_team": "siu" if score > 0.55 else team,
        "fraud_score": score,
        "has_injury": injured,
        "loss_at": instant(at - timedelta(minutes=int(25 + 900 * rng.lognormvariate(0, 1.1)))),
        "reported_at": instant(at),
    }


def _log(
    rng: random.Random, claims: list[tuple[datetime, Row]], now: datetime
) -> tuple[list[Row], list[tuple[datetime, Row]]]:
    """The changes of status up to now, and when which claims were approved."""
    changes: list[tuple[datetime, Row]] = []
    approvals: list[tuple[datetime, Row]] = []
    for reported, claim in claims:
        way = ["open", "in_review"]
        if rng.random() < 0.3:
            way += ["docs_requested", "in_review"]
        way += [pick(rng, {"approved": 8, "denied": 1.6}), "closed"]
        at = reported + timedelta(milliseconds=rng.randrange(5, 900))
        for status in way:
            if at >= now:
                break
            by = {"open": "rule", "docs_requested": "user", "closed": "rule"}.get(status)
            row = {
                "claim_no": claim["claim_no"],
                "status": status,
                "changed_by": by or pick(rng, {"user": 5, "rule": 2, "customer": 0.6}),
                "changed_at": instant(at),
            }
            changes.append((at, row))
            if status == "approved":
                approvals.append((at, claim))
            at += timedelta(minutes=int(8 + 190 * rng.lognormvariate(0, 0.8)), milliseconds=317)
    changes.sort(key=lambda change: change[0])
    log = [{"entry_id": 5_410_000 + number, **row} for number, (_, row) in enumerate(changes)]
    return log, sorted(approvals, key=lambda approval: approval[0])


def _payouts(rng: random.Random, approvals: list[tuple[datetime, Row]], now: datetime) -> list[Row]:
    found: list[tuple[datetime, Row]] = []
    for approved, claim in approvals:
        parts = pick(rng, {1: 6, 2: 2.4, 3: 0.8})
        at = approved
        for part in range(parts):
            at += timedelta(minutes=rng.randrange(2, 45), milliseconds=rng.randrange(1, 900))
            if at >= now:
                break
            held = maybe(
                rng, 0.93, pick(rng, {"bank_details": 4, "compliance": 2, "duplicate_check": 1.3})
            )
            paid = at + timedelta(minutes=int(6 + 70 * rng.lognormvariate(0, 0.7)))
            payees = _PAYEES.get(claim["cause_of_loss"], {"policyholder": 5.0, "repair_shop": 2.0})
            row = {
                "claim_no": claim["claim_no"],
                "payee_type": pick(rng, payees),
                "amount_usd": round(claim["claimed_amount"] / parts * rng.uniform(0.55, 1.0), 2),
                "pay_method": pick(rng, {"ach": 6, "check": 2, "card": 1.5}),
                "is_final": part == parts - 1,
                "hold_reason": held,
                "requested_at": instant(at),
                "paid_at": instant(paid) if paid < now and not held else None,
            }
            found.append((at, row))
    found.sort(key=lambda payout: payout[0])
    return [{"payout_id": f"PX{77_000 + number}", **row} for number, (_, row) in enumerate(found)]
