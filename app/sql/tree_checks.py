"""What is refused from a query's tree and names, before Flink is asked: one small function each.

Called by `app.sql.guard`. To add a check, write a function and add its line to `TREE_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from app.catalog.model import Catalog
from app.catalog.nearest import nearest
from app.sql import builtins
from app.sql.checks import HINTS, options_hint, unknown_hint
from app.sql.names import Names, Problem
from app.sql.query import Query
from app.sql.refusal import Refusal, first_named, not_a_query
from app.sql.scope import Scope


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text whose names are resolved over the whole catalog, and over what the scope shows of it.

    What is outside the scope is unknown to the second, so it is reported as what does not exist
    is. The first one tells what a `*` or a NATURAL JOIN reaches without naming it.

    Attributes:
        query: The text as the dialect reads it, over the whole catalog.
        shown: Its names over `visible`.
        visible: The catalog as the scope shows it.
        scope: What may be read.
    """

    query: Query
    shown: Names | None
    visible: Catalog
    scope: Scope

    @property
    def restricted(self) -> tuple[str, ...]:
        """Tables that are read, or may be, of which the scope shows some columns only."""
        names = self.query.names
        return tuple(sorted(self.scope.columns.keys() & names.tables)) if names else ()


TreeCheck = Callable[[Reading], Refusal | None]


def first_refusal(reading: Reading) -> Refusal | None:
    """What the first check that does not let the query pass says, or None."""
    return next((refusal for one in TREE_CHECKS if (refusal := one(reading))), None)


def unknown_table(name: str, visible: Catalog, start: int = -1, end: int = -1) -> Refusal:
    """The refusal of a table that does not exist, or is outside the scope: there is no telling."""
    close = visible.nearest(name)
    tables = f"The tables are: {', '.join(visible.names) or 'none'}."
    hint = f"Did you mean {close}? {tables}" if close else tables
    return Refusal("unknown_table", f"There is no table {name}.", hint, start, end)


def unknown_column(names: Names | None, visible: Catalog) -> Refusal | None:
    """The refusal of the first column that does not exist or could be several."""
    kinds = {"unknown_column", "ambiguous_column"}
    found = next((p for p in names.problems if p.kind in kinds), None) if names else None
    if found is None:
        return None
    if found.kind == "ambiguous_column":
        message = f"The column {found.name} is in more than one table."
        hint = "Write the table's name or alias before it, as in o.city."
    else:
        where = f" in {found.table}" if found.table else ""
        message = f"There is no column {found.name}{where}."
        hint = _nearest_column(found, visible)
    return Refusal(found.kind, message, hint, found.start, found.end, invalid=True)


def _nearest_column(problem: Problem, visible: Catalog) -> str:
    if problem.nearest not in {"", problem.name}:
        return f"Did you mean {problem.nearest}? Names are case-sensitive."
    table = visible.get(problem.table)
    if table is None:
        return "Names are case-sensitive; see the table's columns."
    return f"The columns of {table.name} are: {', '.join(c.name for c in table.columns)}."


def _kind(reading: Reading) -> Refusal | None:
    return None if reading.query.kind == "SELECT" else not_a_query(reading.query.kind)


def _tables(reading: Reading) -> Refusal | None:
    names = reading.query.names
    problems = reading.shown.problems if reading.shown else ()
    for problem in problems:
        if problem.kind == "unknown_table":
            return unknown_table(problem.name, reading.visible, problem.start, problem.end)
    # A reading lists its first problems only.
    hidden = (names.tables if names else frozenset()) - set(reading.visible.names)
    return next((unknown_table(name, reading.visible) for name in sorted(hidden)), None)


def _columns(reading: Reading) -> Refusal | None:
    # Elsewhere Flink's own words come first: nothing is hidden that they could give away.
    return unknown_column(reading.shown, reading.visible) if reading.restricted else None


def _hidden_columns(reading: Reading) -> Refusal | None:
    names = reading.query.names
    for table in reading.restricted:
        allowed = reading.scope.columns[table]
        if names and names.columns.get(table, frozenset()) - allowed:
            columns = ", ".join(sorted(allowed)) or "none"
            return Refusal(
                "hidden_columns",
                f"The query reads all columns of {table}, of which some cannot be read here.",
                f"Name the columns instead of *, NATURAL JOIN or a list of aliases: {columns}.",
            ).at(first_named(reading.query.tokens, table.upper()))
    return None


def _certain_columns(reading: Reading) -> Refusal | None:
    if not reading.restricted or (reading.query.names and reading.query.names.certain):
        return None
    problems = reading.query.names.problems if reading.query.names else ()
    start, end = (problems[0].start, problems[0].end) if problems else (-1, -1)
    return Refusal(
        "uncertain_columns",
        f"It cannot be told for certain which columns of {reading.restricted[0]} this query reads.",
        "Write it more simply: name each column with its table's alias, without nesting.",
        start,
        end,
    )


def _functions(reading: Reading) -> Refusal | None:
    if reading.query.tree is None:
        return None
    for name, node in _calls(reading.query.tree):
        if name.upper() in builtins.KNOWN or reading.scope.allows_function(name):
            continue
        if _is_model(node, reading.scope):
            continue
        return _unknown_function(name, node, reading.scope)
    return None


def _calls(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """The name of each function that is called, qualified where it is written so."""
    for node in tree.walk(prune=lambda node: isinstance(node, exp.Hint)):
        if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
            yield _qualified(node), node
        elif isinstance(node, exp.Func) and not isinstance(node, _SYNTAX):
            names = [name.upper() for name in type(node).sql_names()]
            yield next((name for name in names if name in builtins.KNOWN), names[0]), node


# Nodes of sqlglot's that count as functions there, and are syntax in Flink.
_SYNTAX = (exp.Connector, exp.Case, exp.Cast, exp.TableFromRows, exp.If, exp.Unnest)


def _qualified(node: exp.Expr) -> str:
    parent = node.parent
    if isinstance(parent, exp.Dot) and parent.expression is node:
        path = [part.name for part in parent.parts]
        return ".".join(path)
    return node.name


def _is_model(node: exp.Expr, scope: Scope) -> bool:
    """Whether this is the MODEL argument of a function that is configured."""
    caller = node.find_ancestor(exp.Anonymous)
    if node.name.upper() != "MODEL" or caller is None:
        return False
    return scope.allows_function(_qualified(caller))


def _unknown_function(name: str, node: exp.Expr, scope: Scope) -> Refusal:
    start, end = place(node)
    upper = name.upper()
    if upper in builtins.REACHING | builtins.INTERNAL:
        return Refusal(
            "unknown_function",
            f"The function {upper} may not be called here.",
            "Whoever runs Tributary can allow functions by its setting `functions`."
            if upper in builtins.REACHING
            else "Use one of Flink's documented functions.",
            start,
            end,
        )
    known = [*sorted(builtins.BUILTINS), *sorted(allowed.upper() for allowed in scope.functions)]
    close = nearest(upper, known)
    return Refusal(
        "unknown_function",
        f"Flink has no function {name}.",
        f"Did you mean {close}?" if close else "Use one of Flink's built-in functions.",
        start,
        end,
        invalid=True,
    )


def place(node: exp.Expr) -> tuple[int, int]:
    """The first character of a node's name, and one past its last; -1 where that is unknown."""
    for part in (node, node.this):
        if isinstance(part, exp.Expr) and "start" in part.meta:
            return int(part.meta["start"]), int(part.meta["end"]) + 1
    return -1, -1


def _hints(reading: Reading) -> Refusal | None:
    hints = reading.query.tree.find_all(exp.Hint) if reading.query.tree else ()
    for hint in hints:
        for node in hint.expressions:
            name = node.name.upper()
            if name == "OPTIONS":
                return options_hint(*place(node))
            if name not in HINTS:
                return unknown_hint(name, *place(node))
    return None


TREE_CHECKS: tuple[TreeCheck, ...] = (
    _kind,
    _tables,
    _columns,
    _hidden_columns,
    _certain_columns,
    _functions,
    _hints,
)
