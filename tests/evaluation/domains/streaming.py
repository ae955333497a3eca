"""A music-streaming service: subscribers, tracks, plays, invoices and ad impressions."""

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

_SEED = 9017
_COUNTRIES = {"US": 9, "DE": 6, "GB": 5, "SE": 4, "MX": 3.2, "NO": 2.2, "JP": 1.5, "NG": 1}
_PLANS = {"free": 6, "premium": 5, "family": 2.5, "student": 1.6}
_PRICES = {"premium": 11.99, "family": 19.99, "student": 5.99}
_MAILS: dict[str, float] = {"gmail.com": 6, "outlook.com": 3, "icloud.com": 2, "proton.me": 1}
_GIVEN = ("astrid", "ben", "chidi", "dana", "emil", "freya", "goro", "hanna", "ivan", "julia")
_GENRES: dict[str, float] = {
    "pop": 6,
    "hip_hop": 4,
    "rock": 3,
    "electronic": 3,
    "jazz": 2,
    "classical": 1,
    "folk": 1,
}
_LABELS: dict[str, float] = {
    "Northlight": 6,
    "Velvet Owl": 4,
    "Tidal Bloom": 3,
    "Paper Crane": 2,
    "Koppar": 1,
}
_ARTISTS = (
    "Mara Quill",
    "The Low Tides",
    "Kestrel",
    "Ojuolape",
    "Neon Harbour",
    "DJ Sable",
    "Ilse Vang",
    "Santo Verde",
    "Fjordkind",
    "Aiko Mori",
    "Glass Parade",
    "Big Tomas",
    "Rue Noire",
    "Otis Farrow",
    "Palma",
    "Cinder Twins",
)
_FIRST = ("Midnight", "Golden", "Paper", "Electric", "Broken", "Silent", "Crazy", "Summer", "Last")
_SECOND = (
    "Love",
    "River",
    "Signal",
    "Garden",
    "Train",
    "Letters",
    "Fever",
    "Horizon",
    "Dancers",
    "Rain",
    "Machine",
    "Sunday",
    "Kingdom",
    "Echo",
    "Mirror",
    "Tigers",
)
_PLAYLISTS: dict[str, float] = {
    "Deep Focus": 5,
    "Morning Coffee": 4,
    "Gym Hits": 3,
    "Sleep Well": 2,
    "New Friday": 1,
}
_SOURCES = {"playlist": 6, "album": 3, "search": 2.2, "radio": 1.4}
_DEVICES = {"mobile": 9, "desktop": 4, "speaker": 3, "car": 1.8, "tv": 0.8}
_CODES: dict[str, float] = {"BFCM26": 5, "WELCOME10": 4, "BFSTUDENT": 2, "SPRING25": 1}
_FAILURES = {"insufficient_funds": 5, "card_expired": 3, "do_not_honor": 1.5}
_ADVERTISERS = {
    "Nordbank": 6,
    "FizzUp": 5,
    "AutoHaus": 3.6,
    "Lumo Mobile": 2.7,
    "PetPantry": 1.8,
    "Skytrip": 1.1,
}
_EARNED = {"audio": 0.012, "video": 0.028, "banner": 0.004}


def write(folder: Path, now: datetime) -> dict[str, str]:
    """Writes the streams up to `now` and gives the environment that the tables' paths need."""
    rng = random.Random(_SEED)
    people = [_subscriber(rng, number, now) for number in range(640)]
    songs = _tracks(rng, now)
    plays = _plays(rng, people[:590], songs, now)
    invoices = [
        _invoice(rng, number, at, people, now) for number, at in enumerate(moments(rng, now, 760))
    ]
    ads = [_ad(rng, number, at, people) for number, at in enumerate(moments(rng, now, 2100))]
    save(folder, "subscribers", people)
    save(folder, "tracks", songs)
    save(folder, "plays", out_of_order(rng, at_least_once(rng, plays)))
    save(folder, "invoices", out_of_order(rng, at_least_once(rng, invoices)))
    save(folder, "ad_impressions", out_of_order(rng, at_least_once(rng, ads)))
    return {"STREAMING_STREAMS": str(folder)}


def _subscriber(rng: random.Random, number: int, now: datetime) -> Row:
    joined = now.date() - timedelta(days=int(1500 * rng.random() ** 2))
    channel = pick(rng, {"organic": 5, "referral": 3, "social": 2.2, "tv": 1})
    return {
        "subscriber_id": f"U{10_000 + number}",
        "email": f"{rng.choice(_GIVEN)}{number}@{pick(rng, _MAILS)}",
        "country": pick(rng, _COUNTRIES),
        "plan": pick(rng, _PLANS),
        "birth_year": rng.randrange(1955, 2009),
        "acq_channel": maybe(rng, 0.12, channel),
        "marketing_opt_in": rng.random() < 0.45,
        "joined_on": joined.isoformat(),
    }


def _tracks(rng: random.Random, now: datetime) -> list[Row]:
    titles = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    rng.shuffle(titles)
    seconds = rng.sample(range(118, 421), len(titles))
    ages = rng.sample(range(3, 5000), len(titles))
    homes = {artist: (pick(rng, _LABELS), pick(rng, _GENRES)) for artist in _ARTISTS}
    rows = []
    for number, title in enumerate(titles):
        artist = _ARTISTS[int(len(_ARTISTS) * rng.random() ** 1.4)]
        label, usual = homes[artist]
        genre = usual if rng.random() < 0.6 else pick(rng, _GENRES)
        rows.append(
            {
                "track_id": f"TRK{5000 + 7 * number}",
                "title": title,
                "artist": artist,
                "label_name": label if rng.random() < 0.8 else pick(rng, _LABELS),
                "genre": genre,
                "duration_s": seconds[number],
                "bpm": maybe(rng, 0.1, rng.randrange(62, 178)),
                "is_explicit": genre != "classical" and rng.random() < 0.22,
                "released_on": (now.date() - timedelta(days=ages[number])).isoformat(),
            }
        )
    return rows


def _plays(rng: random.Random, people: list[Row], songs: list[Row], now: datetime) -> list[Row]:
    liking = [0.0 if n % 24 == 23 else 1 / (n + 5) for n in range(len(songs))]
    habit = [rng.lognormvariate(0, 0.9) for _ in people]
    rows = []
    for number, at in enumerate(moments(rng, now, 4300)):
        song = rng.choices(songs, liking)[0]
        end = pick(rng, {"completed": 0.66, "skipped": 0.31, "playback_error": 0.03})
        length = int(song["duration_s"])
        source = pick(rng, _SOURCES)
        device = pick(rng, _DEVICES)
        offline = device in ("mobile", "car") and rng.random() < 0.17
        waited = int(240 * rng.lognormvariate(0, 0.7))
        rows.append(
            {
                "play_id": f"PL{7_400_000 + number}",
                "subscriber_id": rng.choices(people, habit)[0]["subscriber_id"],
                "track_id": song["track_id"],
                "device": device,
                "play_source": source,
                "playlist_name": pick(rng, _PLAYLISTS) if source == "playlist" else None,
                "listened_s": length if end == "completed" else rng.randrange(1, length),
                "end_reason": end,
                "bitrate_kbps": pick(rng, {96: 2, 160: 5, 320: 3}),
                "buffering_ms": None if offline else waited,
                "is_offline": offline,
                "started_at": instant(at),
            }
        )
    return rows


def _invoice(
    rng: random.Random, number: int, at: datetime, people: list[Row], now: datetime
) -> Row:
    payer = rng.choice([person for person in people if person["plan"] != "free"])
    code = maybe(rng, 0.74, pick(rng, _CODES))
    price = _PRICES[str(payer["plan"])] * rng.choice((1, 1, 1, 1, 3, 12))
    amount = round(price * (0.8 if code else 1) * rng.uniform(0.9, 1.1), 2)
    # Whole minutes later, so that a duration is the same in whole minutes and in seconds.
    paid = at + timedelta(minutes=1 + int(35 * rng.lognormvariate(0, 1.3)))
    state = pick(rng, {"paid": 0.84, "failed": 0.11, "refunded": 0.05})
    if state != "failed" and paid >= now:
        state = "pending"
    return {
        "invoice_no": f"INV-{88_000 + number}",
        "subscriber_id": payer["subscriber_id"],
        "amount_usd": amount,
        "tax_usd": round(amount * 0.19 / 1.19, 2),
        "pay_method": pick(rng, {"card": 6, "paypal": 3, "carrier": 1.5, "gift_card": 0.7}),
        "invoice_state": state,
        "failure_code": pick(rng, _FAILURES) if state == "failed" else None,
        "promo_code": code,
        "issued_at": instant(at),
        "paid_at": instant(paid) if state in ("paid", "refunded") else None,
    }


def _ad(rng: random.Random, number: int, at: datetime, people: list[Row]) -> Row:
    kind = pick(rng, {"audio": 5, "banner": 3.4, "video": 1.6})
    viewers = [person for person in people if person["plan"] in ("free", "student")]
    seen = rng.choice((100, 100, 100, rng.randrange(5, 100)))
    return {
        "impression_id": 3_100_000 + number,
        "subscriber_id": rng.choice(viewers)["subscriber_id"],
        "advertiser": pick(rng, _ADVERTISERS),
        "ad_format": kind,
        "revenue_usd": round(_EARNED[kind] * rng.lognormvariate(0, 0.3), 4),
        "completed_pct": None if kind == "banner" else seen,
        "was_clicked": rng.random() < (0.02 if kind == "audio" else 0.06),
        "shown_at": instant(at),
    }
