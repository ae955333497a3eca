"""Catalogs that words are linked to, with values made by hand."""

from __future__ import annotations

from app.catalog.loader import load
from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser.linking import Scope, Vocabulary, scope, vocabulary
from tests.semantic_parser.catalogs import CASES, SHOP

_TABLES = CASES / "evaluation" / "tables"


def _table(
    name: str,
    *columns: tuple[str, ...],
    comment: str = "",
    key: tuple[str, ...] = (),
    time: str | None = None,
) -> Table:
    made = tuple(Column(n, kind, "".join(comment)) for n, kind, *comment in columns)
    return Table(name, made, comment, time_attribute=time, primary_key=key)


# Names of every style, hardly any comments: how a telecom, a trader and a developer name things.
_MIXED = Catalog(
    (
        _table(
            "cdr",
            ("msisdn", "STRING", "Subscriber number"),
            ("cell_id", "STRING"),
            ("dl_mb", "DOUBLE"),
            ("ul_mb", "DOUBLE"),
            ("dur_s", "INT"),
            ("techGen", "STRING", "2G, 3G, 4G or 5G"),
            ("roam_ctry", "STRING"),
            ("callTs", "TIMESTAMP(3)"),
            time="callTs",
        ),
        _table("cells", ("id", "STRING"), ("siteName", "STRING"), ("city", "STRING"), key=("id",)),
        _table(
            "Customers",
            ("CustomerID", "INT"),
            ("Country", "STRING"),
            ("VipStatus", "STRING"),
            key=("CustomerID",),
        ),
        _table(
            "Orders",
            ("OrderID", "BIGINT"),
            ("CustomerID", "INT"),
            ("OrderDate", "TIMESTAMP(3)"),
            ("ShipCountry", "STRING"),
            ("StatusCd", "INT", "1 = new, 2 = shipped, 3 = returned"),
            key=("OrderID",),
            time="OrderDate",
        ),
        _table(
            "OrderItems",
            ("OrderID", "BIGINT"),
            ("LineNo", "INT"),
            ("Qty", "INT"),
            ("UnitPrice", "DECIMAL(10, 2)"),
            ("DiscPct", "DOUBLE"),
            key=("OrderID", "LineNo"),
        ),
        _table(
            "logs",
            ("svc", "STRING"),
            ("lvl", "STRING", "DEBUG/INFO/WARN/ERROR"),
            ("httpmethod", "STRING"),
            ("latency_p99", "DOUBLE"),
            ("wnd_spd", "DOUBLE"),
            ("rh", "INT"),
            ("prio", "STRING", "low|medium|high"),
            ("ctgry", "STRING"),
        ),
    )
)

_GROUNDS: dict[str, tuple[Catalog, Values]] = {
    "shop": (SHOP.catalog, SHOP.values),
    "mixed": (
        _MIXED,
        Values(
            {
                "Customers": {"Country": ("DE", "FR", "US"), "VipStatus": ("Gold", "Silver")},
                "cdr": {"roam_ctry": ("France", "Germany")},
            }
        ),
    ),
    "finance": (
        load([_TABLES / "finance.sql"]),
        Values(
            {
                "accounts": {
                    "acct_type": ("business", "checking", "savings"),
                    "branch": ("Hamburg", "Munich"),
                    "language": ("de", "en"),
                },
                "transfers": {"channel": ("branch", "mobile"), "status": ("pending", "returned")},
                "card_txn": {"terminal.city": ("Leipzig", "Berlin")},
            }
        ),
    ),
    "transport": (
        load([_TABLES / "transport.sql"]),
        Values(
            {
                "fleet": {"fuel": ("diesel", "electric"), "extras": ("usb", "wifi")},
                "tickets": {"product": ("day_pass", "monthly", "single")},
            }
        ),
    ),
    "energy": (load([_TABLES / "energy.sql"]), Values({"sites": {"region": ("Hessen",)}})),
}


def known(catalog: str) -> Vocabulary:
    """A catalog, prepared."""
    return vocabulary(*_GROUNDS[catalog])


def over(catalog: str, table: str) -> Scope:
    """The scope over a table of a catalog."""
    prepared = known(catalog)
    return scope(prepared, [t.table.name for t in prepared.tables].index(table))
