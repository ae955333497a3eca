"""What it costs to read a question without a model: nothing here starts Flink."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from statistics import median as middle

import yaml

from app.catalog import loader
from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import parse
from app.semantic_parser.tokens import word_set
from tests.bench.report import Line, within
from tests.bench.timing import median
from tests.semantic_parser.catalogs import CASES, NOW, SHOP, ZONE

_DOMAINS = ("finance", "transport")
_TABLES = 10
_MANY_TABLES = 500
_COLUMNS = 20
_EVERY = 6
_WORDS = tuple(sorted(word_set("""
    account alarm battery bridge budget cable camera canal cargo cell channel claim client
    code contract cost course credit crop current delay demand depot device discount
    distance dock door driver energy engine error event factory fare field filter flight
    floor flow freight fuel gate grade grid group harbour heat height hotel humidity
    invoice item job journey key lamp lane level licence line load loan machine margin
    market meter mileage mode motor node offer order origin oven pallet panel parcel part
    patient payment phase plan plant player point policy pressure price process product
    pump quality quantity queue quota rack range rate reason region rent result risk road
    role room route salary sample score season seat sector sensor service session shift
    signal site size slot source speed stage station status stock stop store supplier tank
    tariff task tax team temperature term ticket time torque tower track trade train truck
    type unit user valve vehicle vendor version voltage volume ward weight yield
    """)))  # fmt: skip
_TYPES = ("STRING", "INT", "DOUBLE", "DECIMAL(10, 2)", "BOOLEAN", "BIGINT")


def lines() -> list[Line]:
    """Measures questions over ten tables and over five hundred."""
    few = _questions("shop", *_DOMAINS)[::_EVERY]
    many = _catalog_of(_MANY_TABLES)
    asked = _asked_of(many)
    return [
        within(
            f"a question read over {_TABLES} tables", _read(few, _ten_tables(), SHOP.values), 0.05
        ),
        within(f"a question read over {_MANY_TABLES} tables", _read(asked, many, Values()), 0.15),
    ]


def _read(questions: Sequence[str], catalog: Catalog, values: Values) -> float:
    """The median over questions of the seconds that one takes."""

    def read(question: str) -> object:
        return parse(question, catalog, values, now=NOW, time_zone=ZONE)

    return middle(median(partial(read, question), 3) for question in questions)


def _questions(*names: str) -> list[str]:
    files = (CASES / "evaluation" / f"{name}.yaml" for name in names)
    cases = [case for f in files for case in yaml.safe_load(f.read_text("utf-8"))["cases"]]
    return [case["question"] for case in cases]


def _ten_tables() -> Catalog:
    folder = CASES / "evaluation" / "tables"
    more = [t for name in _DOMAINS for t in loader.load([folder / f"{name}.sql"])]
    return Catalog((*SHOP.catalog.tables, *more)[:_TABLES])


def _catalog_of(count: int) -> Catalog:
    """Tables of words, the same every time."""
    chosen = random.Random(11)
    return Catalog(tuple(_table(i, chosen) for i in range(count)))


def _table(number: int, chosen: random.Random) -> Table:
    first, second = chosen.sample(_WORDS, 2)
    names = dict.fromkeys(
        "_".join(chosen.sample(_WORDS, chosen.choice((1, 2)))) for _ in range(_COLUMNS * 2)
    )
    columns = tuple(
        Column(name, chosen.choice(_TYPES), f"The {name.replace('_', ' ')} of the {first}")
        for name in list(names)[: _COLUMNS - 2]
    )
    key = Column(f"{first}_id", "STRING")
    time = Column("event_time", "TIMESTAMP_LTZ(3)")
    name = f"{first}_{second}_{number}"
    return Table(name, (key, *columns, time), time_attribute="event_time", primary_key=(key.name,))


def _asked_of(catalog: Catalog) -> list[str]:
    """Questions about some of the tables, in several forms."""
    forms = (
        "How many {table} were there in the last hour?",
        "average {number} per {text} today",
        "Which {text} has the highest total {number} since yesterday?",
        "What percentage of {table} had a {number} over 50 in the last 2 hours?",
        "top 5 {text} by {number} in {table}",
    )
    chosen = random.Random(12)
    asked: list[str] = []
    for table in chosen.sample(list(catalog), 25):
        numbers = [c.name for c in table.columns if c.type in {"INT", "DOUBLE", "BIGINT"}]
        texts = [c.name for c in table.columns[1:] if c.type == "STRING"]
        if numbers and texts:
            words = {"table": table.name, "number": numbers[0], "text": texts[0]}
            said = {k: v.replace("_", " ") for k, v in words.items()}
            asked.append(forms[len(asked) % len(forms)].format(**said))
    return asked
