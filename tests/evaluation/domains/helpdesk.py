"""A help desk of a cloud provider: agents, tickets, their messages, and service incidents."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

_SEED = 6143
_FIRST = ("Inês", "Marcus", "Chloe", "Tomasz", "Priya", "Jomar", "Wanda", "Felix", "Aiko", "Sal")
_LAST = ("Duarte", "Whitfield", "Santos", "Kowal", "Raman", "Bautista", "Okafor")
_TEAMS: dict[str, float] = {"tier1": 5, "tier2": 3, "billing": 2, "platform": 1.6}
_SITES: dict[str, float] = {"Lisbon": 4, "Austin": 3, "Manila": 5, "remote": 1.5}
_LANGS: dict[str, float] = {"en": 5, "en,pt": 3, "en,es": 2, "en,tl": 3, "de,en": 1.5, "en,fr": 1}
_SUBJECTS: dict[str, tuple[str, ...]] = {
    "billing": (
        "Invoice for October is wrong",
        "Cannot download invoice",
        "Charged twice this month",
        "Change of credit card",
        "VAT number missing on our invoice",
    ),
    "login": ("Password reset mail never arrives", "2FA code rejected", "SSO login loop"),
    "outage": (
        "API returns 503",
        "Console is down",
        "Uploads time out",
        "Queue stuck since this morning",
    ),
    "how_to": ("How do I rotate keys?", "Moving a bucket to another region", "Export of audit log"),
    "bug": ("Chart shows negative usage", "CSV export is empty", "Webhook fires twice"),
    "feature_request": ("Dark mode please", "Terraform support for queues"),
}
_CATEGORIES: dict[str, float] = {
    "billing": 5,
    "login": 4,
    "outage": 3.4,
    "how_to": 3,
    "bug": 2.2,
    "feature_request": 1,
}
_CHANNELS: dict[str, float] = {"email": 5, "chat": 4, "web_form": 2.5, "phone": 1.6}
_TYPICAL: dict[str, dict[str, float]] = {
    "email": {},
    "chat": {"how_to": 8},
    "web_form": {"bug": 7.5},
    "phone": {"outage": 9},
}
_MOODS = {"email": 3.3, "chat": 3.9, "web_form": 3.0, "phone": 3.6}
_PRIORITIES: dict[str, dict[str, float]] = {
    "free": {"P1": 0.3, "P2": 1.5, "P3": 5, "P4": 4},
    "pro": {"P1": 1, "P2": 3, "P3": 4, "P4": 2},
    "enterprise": {"P1": 2.5, "P2": 4, "P3": 3, "P4": 1},
}
_ALLOWED = {"P1": 30, "P2": 120, "P3": 300, "P4": 600}
_USUAL = {"P1": 14, "P2": 55, "P3": 130, "P4": 240}
_SERVICES: dict[str, float] = {
    "auth-api": 3,
    "billing-api": 2,
    "object-store": 4.6,
    "message-queue": 2.5,
    "web-console": 1.7,
    "vm-scheduler": 3.4,
}
_REGIONS: dict[str, float] = {
    "eu-west-1": 5,
    "eu-central-1": 3,
    "us-east-1": 6,
    "us-west-2": 2.2,
    "ap-south-1": 1.5,
}
_CAUSES: dict[str, float] = {
    "DNS misconfiguration": 2,
    "DNS resolver overload": 1,
    "bad deploy": 5,
    "disk full": 2,
    "expired certificate": 1,
    "upstream provider": 2,
}
_WORDS = {"customer": 60, "agent": 75, "bot": 28}


@dataclass(frozen=True, slots=True)
class _Account:
    acct: str
    email: str
    plan: str


@dataclass(frozen=True, slots=True)
class _Desk:
    rng: random.Random
    now: datetime
    agents: list[str]
    habit: list[float]
    accounts: list[_Account]
    liking: list[float]
    incidents: list[tuple[datetime, Row]]


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    agents = _agents(rng, now.date())
    found = moments(rng, now, 290)
    incidents = [(at, _incident(rng, number, at, now)) for number, at in enumerate(found)]
    # The last three were hired to start next week: they have no tickets.
    staff = [str(agent["agent_id"]) for agent in agents[:-3]]
    accounts = [_account(rng, number) for number in range(330)]
    habit = [rng.lognormvariate(0, 0.5) for _ in staff]
    liking = [rng.lognormvariate(0, 0.8) for _ in accounts]
    desk = _Desk(rng, now, staff, habit, accounts, liking, incidents)
    opened = moments(rng, now, 1350)
    tickets = [(at, _ticket(desk, number, at)) for number, at in enumerate(opened)]
    messages = _messages(desk, tickets)
    save(folder, "agents", agents)
    save(folder, "incidents", out_of_order(rng, [row for _, row in incidents]))
    save(folder, "tickets", out_of_order(rng, at_least_once(rng, [row for _, row in tickets])))
    save(folder, "ticket_msgs", out_of_order(rng, at_least_once(rng, messages)))
    return {"HELPDESK_STREAMS": str(folder)}


def _agents(rng: random.Random, today: date) -> list[Row]:
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    costs = rng.sample(range(1150, 5600), 44)
    rows: list[Row] = []
    for number, name in enumerate(rng.sample(names, 44)):
        days = rng.randrange(1, 12) if number >= 41 else rng.randrange(20, 2100)
        rows.append(
            {
                "agent_id": f"AG{301 + number}",
                "full_name": name,
                "team": pick(rng, _TEAMS),
                "site": pick(rng, _SITES),
                "langs": pick(rng, _LANGS),
                "is_lead": rng.random() < 0.14,
                "cost_per_hr": costs[number] / 100,
                "hired_on": (today - timedelta(days=days)).isoformat(),
            }
        )
    return rows


def _account(rng: random.Random, number: int) -> _Account:
    ending = pick(rng, {"com": 6, "io": 2, "edu": 1.2, "de": 1})
    host = rng.choice(("northwind", "acme", "bluefin", "kestrel", "umbra", "lindqvist"))
    plan = pick(rng, {"free": 4, "pro": 4, "enterprise": 2.4})
    return _Account(f"ACC-{2000 + 7 * number}", f"ops{number}@{host}.{ending}", plan)


def _incident(rng: random.Random, number: int, at: datetime, now: datetime) -> Row:
    sev = pick(rng, {"sev1": 1.3, "sev2": 3, "sev3": 5, "sev4": 3})
    weight = 5 - int(sev[-1])
    # Whole minutes later, so that a duration is the same in whole minutes and in seconds.
    acked = at + timedelta(minutes=1 + int(24 / weight * rng.lognormvariate(0, 1)))
    ended = acked + timedelta(minutes=5 + int(70 * rng.lognormvariate(0, 0.9)))
    over = ended < now and rng.random() < 0.96
    granted = round(rng.uniform(40, 900) * weight, 2)
    return {
        "incident_id": f"INC-{4400 + number}",
        "svc": pick(rng, _SERVICES),
        "region": pick(rng, _REGIONS),
        "sev": sev,
        "alert_src": pick(rng, {"prometheus": 5, "synthetic": 2.5, "log_rule": 2, "customer": 1.2}),
        "affected_accts": int(22 * weight * rng.lognormvariate(0, 0.8)),
        "err_rate_pct": round(min(100.0, 3.1 * weight * rng.lognormvariate(0, 0.7)), 2),
        "credits_usd": granted if over and rng.random() < 0.09 * weight else None,
        "root_cause": maybe(rng, 0.2, pick(rng, _CAUSES)) if over else None,
        "detected_at": instant(at),
        "acked_at": instant(acked) if acked < now else None,
        "mitigated_at": instant(ended) if over else None,
    }


def _ticket(desk: _Desk, number: int, at: datetime) -> Row:
    rng = desk.rng
    account = rng.choices(desk.accounts, desk.liking)[0]
    channel = pick(rng, _CHANNELS)
    category = pick(rng, _CATEGORIES | _TYPICAL[channel])
    priority = pick(rng, _PRIORITIES[account.plan])
    waits = 2 + int(_USUAL[priority] * rng.lognormvariate(0, 0.9))
    replied = at + timedelta(minutes=waits)
    solved = replied + timedelta(minutes=6 + int(160 * rng.lognormvariate(0, 1)))
    has_reply = replied < desk.now and rng.random() < 0.97
    is_solved = has_reply and solved < desk.now and rng.random() < 0.9
    has_owner = has_reply or rng.random() < 0.4
    status = pick(rng, {"solved": 2, "closed": 3})
    if not is_solved:
        status = pick(rng, {"open": 3, "pending": 2}) if has_owner else "new"
    minutes = int((desk.now - at).total_seconds() // 60)
    rating = min(5, max(1, round(rng.gauss(_MOODS[channel], 1.1))))
    return {
        "ticket_no": 880_100 + number,
        "acct_id": account.acct,
        "requester_email": account.email,
        "subject": rng.choice(_SUBJECTS[category]),
        "category": category,
        "prio": priority,
        "channel": channel,
        "plan_tier": account.plan,
        "status": status,
        "assignee_id": rng.choices(desk.agents, desk.habit)[0] if has_owner else None,
        "incident_id": _linked(desk, at) if category == "outage" else None,
        "reopen_cnt": pick(rng, {0: 8, 1: 1.6, 2: 0.5, 3: 0.2}) if is_solved else 0,
        "sla_breached": (waits if has_reply else minutes) > _ALLOWED[priority],
        "csat": rating if is_solved and rng.random() < 0.45 else None,
        "created_at": instant(at),
        "first_reply_at": instant(replied) if has_reply else None,
        "solved_at": instant(solved) if is_solved else None,
    }


def _linked(desk: _Desk, at: datetime) -> str | None:
    """One of the last incidents before a ticket, for most tickets about outages."""
    earlier = [row for found, row in desk.incidents if found < at][-6:]
    if not earlier or desk.rng.random() < 0.25:
        return None
    return str(desk.rng.choice(earlier)["incident_id"])


def _messages(desk: _Desk, tickets: list[tuple[datetime, Row]]) -> list[Row]:
    rng = desk.rng
    found: list[tuple[datetime, Row]] = []
    for at, ticket in tickets:
        found.append((at, _message(rng, ticket, "customer")))
        if ticket["channel"] in ("chat", "web_form"):
            found.append((at + timedelta(seconds=4), _message(rng, ticket, "bot")))
        if ticket["first_reply_at"] is None:
            continue
        then = datetime.fromisoformat(str(ticket["first_reply_at"]))
        author = "agent"
        for turn in range(rng.choice((1, 1, 2, 3, 3, 5))):
            is_note = turn > 0 and author == "agent" and rng.random() < 0.25
            found.append((then, _message(rng, ticket, author, is_note=is_note)))
            if not is_note:
                author = "customer" if author == "agent" else "agent"
            then += timedelta(seconds=95 + int(2400 * rng.expovariate(1)))
    sent = sorted((pair for pair in found if pair[0] < desk.now), key=lambda pair: pair[0])
    return [
        {"msg_id": f"m-{60_000 + number}", **row, "sent_ts": instant(at)}
        for number, (at, row) in enumerate(sent)
    ]


def _message(rng: random.Random, ticket: Row, author: str, *, is_note: bool = False) -> Row:
    tone = rng.gauss(0.1 - 0.35 * bool(ticket["sla_breached"]), 0.4)
    size = int(180 * rng.lognormvariate(0, 1.2))
    return {
        "ticket_no": ticket["ticket_no"],
        "author_type": author,
        "agent_id": ticket["assignee_id"] if author == "agent" else None,
        "is_internal": is_note,
        "word_cnt": 3 + int(_WORDS[author] * rng.lognormvariate(0, 0.6)),
        "attach_kb": size if author != "bot" and rng.random() < 0.18 else None,
        "sentiment": round(min(1.0, max(-1.0, tone)), 3) if author == "customer" else None,
    }
