"""Which declared primary keys Flink may rely on, and definitions without those it may not.

Flink never enforces a key, but its optimizer believes in it: over a table whose rows can repeat,
`COUNT(DISTINCT key)` is planned as `COUNT(*)` and counts every repeated delivery. So the key of a
source that only appends stays Tributary's own knowledge and is not told to Flink.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.catalog.model import Table
from app.sql import lexer

# These formats carry updates and deletions, so that a key holds after they are applied.
_CHANGELOG_FORMATS = ("debezium", "canal", "maxwell", "ogg")


def may_repeat(table: Table) -> bool:
    """Whether a table's source delivers at least once, so that rows of one key can repeat."""
    if table.connector == "filesystem":
        return True
    form = table.options.get("value.format", table.options.get("format", ""))
    return table.connector == "kafka" and not form.startswith(_CHANGELOG_FORMATS)


def without_primary_key(schema_sql: str) -> str:
    """A definition without its primary key; everything else stays as written.

    >>> without_primary_key("CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED)")
    'CREATE TABLE t (a INT)'
    >>> without_primary_key("CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED COMMENT 'key', b INT)")
    "CREATE TABLE t (a INT COMMENT 'key', b INT)"
    """
    tokens = list(lexer.scan(schema_sql))
    words = [token.upper for token in tokens]
    for i in range(len(tokens) - 1):
        if words[i : i + 2] == ["PRIMARY", "KEY"]:
            first, last = _clause(words, i)
            return schema_sql[: tokens[first - 1].end] + schema_sql[tokens[last].end :]
    return schema_sql


def _clause(words: Sequence[str], at: int) -> tuple[int, int]:
    """First and last token of what to leave out around `PRIMARY` at a position."""
    last = at + 1
    if words[last + 1] == "(":
        last = words.index(")", last)
    if words[last + 1 : last + 3] == ["NOT", "ENFORCED"]:
        last += 2
    first = at - 2 if words[at - 2] == "CONSTRAINT" else at
    if words[first - 1] == ",":
        return first - 1, last
    return first, last + 1 if words[last + 1] == "," and words[first - 1] == "(" else last
