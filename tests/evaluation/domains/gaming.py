"""An online game: matches, players, purchases, chat reports and server metrics."""

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

_SEED = 7717
_NAMES = ("Moth", "Viper", "Kestrel", "Bolt", "Ember", "Quill", "Rook", "Sable", "Thorn", "Wisp")
_PLAYERS = tuple(f"p{1000 + 13 * number}" for number in range(260))
_MODES = {"ranked": 5, "casual": 6, "tournament": 0.8, "training": 2}
_MAPS = {"Dustfall": 5, "Frostkeep": 4, "Neon Docks": 3, "Old Quarry": 2.2, "Skyhold": 1.4}
_SERVERS = {
    "eu-1": ("europe", 5),
    "eu-2": ("europe", 4),
    "eu-3": ("europe", 2),
    "na-1": ("north america", 4.4),
    "na-2": ("north america", 3),
    "as-1": ("asia", 3.4),
    "as-2": ("asia", 2.5),
    "sa-1": ("south america", 1.6),
}
_ITEMS = {
    "dragon skin": ("skin", "14.99", 3),
    "neon skin": ("skin", "9.99", 5),
    "season pass": ("pass", "19.99", 3.3),
    "gold pouch": ("currency", "4.99", 7),
    "gold chest": ("currency", "49.99", 1),
    "xp boost": ("boost", "2.99", 4),
}
_INSULTS = ("noob team", "uninstall pls", "buy gold at shady.example", "ez game", "you are trash")
_COUNTRIES = {"DE": 5, "US": 6, "BR": 3, "JP": 2.5, "KR": 2, "PL": 1.5, "FR": 2.2}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    save(folder, "game_matches", out_of_order(rng, at_least_once(rng, _matches(rng, now))))
    save(folder, "players", [_player(rng, key, now) for key in _PLAYERS])
    save(folder, "purch", out_of_order(rng, at_least_once(rng, _purchases(rng, now))))
    save(folder, "chat_rpts", out_of_order(rng, _reports(rng, now)))
    save(folder, "srv_metr", _metrics(rng, now))
    return {"GAMING_STREAMS": str(folder)}


def _matches(rng: random.Random, now: datetime) -> list[Row]:
    return [_match(rng, number, at, now) for number, at in enumerate(moments(rng, now, 1400))]


def _match(rng: random.Random, number: int, at: datetime, now: datetime) -> Row:
    server = pick(rng, {key: weight for key, (_, weight) in _SERVERS.items()})
    mode = pick(rng, _MODES)
    ended = at + timedelta(seconds=int(60 * rng.lognormvariate(2.9, 0.45)))
    outcome = pick(rng, {"finished": 9, "aborted": 0.8, "crashed": 0.4})
    if ended >= now:
        outcome = "running"
    is_finished = outcome == "finished"
    return {
        "mtchId": f"m{50_000 + number}",
        "gmMode": mode,
        "mapNm": pick(rng, _MAPS),
        "srvId": server,
        "regn": _SERVERS[server][0],
        "plCnt": 2 if mode == "training" else rng.randrange(6, 21),
        "avgPingMs": maybe(rng, 0.05, int(12 + 28 * rng.lognormvariate(0, 0.6))),
        "st": outcome,
        "winTeam": pick(rng, {"red": 5, "blue": 4.6}) if is_finished else None,
        "mvpPId": rng.choice(_PLAYERS) if is_finished else None,
        "startTs": instant(at),
        "endTs": None if outcome == "running" else instant(ended),
    }


def _player(rng: random.Random, key: str, now: datetime) -> Row:
    level = rng.randint(1, 80)
    name = f"{rng.choice(('Dark', 'Red', 'Old', 'Tiny', 'xX'))}{rng.choice(_NAMES)}"
    return {
        "pId": key,
        "nick": f"{name}{key[1:]}",
        "ctry": pick(rng, _COUNTRIES),
        "plat": pick(rng, {"PC": 6, "PlayStation": 3, "Xbox": 2.2, "Switch": 1.2, "mobile": 2}),
        "lvl": level,
        "rankTier": pick(rng, {"bronze": 5, "silver": 4, "gold": 2.5, "diamond": 0.8, None: 1}),
        "xp": level * 1000 + rng.randrange(1000),
        "clan": maybe(rng, 0.4, pick(rng, {"Night Owls": 3, "Iron Pact": 2, "Les Bleus": 1.3})),
        "isVip": rng.random() < 0.17,
        "regDt": (now.date() - timedelta(days=int(rng.triangular(1, 1400, 200)))).isoformat(),
    }


def _purchases(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 850)):
        item = pick(rng, {name: weight for name, (_, _, weight) in _ITEMS.items()})
        category, price, _ = _ITEMS[item]
        count = rng.choice((1, 1, 1, 2, 3)) if category in ("currency", "boost") else 1
        rows.append(
            {
                "purchId": f"b{3000 + number}",
                "pId": rng.choice(_PLAYERS[:170]),
                "itemNm": item,
                "itemCat": category,
                "qty": count,
                "totUsd": round(float(price) * count, 2),
                "payMthd": pick(rng, {"card": 6, "paypal": 3.2, "gift card": 1.2, "crypto": 0.3}),
                "st": pick(rng, {"paid": 8.7, "failed": 0.8, "refunded": 0.5}),
                "promoCd": maybe(rng, 0.75, pick(rng, {"FALL26": 3, "WELCOME": 2, "VIP10": 1})),
                "ts": instant(at),
            }
        )
    return rows


def _reports(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    for number, at in enumerate(moments(rng, now, 420)):
        closed = at + timedelta(seconds=int(60 * rng.lognormvariate(4.3, 0.9)))
        taken = pick(rng, {"hana": 4, "olek": 3, "priya": 2.1, None: 2})
        is_closed = taken is not None and closed < now
        verdict = pick(rng, {"dismissed": 4, "warned": 3, "muted": 2, "banned": 0.8})
        rows.append(
            {
                "rptId": number + 1,
                "rptrPId": rng.choice(_PLAYERS),
                "tgtPId": rng.choice(_PLAYERS[::3]),
                "rsn": pick(rng, {"insult": 5, "spam": 3, "cheating": 2.4, "hate speech": 1}),
                "chan": pick(rng, {"all": 4, "team": 3, "whisper": 1}),
                "msgTxt": maybe(rng, 0.1, rng.choice(_INSULTS)),
                "modr": taken,
                "vrdct": verdict if is_closed else None,
                "createdTs": local(at),
                "closedTs": local(closed) if is_closed else None,
            }
        )
    return rows


def _metrics(rng: random.Random, now: datetime) -> list[Row]:
    rows = []
    states = dict.fromkeys(_SERVERS, "up")
    for step in range(HOURS * 6):
        for server in _SERVERS:
            if rng.random() < 0.06:
                states[server] = pick(rng, {"up": 7, "degraded": 2, "draining": 1, "down": 0.7})
            at = (
                now
                - timedelta(minutes=10 * (HOURS * 6 - step))
                + timedelta(milliseconds=1000 * rng.randrange(1, 500) + rng.randrange(1, 999))
            )
            rows.append(_metric(rng, server, states[server], at))
    return rows


def _metric(rng: random.Random, server: str, state: str, at: datetime) -> Row:
    region, weight = _SERVERS[server]
    is_down = state == "down"
    crowd = 0 if is_down else max(0, int(rng.gauss(60 * weight, 25)))
    return {
        "srvId": server,
        "regn": region,
        "state": state,
        "cpuPct": None if is_down else round(min(100.0, 8 + crowd / 5 + rng.gauss(12, 6)), 1),
        "memMb": 0 if is_down else 2048 + 9 * crowd + rng.randrange(400),
        "plOnl": crowd,
        "tickMs": None if is_down else round(15.6 * rng.lognormvariate(0.05, 0.12), 2),
        "ts": local(at),
    }
