"""Browser sessions and their page views."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from ingest.demo import assortment as a
from ingest.demo.window import (
    HOUR,
    MINUTE,
    SECOND,
    Payload,
    Window,
    code_of,
    customer_id,
    iso,
    moments,
)

# A session's last view, delivered late, arrives well within this.
SESSION_LIFE = HOUR

_SESSIONS_A_MINUTE = 11.5


def browse(seed: int, minute: int, rate: float, window: Window) -> None:
    """Posts the page views of the sessions that begin in a minute."""
    rng = Random(f"{seed}/sessions/{minute}")  # noqa: S311
    draw = rng.random
    for index, started in enumerate(moments(rng, minute, rate * _SESSIONS_A_MINUTE)):
        code = code_of(minute << 14 | index & 0x3FFF, 40)
        customer = customer_id(draw()) if draw() < 0.4 else None
        session = _Session(code, customer, a.DEVICES.pick(draw()), seed, window, rng)
        page: str | None = a.FIRST_PAGE.pick(draw())
        at = started
        for number in range(1, 9):
            if page is None:
                break
            session.view(number, page, at)
            at += int((4 + 70 * draw()) * SECOND)
            page = a.NEXT_PAGE[page].pick(draw())


@dataclass(frozen=True, slots=True)
class _Session:
    """Posts the page views of one session."""

    code: str
    customer: str | None
    device: str
    seed: int
    window: Window
    rng: Random

    def view(self, number: int, page: str, at: int) -> None:
        draw = self.rng.random
        product = a.PRODUCTS.pick(draw()).name if page in {"product", "cart"} else None
        load = _load_ms(page, self.device, at, self.seed, draw)

        def row() -> Payload:
            return {
                "view_id": f"V-{self.code}-{number}",
                "session_id": f"W-{self.code}",
                "customer_id": self.customer,
                "page": page,
                "product": product,
                "device": self.device,
                "load_ms": load,
                "view_time": iso(at),
            }

        self.window.post(self.rng, "page_views", at, row)


def _load_ms(page: str, device: str, at: int, seed: int, draw: Callable[[], float]) -> int:
    typical = a.TYPICAL_LOAD_MS[page] * (1.3 if device == "phone" else 1.0)
    load = typical * (0.6 - 0.45 * math.log(1 - draw()))
    slow_page, start, end = _slow_page(seed, at // HOUR)
    if page == slow_page and start <= at < end:
        load *= 3.5
    return int(load) + (2600 if draw() < 0.008 else 0)


@lru_cache(maxsize=1024)
def _slow_page(seed: int, hour: int) -> tuple[str, int, int]:
    """Which page is slow in an hour and when; an empty range in three hours of four."""
    rng = Random(f"{seed}/slow/{hour}")  # noqa: S311
    page = "search" if rng.random() < 0.6 else "checkout"
    troubled = rng.random() < 0.25
    start = hour * HOUR + int(rng.random() * 30 * MINUTE)
    return page, start, start + (int((10 + 20 * rng.random()) * MINUTE) if troubled else 0)
