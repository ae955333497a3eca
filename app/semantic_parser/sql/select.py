"""One SELECT, put down over several lines."""

from __future__ import annotations

from dataclasses import dataclass

_WIDE = 96


@dataclass(frozen=True, slots=True)
class Select:
    """The parts of a query, each as text.

    Attributes:
        columns: What it gives, aliases included.
        source: Lines from `FROM` on, joins included.
        where: Conditions that all hold.
        group: What rows are gathered by.
        having: Conditions on groups that all hold.
        order: What rows are sorted by.
        limit: Most rows, or None.
        distinct: Whether equal rows are given once.
    """

    columns: tuple[str, ...]
    source: tuple[str, ...]
    where: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None
    distinct: bool = False

    def lines(self) -> list[str]:
        """The query, line by line."""
        lines = [*self._head(), *self.source, *_all_of("WHERE", self.where)]
        if self.group:
            lines.append(f"GROUP BY {', '.join(self.group)}")
        lines += _all_of("HAVING", self.having)
        if self.order:
            lines.append(f"ORDER BY {', '.join(self.order)}")
        if self.limit is not None:
            lines.append(f"LIMIT {self.limit}")
        return lines

    def text(self) -> str:
        """The query as one text."""
        return "\n".join(self.lines())

    def within(self, alias: str = "") -> tuple[str, ...]:
        """The query as what another one reads from."""
        inner = (f"  {line}" for line in self.lines())
        return ("FROM (", *inner, f") AS {alias}" if alias else ")")

    def _head(self) -> list[str]:
        keyword = "SELECT DISTINCT" if self.distinct else "SELECT"
        line = f"{keyword} {', '.join(self.columns)}"
        if len(line) <= _WIDE or len(self.columns) == 1:
            return [line]
        commas = [","] * (len(self.columns) - 1) + [""]
        return [keyword, *(f"  {c}{comma}" for c, comma in zip(self.columns, commas, strict=True))]


def _all_of(keyword: str, conditions: tuple[str, ...]) -> list[str]:
    return [f"{keyword if i == 0 else '  AND'} {c}" for i, c in enumerate(conditions)]


def named(expression: str, name: str) -> str:
    """An expression under a name, which is left out where it has it anyway.

    >>> named("city", "city"), named("orders.city", "city"), named("1", "one")
    ('city', 'orders.city', '1 AS one')
    """
    has_it = expression == name or expression.endswith(f".{name}")
    return expression if has_it and "(" not in expression else f"{expression} AS {name}"
