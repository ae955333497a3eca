"""A new schema version in a file that somebody changed: what is edited, and what stays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.catalog import merging
from app.catalog.pieces import NoTable

BASE = """\
-- Topic orders.
-- value: subject orders-value, version 1, id 1 (Avro)
-- Event time is at: it is the only timestamp.
CREATE TABLE orders (
  id     STRING NOT NULL COMMENT 'Number',
  status STRING NOT NULL COMMENT 'one of NEW, PAID',
  gone   ROW<a INT, b MAP<STRING, INT>>,
  amount INT,
  at     AS TO_TIMESTAMP_LTZ(at_ms, 3),
  at_ms  BIGINT,
  WATERMARK FOR at AS at - INTERVAL '5' SECOND
) COMMENT 'Orders'
WITH (
  'connector' = 'kafka',
  'format' = 'avro-confluent',
  'avro-confluent.schema' = '{"v":1, "it''s": 1}'
);
"""
THEIRS = """\
-- Topic orders.
-- value: subject orders-value, version 2, id 2 (Avro)
-- Event time is at: it is the only timestamp.
-- Problem: odd is left out.
CREATE TABLE orders (
  id     STRING NOT NULL COMMENT 'Number of the order',
  status STRING NOT NULL COMMENT 'one of NEW, PAID, SENT',
  amount BIGINT,
  coupon STRING          COMMENT 'Coupon',
  at     AS TO_TIMESTAMP_LTZ(at_ms, 3),
  at_ms  BIGINT,
  WATERMARK FOR at AS at - INTERVAL '5' SECOND
) COMMENT 'Orders of the shop'
WITH (
  'connector' = 'kafka',
  'format' = 'avro-confluent',
  'avro-confluent.schema' = '{"v":2}'
);
"""


@dataclass(frozen=True)
class Edit:
    """A change by hand, and what must be and must not be in the merged file."""

    of: str
    to: str
    there: tuple[str, ...] = ()
    not_there: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def test_a_file_as_it_was_written_becomes_as_it_would_be_written() -> None:
    assert merging.merge(BASE, BASE, THEIRS) == merging.Merged(THEIRS, ())


def test_nothing_new_changes_nothing() -> None:
    ours = BASE.replace("INT,", "INT, -- mine").replace("5", "9")
    assert merging.merge(ours, BASE, BASE) == merging.Merged(ours, ())


EDITS = {
    "a comment": Edit(
        "COMMENT 'one of NEW, PAID'",
        "COMMENT 'State'",
        ("status STRING NOT NULL COMMENT 'State',",),
        ("SENT",),
    ),
    "the watermark": Edit("'5' SECOND", "'7' MINUTE", ("at - INTERVAL '7' MINUTE",)),
    "an option": Edit("'kafka',", "'kafka', 'properties.x' = 'y',", ("'properties.x' = 'y',",)),
    "a remark behind a column": Edit(
        "amount INT,", "amount INT, -- in EUR", ("amount BIGINT, -- in EUR\n",)
    ),
    "a remark before the statement": Edit("-- Topic orders.", "-- Ours.", ("-- Ours.\n",)),
    "a column of one's own": Edit(
        "  at_ms  BIGINT,",
        "  at_ms  BIGINT,\n  half AS amount / 2,",
        ("  half AS amount / 2,\n", "coupon STRING "),
    ),
    "a type": Edit(
        "amount INT,",
        "amount SMALLINT,",
        ("amount SMALLINT,",),
        conflicts=("amount was changed by hand and stays; the schema says BIGINT.",),
    ),
    "a column taken out": Edit(
        "  amount INT,\n",
        "",
        not_there=("amount",),
        conflicts=("amount was removed by hand; the schema changed it.",),
    ),
    "a column that goes": Edit("gone   ROW<a INT,", "gone   ROW<a BIGINT,", not_there=("gone",)),
    "the reader schema": Edit(
        '{"v":1,',
        '{"v":9,',
        ('{"v":9,',),
        conflicts=("avro-confluent.schema was changed by hand and stays; the schema says",),
    ),
    "the table's comment": Edit(
        "COMMENT 'Orders'",
        "COMMENT 'All orders'",
        ("COMMENT 'All orders'",),
        conflicts=("The table's comment was changed by hand and stays.",),
    ),
    "a column that came by hand": Edit(
        "  amount INT,\n",
        "  amount INT,\n  coupon STRING,\n",
        ("  coupon STRING COMMENT 'Coupon',",),
    ),
    "a quoted column": Edit("amount INT,", "`amount` INT,", ("`amount` BIGINT,",)),
    "another statement": Edit(
        "-- Topic", "CREATE VIEW v AS SELECT 1;\n-- Topic", ("CREATE VIEW v", "version 2")
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_what_was_changed_by_hand_stays(what: str) -> None:
    edit = EDITS[what]
    ours = BASE.replace(edit.of, edit.to)
    assert ours != BASE
    merged = merging.merge(ours, BASE, THEIRS)
    for text in edit.there:
        assert text in merged.text
    for text in (*edit.not_there, "version 1"):
        assert text not in merged.text
    assert len(merged.conflicts) == len(edit.conflicts)
    for said, expected in zip(merged.conflicts, edit.conflicts, strict=True):
        assert said.startswith(expected)


def test_columns_at_the_end_go_and_come() -> None:
    one = "CREATE TABLE t (\n  a INT,\n  -- last\n  b INT,\n  c INT\n) WITH ('connector' = 'x')"
    two = "CREATE TABLE t (\n  a INT,\n  d INT\n) WITH ('connector' = 'x')"
    assert merging.merge(one, one.replace("  -- last\n", ""), two).text == (
        "CREATE TABLE t (\n  a INT,\n  d INT\n  -- last\n) WITH ('connector' = 'x')"
    )


def test_the_reason_for_an_event_time_that_is_gone_goes_too() -> None:
    base = BASE.replace("it is the only timestamp", "it was chosen before")
    theirs = THEIRS.replace("is at: it is the only timestamp", "is other: its name says so")
    merged = merging.merge(BASE, base, theirs).text
    assert merged.count("-- Event time is ") == 1
    assert "-- Event time is other" in merged


@pytest.mark.parametrize("text", ["", "SELECT 1", "CREATE TABLE t", "CREATE TABLE t (a INT)"])
def test_a_text_without_a_table_is_refused(text: str) -> None:
    with pytest.raises(NoTable):
        merging.merge(text, BASE, THEIRS)
