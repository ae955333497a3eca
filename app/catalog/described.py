"""A table as a chat model reads it: a commented definition, without any of its options.

Options hold addresses and credentials; nothing here looks at them but for whether rows may repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from app.catalog.keys import may_repeat
from app.catalog.model import Column, Table
from app.catalog.values import Values
from app.sql.dialect.words import identifier

MOST_VALUES = 16
"""Values shown of a column; one with more of them is no category worth listing in full."""

_WORD = re.compile(r"\w{3,}")
_LONGEST_VALUE = 40
_LONGEST_COMMENT = 240


def definition(table: Table, values: Values, asked: str = "") -> str:
    """The table as a `CREATE TABLE` whose comments say what a query has to know.

    Args:
        table: The table.
        values: Sampled values.
        asked: The question; of many values, those that it names are shown.
    """
    words = frozenset(_WORD.findall(asked.casefold()))
    about = f" -- {_line(table.comment)}" if table.comment else ""
    lines = [f"CREATE TABLE {identifier(table.name)} ({about}"]
    lines += [_column(table, column, values, words) for column in table.columns]
    repeats = table.primary_key and may_repeat(table)
    lines.append(f");{' -- exact copies of rows occur' if repeats else ''}")
    return "\n".join(lines)


def reach(table: Table, values: Values, zone: ZoneInfo) -> str:
    """From when to when the table has rows, as far as was seen; empty where nothing is known."""
    seen = (
        (word, known.get(table.name))
        for word, known in (("from", values.since), ("to", values.as_of))
    )
    ends = [f"{word} {at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for word, at in seen if at]
    return f"{table.name} {' '.join(ends)}" if ends else ""


def summary(table: Table) -> str:
    """All the words of a table in one line, to compare a question with."""
    columns = (f"{c.name.replace('_', ' ')} {c.comment}".strip() for c in table.columns)
    return _line(f"{table.name.replace('_', ' ')}: {table.comment}. {'; '.join(columns)}", 2_000)


def _column(table: Table, column: Column, values: Values, asked: frozenset[str]) -> str:
    said = [_line(column.comment)] if column.comment else []
    if column.name in table.primary_key:
        said.insert(0, "key")
    if column.name == table.time_attribute:
        said.insert(0, "event time")
    said += _values(values.of(table.name, column.name), asked)
    about = f"  -- {'. '.join(said)}" if said else ""
    return f"  {identifier(column.name)} {column.type or '(computed)'},{about}"


def _values(known: Sequence[str], asked: frozenset[str]) -> Iterator[str]:
    """The values as a query writes them; of many, those that are asked about."""
    if not known:
        return
    named = sorted(known, key=lambda v: not asked & set(_WORD.findall(v.casefold())))
    shown = [f"'{_line(v, _LONGEST_VALUE)}'" for v in sorted(named[:MOST_VALUES])]
    more = ", ..." if len(known) > MOST_VALUES else ""
    yield f"values: {', '.join(shown)}{more}"


def _line(text: str, most: int = _LONGEST_COMMENT) -> str:
    """Text from outside in one line of bounded length."""
    joined = " ".join(text.split())
    return joined if len(joined) <= most else f"{joined[: most - 1]}…"
