"""What a field is called at one level of a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.semantic_parser.form import Field
from app.semantic_parser.sql.select import named
from app.sql.dialect.words import identifier


@dataclass(frozen=True, slots=True)
class Scope:
    """How fields are spelled in one SELECT.

    Attributes:
        qualified: Whether columns are spelled with their table, as where several are joined.
        names: Columns of a query that is read from, by the fields that they hold.
        owner: What the one query that all `names` are of is called, or empty.
        tables: Other names that tables have here.
        bucket: The expression that rows are gathered by in time, or empty.
    """

    qualified: bool = False
    names: Mapping[Field, str] = field(default_factory=dict)
    owner: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    bucket: str = ""

    def of(self, wanted: Field) -> str:
        """A field as it is spelled here."""
        return self.full(wanted) if self.qualified else self._own(wanted)

    def full(self, wanted: Field) -> str:
        """A field with its table, as a query within this one spells it."""
        table = self.owner or self.tables.get(wanted.table, wanted.table)
        return f"{identifier(table)}.{self._own(wanted)}"

    def item(self, wanted: Field, name: str) -> str:
        """A field in a list of columns, under a name."""
        spelled, name = self.of(wanted), identifier(name)
        nested = wanted.within and wanted not in self.names
        return f"{spelled} AS {name}" if nested else named(spelled, name)

    def _own(self, wanted: Field) -> str:
        if wanted in self.names:
            return identifier(self.names[wanted])
        path = (wanted.within, wanted.name) if wanted.within else (wanted.name,)
        return ".".join(map(identifier, path))


def column_names(fields: Iterable[Field]) -> dict[Field, str]:
    """A name of its own for each field of a query that is read from."""
    names: dict[Field, str] = {}
    for one in fields:
        longer = filter(None, (one.table, one.within, one.name))
        candidates = [one.name, "_".join(longer)]
        free = [c for c in candidates if c not in names.values()]
        names[one] = free[0] if free else f"{candidates[1]}_{len(names)}"
    return names
