"""What the sample shop sells, where to, and how often each thing is drawn.

Plain tables, used by `events`. The documents in `documents/` speak of the same products, carriers,
statuses and thresholds, so change them together.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things to draw from, each with a weight; `pick` maps a uniform number in [0, 1) to one."""

    def __init__(self, *weighted: tuple[T, float]) -> None:
        self.items = tuple(item for item, _ in weighted)
        total = sum(weight for _, weight in weighted)
        self._edges = [edge / total for edge in accumulate(w for _, w in weighted)][:-1]

    def pick(self, u: float) -> T:
        """The thing at `u`, a number in [0, 1)."""
        return self.items[bisect(self._edges, u)]


@dataclass(frozen=True, slots=True)
class Product:
    """Something for sale; prices are EUR cents for one unit, VAT included."""

    name: str
    category: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier, what it promises and how it does.

    Attributes:
        promise_hours: Hours from the order to the promised delivery.
        late_share: Share of its parcels that get a `late` scan.
    """

    name: str
    promise_hours: int
    late_share: float


@dataclass(frozen=True, slots=True)
class City:
    """A place that parcels go to."""

    name: str
    carriers: Weighted[Carrier]
    abroad: bool = False


PRODUCTS: Weighted[Product] = Weighted(
    (Product("Fjordwind Wool Jacket", "Clothing", 14900, 18900), 6),
    (Product("Regenfels Rain Shell", "Clothing", 11900, 15900), 6),
    (Product("Moorland Merino Base Layer", "Clothing", 5900, 7900), 8),
    (Product("Steinpfad Hiking Socks", "Clothing", 1490, 1990), 10),
    (Product("Nordhang Tent 2P", "Tents and Sleeping", 24900, 32900), 4),
    (Product("Nordhang Tent 4P", "Tents and Sleeping", 39900, 48900), 2),
    (Product("Tundra Down Sleeping Bag", "Tents and Sleeping", 19900, 27900), 4),
    (Product("Kiesel Sleeping Mat", "Tents and Sleeping", 4900, 8900), 6),
    (Product("Gratweg Backpack 45L", "Backpacks", 12900, 16900), 5),
    (Product("Stadtrand Daypack 20L", "Backpacks", 5900, 8900), 7),
    (Product("Wasserlauf Dry Bag", "Backpacks", 1900, 3490), 6),
    (Product("Emberline Cast-Iron Pan", "Kitchen", 4490, 6990), 7),
    (Product("Emberline Dutch Oven", "Kitchen", 8900, 12900), 4),
    (Product("Gaskocher Trail Stove", "Kitchen", 3900, 6900), 5),
    (Product("Uferlos Enamel Mug", "Kitchen", 990, 1490), 11),
    (Product("Leinental Linen Bedding", "Home Textiles", 9900, 15900), 4),
    (Product("Wollgras Wool Blanket", "Home Textiles", 7900, 11900), 5),
    (Product("Deichruh Cotton Towel", "Home Textiles", 1990, 3490), 8),
    (Product("Leuchtkraut Lantern", "Lighting", 3490, 5490), 6),
    (Product("Irrlicht Headlamp", "Lighting", 2990, 5990), 7),
)

NORDWIND = Carrier("Nordwind", 30, 0.025)
POSTHASTE = Carrier("PostHaste", 36, 0.03)
BLITZKURIER = Carrier("Blitzkurier", 20, 0.035)
ALPENFRACHT = Carrier("Alpenfracht", 44, 0.18)
CARRIERS = (NORDWIND, POSTHASTE, BLITZKURIER, ALPENFRACHT)

_LOWLAND: Weighted[Carrier] = Weighted(
    (NORDWIND, 42), (POSTHASTE, 29), (BLITZKURIER, 21), (ALPENFRACHT, 8)
)
_ALPINE: Weighted[Carrier] = Weighted(
    (NORDWIND, 22), (POSTHASTE, 23), (BLITZKURIER, 14), (ALPENFRACHT, 41)
)

CITIES: Weighted[City] = Weighted(
    (City("Berlin", _LOWLAND), 20),
    (City("Hamburg", _LOWLAND), 14),
    (City("Munich", _ALPINE), 13),
    (City("Cologne", _LOWLAND), 10),
    (City("Leipzig", _LOWLAND), 7),
    (City("Frankfurt", _LOWLAND), 7),
    (City("Stuttgart", _LOWLAND), 6),
    (City("Dresden", _LOWLAND), 4),
    (City("Vienna", _ALPINE), 9),
    (City("Graz", _ALPINE), 3),
    (City("Zurich", _ALPINE, abroad=True), 5),
    (City("Basel", _ALPINE, abroad=True), 2),
)

CHANNELS = Weighted(("web", 58.0), ("app", 34.0), ("store", 8.0))
QUANTITIES = Weighted((1, 72.0), (2, 19.0), (3, 6.0), (4, 3.0))
ORDER_STATUSES = Weighted(("confirmed", 0.925), ("cancelled", 0.06), ("fraud_hold", 0.015))
METHODS = Weighted(("card", 54.0), ("paypal", 28.0), ("invoice", 14.0), ("gift_card", 4.0))
FAILURE_REASONS = {
    "card": Weighted(("insufficient_funds", 4.0), ("card_expired", 3.0), ("issuer_timeout", 3.0)),
    "paypal": Weighted(("insufficient_funds", 6.0), ("issuer_timeout", 4.0)),
    "invoice": Weighted(("fraud_suspected", 6.0), ("insufficient_funds", 4.0)),
    "gift_card": Weighted(("insufficient_funds", 1.0)),
}
DEVICES = Weighted(("phone", 56.0), ("desktop", 36.0), ("tablet", 8.0))

FIRST_PAGE = Weighted(("home", 45.0), ("product", 35.0), ("search", 20.0))
NEXT_PAGE: dict[str, Weighted[str | None]] = {
    "home": Weighted(("search", 35), ("product", 35), (None, 30)),
    "search": Weighted(("product", 60), ("search", 10), (None, 30)),
    "product": Weighted(("product", 25), ("cart", 18), ("search", 15), (None, 42)),
    "cart": Weighted(("checkout", 48), ("product", 20), (None, 32)),
    "checkout": Weighted((None, 1)),
}
TYPICAL_LOAD_MS = {"home": 620, "search": 840, "product": 710, "cart": 560, "checkout": 930}

FREE_SHIPPING_FROM = 6000
SHIPPING_FEE = 490
SHIPPING_FEE_ABROAD = 990

# Share of a day's mean traffic by UTC hour: quiet before dawn, a lunch bump, a long evening peak.
DAY_CURVE = (
    *(0.55, 0.45, 0.40, 0.40, 0.45, 0.55, 0.70, 0.90, 1.05, 1.15, 1.20, 1.30),
    *(1.30, 1.20, 1.15, 1.15, 1.25, 1.45, 1.65, 1.70, 1.50, 1.15, 0.85, 0.65),
)
