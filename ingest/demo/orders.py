"""One order and all that follows from it: payments, refunds and the scans of its parcel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    euros,
    iso,
    moments,
)

# How long after it was placed an order still makes events: nearly all are done with delivery, but a
# late parcel or a return goes on. Only those are worked out for the far past, which is most of the
# cost of a look back.
SHORT_LIFE = 46 * HOUR
LONG_LIFE = 172 * HOUR

_ORDERS_A_MINUTE = 6.0
_RETURN_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Order:
    """What is known about an order from its minute alone; the rest is drawn from its number."""

    number: int
    placed: int
    city: a.City
    carrier: a.Carrier
    late: bool
    returned: bool

    @property
    def long_lived(self) -> bool:
        """Whether it still makes events after `SHORT_LIFE`."""
        return self.late or self.returned


def orders_in(seed: int, minute: int, rate: float) -> Iterator[Order]:
    """The orders placed in a minute, counted from the epoch."""
    rng = Random(f"{seed}/orders/{minute}")  # noqa: S311
    draw = rng.random
    for index, placed in enumerate(moments(rng, minute, rate * _ORDERS_A_MINUTE)):
        city = a.CITIES.pick(draw())
        carrier = city.carriers.pick(draw())
        late = draw() < carrier.late_share
        returned = not late and draw() < _RETURN_SHARE
        yield Order(minute << 12 | index & 0xFFF, placed, city, carrier, late, returned)


def live(order: Order, seed: int, window: Window) -> None:
    """Posts an order and all that follows from it."""
    rng = Random(f"{seed}/order/{order.number}")  # noqa: S311
    draw = rng.random
    code = code_of(order.number, 32)
    product = a.PRODUCTS.pick(draw())
    quantity = a.QUANTITIES.pick(draw())
    goods = quantity * _price(product, draw())
    fee = _shipping_fee(goods, order.city)
    status = a.ORDER_STATUSES.pick(draw())
    channel, customer = a.CHANNELS.pick(draw()), customer_id(draw())

    def row() -> Payload:
        return {
            "order_id": f"O-{code}",
            "customer_id": customer,
            "product": product.name,
            "category": product.category,
            "quantity": quantity,
            "amount": euros(goods + fee),
            "shipping_fee": euros(fee),
            "city": order.city.name,
            "channel": channel,
            "status": status,
            "order_time": iso(order.placed),
        }

    window.post(rng, "orders", order.placed, row)
    bill = _Bill(code, a.METHODS.pick(draw()), goods + fee, window, rng)
    paid = _pay(order.placed, status, bill, seed)
    if status == "confirmed":
        delivered, lost = _ship(order, code, window, rng)
        if lost:
            bill.post("refunded", delivered + int((1 + 11 * draw()) * HOUR), paid)
        elif order.returned:
            bill.post("refunded", delivered + int((10 + 60 * draw()) * HOUR), paid, cents=goods)


@dataclass(frozen=True, slots=True)
class _Bill:
    """Posts the payments of one order."""

    code: str
    method: str
    cents: int
    window: Window
    rng: Random

    def post(
        self, status: str, at: int, attempt: int, *, reason: str | None = None, cents: int = 0
    ) -> None:
        """Posts an attempt or a refund; the whole bill unless `cents` are given."""

        def row() -> Payload:
            return {
                "payment_id": f"P-{self.code}-{'R' if status == 'refunded' else attempt}",
                "order_id": f"O-{self.code}",
                "method": self.method,
                "amount": euros(cents or self.cents),
                "status": status,
                "failure_reason": reason,
                "attempt": attempt,
                "payment_time": iso(at),
            }

        self.window.post(self.rng, "payments", at, row)


def _pay(placed: int, status: str, bill: _Bill, seed: int) -> int:
    """Posts an order's payment attempts; returns the number of the one that succeeded, or 0."""
    draw = bill.rng.random
    at = placed + int((2 + 18 * draw()) * SECOND)
    if status == "fraud_hold" and draw() < 0.5:
        bill.post("failed", at, 1, reason="fraud_suspected")
        return 0
    unpaid = status == "cancelled" and draw() < 0.35
    failure = _failure(bill.method, at, unpaid, seed, draw)
    attempt = 1
    if failure:
        bill.post("failed", at, attempt, reason=failure)
        # The payment runbook: an issuer's time-out is tried again after 15 minutes.
        wait = 15 * MINUTE if failure == "issuer_timeout" else MINUTE
        at += wait + int(draw() * MINUTE)
        attempt = 2
    if unpaid:
        return 0
    bill.post("succeeded", at, attempt)
    if status == "cancelled":
        bill.post("refunded", at + int((2 + 40 * draw()) * MINUTE), attempt)
    return attempt


def _failure(
    method: str, at: int, unpaid: bool, seed: int, draw: Callable[[], float]
) -> str | None:
    """Why the first attempt fails, or None."""
    u, v = draw(), draw()
    start, end = _card_trouble(seed, at // HOUR)
    if method == "card" and start <= at < end and u < 0.5:
        return "issuer_timeout"
    return a.FAILURE_REASONS[method].pick(v) if unpaid or u < 0.02 else None


@lru_cache(maxsize=1024)
def _card_trouble(seed: int, hour: int) -> tuple[int, int]:
    """When card issuers time out in an hour; an empty range in two hours of three."""
    rng = Random(f"{seed}/issuer/{hour}")  # noqa: S311
    troubled = rng.random() < 0.35
    start = hour * HOUR + int(rng.random() * 35 * MINUTE)
    return start, start + (int((10 + 15 * rng.random()) * MINUTE) if troubled else 0)


def _ship(order: Order, code: str, window: Window, rng: Random) -> tuple[int, bool]:
    """Posts a parcel's scans; returns the time of the last one and whether the parcel is lost."""
    promised = order.placed + order.carrier.promise_hours * HOUR
    scans = list(_scans(order, promised, rng.random))
    for number, (status, at) in enumerate(scans, 1):
        hours = max(0, (at - promised) // HOUR) if order.late else 0

        def row(
            number: int = number, status: str = status, at: int = at, hours: int = hours
        ) -> Payload:
            return {
                "scan_id": f"X-{code}-{number}",
                "shipment_id": f"S-{code}",
                "order_id": f"O-{code}",
                "carrier": order.carrier.name,
                "city": order.city.name,
                "status": status,
                "delay_hours": hours,
                "promised_at": iso(promised),
                "scan_time": iso(at),
            }

        window.post(rng, "shipments", at, row)
    status, at = scans[-1]
    return at, status == "lost"


def _scans(order: Order, promised: int, draw: Callable[[], float]) -> Iterator[tuple[str, int]]:
    """Status and time of each scan: picked up, then delivered in time, or late up to three times.

    The first `late` scan is 24 to 44 hours past the promise, each further one a day later, so they
    fall in the three tiers of the compensation policy.
    """
    picked = order.placed + int((1 + 10 * draw()) * HOUR)
    yield "picked_up", picked
    if not order.late:
        first = picked + 2 * HOUR
        yield "delivered", first + int((promised - first) * draw())
        return
    at = promised + int((24 + 20 * draw()) * HOUR)
    for delivered, lost in ((0.58, 0.0), (0.60, 0.08), (0.60, 0.40)):
        yield "late", at
        u, after = draw(), int((1 + 19 * draw()) * HOUR)
        if u < delivered + lost:
            yield ("delivered" if u < delivered else "lost"), at + after
            return
        at += 24 * HOUR + int(draw() * 20 * MINUTE)


def _price(product: a.Product, u: float) -> int:
    """One of five price points between the product's lowest and highest, ending in 90 cents."""
    cents = product.lowest + int(u * 5) * (product.highest - product.lowest) // 4
    return cents // 100 * 100 + 90


def _shipping_fee(goods: int, city: a.City) -> int:
    if city.abroad:
        return a.SHIPPING_FEE_ABROAD
    return 0 if goods >= a.FREE_SHIPPING_FROM else a.SHIPPING_FEE
