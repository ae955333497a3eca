"""How a snapshot reads an `upsert-kafka` table: Flink's own source works for streams alone.

Flink reads snapshots in batch mode, which refuses a source of changes. So the topic is registered
twice as one that only appends, once with its rows and once with its keys and bare values (a null
value is a deletion), and the table itself is a view: of each key the newest record, unless that is
a deletion. Within a partition the offset tells what is newer; a key is in two partitions only where
partitions were added, and then the record's timestamp does.

Where Kafka cannot be asked for the topic's end, Flink looks for it, once for each of the two. A
record that only the keys have is therefore left out, and an earlier value of its key counts.
"""

from __future__ import annotations

from dataclasses import replace

from app.catalog import keys, places
from app.catalog.model import Table
from app.catalog.places import Ends
from app.sql import lexer

_PLACE = "`$topic`, `$partition`, `$offset`"
_PLACE_OF_KEYS = "k.`$topic`, k.`$partition`, k.`$offset`"
_RECORDED = "`$recorded` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL"
_OF_KEYS = ("topic", "key.", "properties.", "scan.")
_NOT_READ = ("sink.",)


def is_upsert(table: Table) -> bool:
    """Whether a table is read by keys, of which the newest value counts."""
    return table.connector == "upsert-kafka" and bool(table.primary_key)


def parts(table: Table) -> tuple[Table, Table]:
    """The two tables behind the view: its records as rows, and their keys."""
    rows, key = places.part_names(table.name)
    by_key = {"connector": "kafka", "key.fields": ";".join(table.primary_key)}
    read = {k: v for k, v in table.options.items() if not k.startswith(_NOT_READ)}
    schema = places.with_columns(keys.without_primary_key(table.schema_sql), places.COLUMNS)
    as_rows = replace(
        table, name=rows, primary_key=(), schema_sql=schema, options={**read, **by_key}
    )
    kinds = [c for c in table.columns if c.name in table.primary_key]
    columns = ", ".join(f"{lexer.quote(c.name)} {c.type} NOT NULL" for c in kinds)
    as_keys = replace(
        as_rows,
        name=key,
        columns=tuple(kinds),
        time_attribute=None,
        schema_sql=f"CREATE TABLE k ({places.COLUMNS}, {_RECORDED}, {columns}, `$value` BYTES)",
        options={
            **{k: v for k, v in read.items() if k.startswith(_OF_KEYS)},
            **by_key,
            "value.format": "raw",
            "value.fields-include": "EXCEPT_KEY",
        },
    )
    return as_rows, as_keys


def view(table: Table, ends: Ends) -> str:
    """The statement that makes the table itself of its two parts.

    Args:
        table: The table.
        ends: Where reading ends, if the options of the parts do not say it.
    """
    rows, records = (lexer.quote(name) for name in places.part_names(table.name))
    key = ", ".join(f"k.{lexer.quote(name)}" for name in table.primary_key)
    held = ", ".join(f"`$key{i}`" for i, _ in enumerate(table.primary_key))
    columns = ", ".join(lexer.quote(column.name) for column in table.columns)
    of_rows = ", ".join(f"r.{lexer.quote(column.name)}" for column in table.columns)
    return f"""CREATE TEMPORARY VIEW {lexer.quote(table.name)} AS
SELECT {columns}
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY {held} ORDER BY `$recorded` DESC) AS `$newest`
  FROM (
    SELECT *, ROW_NUMBER() OVER (
      PARTITION BY {held}, `$topic`, `$partition` ORDER BY `$offset` DESC
    ) AS `$last`
    FROM (
      SELECT {key}, {_PLACE_OF_KEYS}, k.`$recorded`, k.`$value` IS NULL, {of_rows}
      FROM {records} k {places.before(ends, "k")}
      LEFT JOIN {rows} r
      ON r.`$topic` = k.`$topic` AND r.`$partition` = k.`$partition` AND r.`$offset` = k.`$offset`
      WHERE k.`$value` IS NULL OR r.`$offset` IS NOT NULL
    ) AS v ({held}, {_PLACE}, `$recorded`, `$gone`, {columns})
  )
  WHERE `$last` = 1
)
WHERE `$newest` = 1 AND NOT `$gone`"""
