"""Tables as values. `loader` reads them from `tables/*.sql`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from app.catalog.nearest import nearest


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: As written, without backticks.
        type: Flink's type in upper case, such as `DECIMAL(10, 2)` or `TIMESTAMP_LTZ(3)`; empty for
            a computed column whose type only the planner knows.
        comment: The COMMENT, or empty.
        nullable: False where NOT NULL is declared or the column is in the primary key.
        kind: Physical, METADATA, or computed by an expression.
        made_of: Of a computed column, the columns that its expression names.
    """

    name: str
    type: str
    comment: str = ""
    nullable: bool = True
    kind: Literal["physical", "metadata", "computed"] = "physical"
    made_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """One stream table.

    Attributes:
        name: As written, without backticks.
        columns: In order.
        comment: The table's COMMENT, or empty.
        time_attribute: The column that the WATERMARK is declared on.
        watermark_delay: How far the watermark trails that column.
        primary_key: Declared key columns; Flink never enforces them, so rows may repeat.
        options: The WITH options as written; `${NAME}` placeholders are not filled in. Not in the
            repr, since a careless author may have put a password here.
        schema_sql: The statement's original text from `CREATE` up to, not including, `WITH`.
        file: Where it was read from.
        line: Line of the statement in that file, from 1.
    """

    name: str
    columns: tuple[Column, ...]
    comment: str = ""
    time_attribute: str | None = None
    watermark_delay: timedelta | None = None
    primary_key: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    schema_sql: str = field(default="", repr=False)
    file: Path | None = None
    line: int = 1

    @property
    def connector(self) -> str:
        """The connector's name, such as `kafka` or `filesystem`."""
        return self.options.get("connector", "")

    @property
    def encoded(self) -> frozenset[str]:
        """Columns that are only the stored form of a moment, which a computed column says.

        A moment that another is computed from, such as its day, is none of them.
        """
        moments = [c for c in self.columns if c.type.startswith(("TIME", "DATE"))]
        sources = (c.made_of for c in moments if len(c.made_of) == 1)
        return frozenset().union(*sources) - {c.name for c in moments}

    def column(self, name: str) -> Column | None:
        """The column of that exact name, or None."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement that could not be read; the other tables still load.

    Attributes:
        file: The file it is in.
        line: Line, from 1.
        message: What is wrong.
        hint: What to do.
    """

    file: Path
    line: int
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class Catalog:
    """The tables that questions may be asked of, and what could not be read."""

    tables: tuple[Table, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def get(self, name: str) -> Table | None:
        """The table of that exact name, or None."""
        return next((t for t in self.tables if t.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Table names in order."""
        return tuple(t.name for t in self.tables)

    @property
    def identifiers(self) -> frozenset[str]:
        """The names of tables and columns, the latter as `column` and as `table.column`."""
        columns = {c.name for t in self.tables for c in t.columns}
        dotted = {f"{t.name}.{c.name}" for t in self.tables for c in t.columns}
        return frozenset(columns | dotted | {t.name for t in self.tables})

    @property
    def fingerprint(self) -> str:
        """Tells these tables from any others; their options are in it, unreadable."""
        said = [(t.name, t.schema_sql, t.columns, sorted(t.options.items())) for t in self.tables]
        return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()

    def nearest(self, name: str) -> str:
        """The table name most like `name`, for a did-you-mean; empty if none is like it."""
        return nearest(name, self.names)
