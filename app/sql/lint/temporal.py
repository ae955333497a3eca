"""FOR SYSTEM_TIME AS OF: joins with the version of a row at a time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from app.catalog import keys
from app.sql.lint.subject import Advice, Subject, span, sql
from app.sql.lint.tree import CLOCKS, base, call_name, conjuncts, own, owner
from app.sql.names.model import Block, Field, Relation

# Connectors that are read as streams and cannot be asked for the row of a key.
_NO_LOOKUP = frozenset({"filesystem", "kafka", "upsert-kafka", "datagen"})


def temporal_clock(subject: Subject) -> Iterator[Advice]:
    """`FOR SYSTEM_TIME AS OF PROCTIME()`."""
    for block, relation, time in _temporal(subject):
        name = call_name(time)
        if name in CLOCKS:
            column = _attribute(block, relation)
            fix = f"FOR SYSTEM_TIME AS OF {column}"
            message = f"The version of {relation.name} is asked for as of {name}."
            why = "Flink takes a time attribute of the left side there, and refuses a clock."
            yield Advice("temporal_clock", "error", message, why, fix, *span(relation.node))


def temporal_snapshot(subject: Subject) -> Iterator[Advice]:
    """A join with versions in a snapshot."""
    for _, relation, time in _temporal(subject):
        field = subject.field(time)
        if subject.continuous or field is None or field.role != "event_time":
            continue
        own_time = next((f.name for f in relation.fields if f.role == "event_time"), "its time")
        fix = (
            "SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY … ORDER BY "
            f"{relation.name}.{own_time} DESC) AS row_num FROM … JOIN {relation.table or '…'} AS "
            f"{relation.name} ON … AND {relation.name}.{own_time} <= {sql(time)}) WHERE row_num = 1"
        )
        message = f"The join with {relation.name} as of {sql(time)} works continuously only."
        why = "Flink's batch planner cannot join versions by event time."
        yield Advice("temporal_snapshot", "error", message, why, fix, *span(relation.node))


def temporal_processing_time(subject: Subject) -> Iterator[Advice]:
    """A join on processing time with a table that cannot be looked up."""
    for block, relation, time in _temporal(subject):
        field = subject.field(time)
        table = subject.catalog.get(relation.table)
        if table is None or field is None or field.role != "processing_time":
            continue
        if subject.continuous and table.connector in _NO_LOOKUP:
            fix = f"FOR SYSTEM_TIME AS OF {_attribute(block, relation)}"
            message = f"{relation.name} is joined as of the processing time {sql(time)}."
            why = f"Flink cannot look up rows in a {table.connector} table, and refuses it."
            yield Advice(
                "temporal_processing_time", "error", message, why, fix, *span(relation.node)
            )


def temporal_key(subject: Subject) -> Iterator[Advice]:
    """A join with versions that is not by the primary key."""
    for block, relation, time in _temporal(subject):
        field = subject.field(time)
        table = subject.catalog.get(relation.table)
        if not subject.continuous or table is None or field is None or field.role != "event_time":
            continue
        key = () if keys.may_repeat(table) else table.primary_key
        missing = set(key) - _equal(subject, block, relation)
        if key and not missing:
            continue
        wanted = " AND ".join(f"… = {relation.name}.{name}" for name in key)
        if key:
            message = f"{relation.name} is not joined by its primary key {', '.join(key)}."
        else:
            message = f"{relation.name} has no primary key that Flink may rely on."
        why = "Flink keeps versions by the primary key and refuses others."
        unkeyed = (
            f"SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY … ORDER BY "
            f"{table.time_attribute or '…'} DESC) AS row_num FROM {table.name}) WHERE row_num = 1, "
            "in a view that is joined instead"
        )
        fix = f"ON {wanted}" if key else unkeyed
        yield Advice("temporal_key", "error", message, why, fix, *span(relation.node))


def temporal_types(subject: Subject) -> Iterator[Advice]:
    """A join with versions whose times are of two types."""
    for _, relation, time in _temporal(subject):
        field = subject.field(time)
        theirs = next((f for f in relation.fields if f.role == "event_time"), None)
        if not subject.continuous or not (field and theirs and field.role == "event_time"):
            continue
        kinds = base(field.type), base(theirs.type)
        if all(kinds) and kinds[0] != kinds[1]:
            message = f"{field.name} is {kinds[0]}, {relation.name}.{theirs.name} is {kinds[1]}."
            why = "Flink compares versions by time attributes of one type only."
            fix = f"declare both as {kinds[1]} in their tables"
            yield Advice("temporal_types", "error", message, why, fix, *span(relation.node))


def _temporal(subject: Subject) -> Iterator[tuple[Block, Relation, exp.Expr]]:
    for block in subject.blocks:
        for relation in block.relations:
            version = relation.node.args.get("version") if relation.temporal else None
            time = version.args.get("expression") if version is not None else None
            if time is not None:
                yield block, relation, time


def _equal(subject: Subject, block: Block, relation: Relation) -> set[str]:
    """The columns of a relation that the join sets equal to something else."""
    found: set[str] = set()
    if not isinstance(block.node, exp.Select):
        return found
    for part in conjuncts(block.node):
        if isinstance(part, exp.EQ):
            for side in own(part):
                field: Field | None = subject.field(side)
                if field is not None and owner(field, block) is relation:
                    found.add(field.source.name if field.source else field.name)
    for join in block.node.args.get("joins") or ():
        found.update(name.name for name in join.args.get("using") or ())
    return found


def _attribute(block: Block, joined: Relation) -> str:
    """The event time of what is joined with a relation."""
    for relation in block.relations:
        if relation is not joined:
            for field in relation.fields:
                if field.role == "event_time":
                    return f"{relation.name}.{field.name}"
    return "the event time of the left side"
