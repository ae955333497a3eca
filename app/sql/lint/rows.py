"""Rows that count twice, and rows that do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from app.catalog import keys
from app.catalog.model import Table
from app.sql.dialect.words import RESERVED
from app.sql.lint.subject import Advice, Subject, span, sql
from app.sql.lint.tree import Parts, is_aggregate, own, parts
from app.sql.names.model import Block, Relation, Window


def repeated_rows(subject: Subject) -> Iterator[Advice]:
    """`COUNT(*)`, `SUM(x)` over a table whose rows are delivered at least once."""
    for block, select in parts(subject):
        table = _table(subject, block)
        if table is None or not table.primary_key or not keys.may_repeat(table):
            continue
        if _by_key(select, table):
            continue
        beside = any(_counts_keys(part, table) for part in select.aggregates)
        for part in select.aggregates:
            # Who counts keys beside rows compares the two; a sum is too high all the same.
            if _counts_twice(part) and not (beside and isinstance(part, exp.Count)):
                yield _repeated(subject, block, part, table)
                break


def nullable_count(subject: Subject) -> Iterator[Advice]:
    """`COUNT(x)` of a column whose comment says that it may be null."""
    for node in subject.nodes(exp.Count):
        field = subject.field(node.this)
        origin = field.direct if field else None
        table = subject.catalog.get(origin.table) if origin else None
        column = table.column(origin.column) if table and origin else None
        if column is not None and "null" in column.comment.lower() and is_aggregate(node):
            message = f"{sql(node)} leaves out the rows in which {column.name} is null."
            why = f"COUNT of a column counts its values. {column.name}: {column.comment}."
            yield Advice("nullable_count", "warning", message, why, "COUNT(*)", *span(node))


def _repeated(subject: Subject, block: Block, part: exp.Expr, table: Table) -> Advice:
    key = ", ".join(table.primary_key)
    verb = "counts" if isinstance(part, exp.Count) else "takes in"
    message = f"{sql(part)} {verb} rows of {table.name} that were delivered twice."
    why = f"{table.name} is written at least once: a retry repeats a row with its {key}."
    star = isinstance(part, exp.Count) and isinstance(part.this, (exp.Star, exp.Literal))
    window = block.relations[0].window
    if star and len(table.primary_key) == 1:
        fix = f"COUNT(DISTINCT {key})"
    else:
        fix = f"(SELECT DISTINCT {', '.join(_used(subject, block, table))} FROM {table.name})"
        fix = _in_window(fix, window) if window and window.time else f"FROM {fix}"
    return Advice("repeated_rows", "warning", message, why, fix, *span(part))


def _in_window(rows: str, window: Window) -> str:
    """A window function over other rows than its table's; the time column must be among them."""
    if not re.search(rf"\b{window.descriptor}\b", rows):
        rows = rows.replace(" FROM ", f", {window.descriptor} FROM ", 1)
    return f"{window.kind}({rows}, DESCRIPTOR({window.descriptor}), …)"


def _table(subject: Subject, block: Block) -> Table | None:
    """The one table whose rows a SELECT aggregates, a window's rows included."""
    if len(block.relations) != 1:
        return None
    relation: Relation | None = block.relations[0]
    while relation is not None and relation.kind == "window":
        relation = relation.input
    plain = relation is not None and relation.kind == "table"
    return subject.catalog.get(relation.table) if relation and plain else None


def _counts_twice(part: exp.Expr) -> bool:
    if isinstance(part, exp.Count):
        return not isinstance(part.this, exp.Distinct)
    return isinstance(part, (exp.Sum, exp.Avg)) and not isinstance(part.this, exp.Distinct)


def _counts_keys(part: exp.Expr, table: Table) -> bool:
    """Whether it is `COUNT(DISTINCT key)`."""
    if not isinstance(part, exp.Count) or not isinstance(part.this, exp.Distinct):
        return False
    names = {node.name for node in own(part.this) if isinstance(node, exp.Column)}
    return set(table.primary_key) <= names


def _by_key(select: Parts, table: Table) -> bool:
    """Whether it is grouped by the key itself, as in a search for rows that repeat."""
    names = {key.name for key in select.keys if isinstance(key, exp.Column)}
    return set(table.primary_key) <= names


def _used(subject: Subject, block: Block, table: Table) -> list[str]:
    """The key, and the columns that the SELECT uses."""
    columns = [node for node in own(block.node) if isinstance(node, exp.Column)]
    fields = (subject.field(node) for node in columns)
    used = {field.direct.column for field in fields if field and field.direct}
    order = [column.name for column in table.columns]
    wanted = [*table.primary_key, *(n for n in order if n in used and n not in table.primary_key)]
    return [f"`{name}`" if name.upper() in RESERVED else name for name in wanted]
