"""What of the catalog a caller may read: a value that the guard holds every query against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.catalog.model import Catalog, Table


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller may read; whatever is outside looks as if it did not exist.

    Attributes:
        tables: Names of the tables; all of the catalog's where None.
        columns: For each table named here, its columns that may be read; all of them for others.
        functions: Names of the functions that may be called beyond Flink's built-in ones, qualified
            where they are called so. Flink does not tell their case apart.
    """

    tables: frozenset[str] | None = None
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """Whether any table or column may be outside."""
        return self.tables is not None or bool(self.columns)

    def visible(self, catalog: Catalog) -> Catalog:
        """The catalog without what is outside.

        >>> from app.catalog.model import Column
        >>> table = Table("orders", (Column("id", "INT"), Column("card", "STRING")))
        >>> only = Scope(columns={"orders": frozenset({"id"})})
        >>> [column.name for column in only.visible(Catalog((table,))).tables[0].columns]
        ['id']
        """
        if not self.hides:
            return catalog
        return Catalog(tuple(self._narrowed(table) for table in catalog if self._holds(table)))

    def allows_function(self, name: str) -> bool:
        """Whether a function is among the configured ones."""
        return name.upper() in {allowed.upper() for allowed in self.functions}

    def _holds(self, table: Table) -> bool:
        return self.tables is None or table.name in self.tables

    def _narrowed(self, table: Table) -> Table:
        allowed = self.columns.get(table.name)
        if allowed is None:
            return table
        # The definition's text names the other columns, so it is left out.
        return replace(
            table,
            columns=tuple(column for column in table.columns if column.name in allowed),
            primary_key=tuple(name for name in table.primary_key if name in allowed),
            time_attribute=table.time_attribute if table.time_attribute in allowed else None,
            schema_sql="",
        )


EVERYTHING = Scope()
"""All tables and columns of the catalog, and Flink's own functions."""
