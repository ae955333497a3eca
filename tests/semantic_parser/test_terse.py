"""Catalogs of terse, abbreviated names with hardly a comment, that no rule was written for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import parse
from app.semantic_parser.reading import CONFIDENT

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
TODAY = ">= TIMESTAMP '2026-11-22 00:00:00'"


def _table(
    name: str, key: str | None, time: str | None, *columns: tuple[str, ...], comment: str = ""
) -> Table:
    made = tuple(Column(n, kind, "".join(said)) for n, kind, *said in columns)
    keys = (key,) if key else ()
    return Table(name, made, comment, time_attribute=time, primary_key=keys)


CATALOG = Catalog(
    (
        _table(
            "vhclTrips",
            "trpId",
            "strtTs",
            ("trpId", "STRING"),
            ("vhId", "STRING"),
            ("drvNm", "STRING"),
            ("dpt", "STRING"),
            ("distKm", "DOUBLE"),
            ("maxRpm", "INT"),
            ("lagMs", "INT"),
            ("cstEur", "DECIMAL(10, 2)"),
            ("st", "STRING"),
            ("rmk", "STRING", "null = unremarked"),
            ("strtTs", "TIMESTAMP(3)"),
            ("endTs", "TIMESTAMP(3)"),
        ),
        _table(
            "vhcls",
            "vhId",
            None,
            ("vhId", "STRING"),
            ("mdl", "STRING"),
            ("plat", "STRING"),
            ("mlg", "BIGINT"),
            ("yr", "INT"),
            ("regDt", "DATE"),
        ),
        _table(
            "tlmPings",
            None,
            "ts",
            ("boxId", "STRING"),
            ("flPct", "DOUBLE"),
            ("clntTmp", "DOUBLE"),
            ("vhOnl", "INT"),
            ("ts", "TIMESTAMP(3)"),
        ),
        _table(
            "incRpts",
            "rptId",
            "crtTs",
            ("rptId", "STRING"),
            ("rptrUsr", "STRING", "who reported -> usrs.usrId"),
            ("tgtUsr", "STRING", "who was reported -> usrs.usrId"),
            ("sev", "STRING"),
            ("crtTs", "TIMESTAMP(3)"),
        ),
        _table("usrs", "usrId", None, ("usrId", "STRING"), ("role", "STRING")),
    )
)
VALUES = Values(
    {
        "vhclTrips": {
            "drvNm": ("Ada", "Bo"),
            "dpt": ("north", "south"),
            "st": ("aborted", "done", "rolling"),
        },
        "vhcls": {"mdl": ("Caddy", "Vito"), "plat": ("MEB", "PQ35")},
        "incRpts": {"sev": ("high", "low")},
        "usrs": {"role": ("boss", "driver")},
    }
)

CASES = (
    # plurals of abbreviations; parts that are spelled out, cut off or without vowels
    ("how many incident reports today", ("FROM incRpts", TODAY)),
    ("vehicles by platform", ("FROM vhcls", "GROUP BY plat")),
    ("how many vehicles of each model are there", ("FROM vhcls", "GROUP BY mdl")),
    ("highest mileage of a Vito", ("MAX(mlg)", "mdl = 'Vito'")),
    # units of camel case names
    ("total cost per driver", ("SUM(cstEur)", "GROUP BY drvNm")),
    ("average lag of trips in the north", ("AVG(CAST(lagMs AS DOUBLE))", "dpt = 'north'")),
    ("how many trips had a maximum rpm over 4000", ("maxRpm > 4000",)),
    ("number of trips with a distance between 10 and 20 km", ("distKm >= 10", "distKm <= 20")),
    # a part of two letters, where the rest of the name is said as well
    ("highest fuel percentage on box-7 today", ("MAX(flPct)", "boxId = 'box-7'")),
    ("average vehicles online today", ("AVG(CAST(vhOnl AS DOUBLE))",)),
    # keys that go by what they refer to
    ("how many different vehicles made a trip today", ("COUNT(DISTINCT vhId)", "FROM vhclTrips")),
    ("top 3 vehicle ids by cost", ("SUM(cstEur)", "GROUP BY vhId", "LIMIT 3")),
    ("cost of aborted trips by model of the vehicle", ("st = 'aborted'", "GROUP BY mdl")),
    # times, lengths and states without comments
    ("how many vehicles registered since 2026-01-01?", ("regDt >= DATE '2026-01-01'",)),
    ("how many trips went on for more than 40 minutes", ("TIMESTAMPADD(MINUTE, 40, strtTs)",)),
    ("average trip duration in minutes by driver", ("strtTs, endTs", "GROUP BY drvNm")),
    ("number of unremarked trips", ("rmk IS NULL",)),
    # which of two keys leads to another table
    ("how many users with the role boss reported something", ("rptrUsr", "role = 'boss'")),
    ("how many users got reported today", ("tgtUsr",)),
)


@pytest.mark.parametrize(("question", "parts"), CASES)
def test_terse_names_are_understood(question: str, parts: tuple[str, ...]) -> None:
    reading = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert reading is not None
    assert [p for p in parts if p not in reading.sql] == [], reading.sql
    assert reading.confidence >= CONFIDENT, (reading.words, reading.unexplained, reading.reasons)


@pytest.mark.parametrize(
    "question",
    [
        "how many incident reports are about bosses",  # of two keys neither is said
        "average vehicles on box-7",  # two letters alone are short for nothing
        "what is the tyre pressure on box-7",
    ],
)
def test_what_terse_names_do_not_say_is_not_made_up(question: str) -> None:
    reading = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert reading is None or reading.confidence < CONFIDENT or reading.alternatives
