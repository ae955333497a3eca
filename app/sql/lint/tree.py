"""What the rules about trees share: the parts of a SELECT, aggregates, types of expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp

from app.sql.dialect import functions
from app.sql.lint.subject import Subject
from app.sql.names.model import Block, Field, Relation

AGGREGATES = frozenset(
    """
    COUNT SUM AVG MIN MAX LISTAGG COLLECT ARRAY_AGG STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP
    VAR_SAMP FIRST_VALUE LAST_VALUE PERCENTILE APPROX_COUNT_DISTINCT JSON_ARRAYAGG JSON_OBJECTAGG
    """.split()  # noqa: SIM905 - easier to read than a list of quoted words
)
INTEGERS = frozenset({"TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT"})
NUMBERS = INTEGERS | {"DECIMAL", "FLOAT", "DOUBLE"}
TEXTS = frozenset({"STRING", "VARCHAR", "CHAR"})
TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_LTZ"})
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)

_RESULTS = {
    "NOW": "TIMESTAMP_LTZ",
    "CURRENT_TIMESTAMP": "TIMESTAMP_LTZ",
    "CURRENT_ROW_TIMESTAMP": "TIMESTAMP_LTZ",
    "PROCTIME": "TIMESTAMP_LTZ",
    "TO_TIMESTAMP_LTZ": "TIMESTAMP_LTZ",
    "CURRENT_DATE": "DATE",
    "TO_DATE": "DATE",
    "LOCALTIMESTAMP": "TIMESTAMP",
    "TO_TIMESTAMP": "TIMESTAMP",
    "DATE_FORMAT": "STRING",
    "CONCAT": "STRING",
    "CONCAT_WS": "STRING",
    "UPPER": "STRING",
    "LOWER": "STRING",
    "SUBSTRING": "STRING",
    "SUBSTR": "STRING",
    "UNIX_TIMESTAMP": "BIGINT",
    "CHAR_LENGTH": "INT",
    "TIMESTAMPDIFF": "INT",
    "HOUR": "BIGINT",
    "MINUTE": "BIGINT",
    "YEAR": "BIGINT",
    "MONTH": "BIGINT",
    "EXTRACT": "BIGINT",
}
_NOW = frozenset({"NOW", "CURRENT_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", "PROCTIME"})
CLOCKS = _NOW | {"CURRENT_DATE", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME", "UNIX_TIMESTAMP"}


class Parts(NamedTuple):
    """A SELECT, taken apart.

    Attributes:
        node: The SELECT.
        aggregates: Aggregates of its own, those with OVER left out.
        keys: What it is grouped by.
        grouped: Whether it aggregates at all.
    """

    node: exp.Select
    aggregates: tuple[exp.Expr, ...]
    keys: tuple[exp.Expr, ...]
    grouped: bool


def own(*roots: exp.Expr | None) -> Iterator[exp.Expr]:
    """The nodes of expressions, without those of the queries within them."""
    stack = [root for root in roots if root is not None]
    while stack:
        node = stack.pop()
        yield node
        for value in node.args.values():
            if isinstance(value, exp.Expr):
                if not isinstance(value, exp.Query):
                    stack.append(value)
            elif isinstance(value, list):
                stack += [
                    v for v in value if isinstance(v, exp.Expr) and not isinstance(v, exp.Query)
                ]


def call_name(node: exp.Expr) -> str:
    """The name of a call in upper case, or empty."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).upper()
    return node.sql_name().upper() if isinstance(node, exp.Func) else ""


def is_aggregate(node: exp.Expr) -> bool:
    """Whether a node is an aggregate over a group rather than over a window of rows."""
    if not isinstance(node, functions.AGGREGATES) and (
        not isinstance(node, exp.Func) or call_name(node) not in AGGREGATES
    ):
        return False
    return not over(node)


def over(node: exp.Expr) -> bool:
    """Whether OVER stands behind a call, FILTER between them or not."""
    parent = node.parent
    while isinstance(parent, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)):
        parent = parent.parent
    return isinstance(parent, exp.Window)


def parts(subject: Subject) -> Iterator[tuple[Block, Parts]]:
    """Every SELECT with its block."""
    cache = subject.cache.setdefault("_parts", [])
    if not cache:
        cache.extend((b, _parts(b.node)) for b in subject.blocks if isinstance(b.node, exp.Select))
    yield from cache


def _parts(node: exp.Select) -> Parts:
    group = node.args.get("group")
    found = own(*node.expressions, node.args.get("having"), node.args.get("order"))
    aggregates = tuple(part for part in found if is_aggregate(part))
    keys = tuple(group.expressions) if group else ()
    return Parts(node, aggregates, keys, bool(aggregates) or group is not None)


def where_parts(node: exp.Select) -> Iterator[exp.Expr]:
    """The nodes of a SELECT's filter and of its joins' conditions."""
    yield from own(
        node.args.get("where"), *(j.args.get("on") for j in node.args.get("joins") or ())
    )


def conjuncts(node: exp.Select) -> Iterator[exp.Expr]:
    """What must all hold: the parts of WHERE and ON that AND connects."""
    where = node.args.get("where")
    stack = [where.this] if where else []
    stack += [join.args["on"] for join in node.args.get("joins") or () if join.args.get("on")]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.And):
            stack += [part.left, part.right]
        elif isinstance(part, exp.Paren):
            stack.append(part.this)
        else:
            yield part


def scanned(field: Field | None) -> Field | None:
    """The field of the table or window that a field passes on unchanged."""
    while field is not None and field.source is not None:
        field = field.source
    return field


def owner(field: Field | None, block: Block) -> Relation | None:
    """The relation of a block that a reference belongs to."""
    relation = field.relation if field else None
    return relation if any(relation is own_ for own_ in block.relations) else None


def type_of(subject: Subject, node: exp.Expr | None) -> str:
    """The name of an expression's type, without its parameters; empty if that is not certain."""
    # Rules ask of a long expression's every part, whose parts would be asked again and again.
    known = subject.types
    if id(node) not in known:
        known[id(node)] = node, _type_of(subject, node)  # held, so that no other has its id
    return known[id(node)][1]


def _type_of(subject: Subject, node: exp.Expr | None) -> str:
    if isinstance(node, exp.Column):
        field = subject.field(node)
        return base(field.type) if field else ""
    if isinstance(node, exp.Literal):
        return "CHAR" if node.is_string else "DECIMAL" if "." in node.name else "INT"
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return base(node.args["to"].sql(dialect="flink"))
    if isinstance(node, (exp.Paren, exp.Neg, exp.Min, exp.Max, exp.Sum, exp.Avg, exp.Filter)):
        return type_of(subject, node.this)
    if isinstance(node, (exp.Floor, exp.Ceil)):
        return type_of(subject, node.this)
    if isinstance(node, exp.Count):
        return "BIGINT"
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)):
        return _arithmetic(subject, node)
    if isinstance(node, exp.Boolean):
        return "BOOLEAN"
    return _RESULTS.get(call_name(node), "") if isinstance(node, exp.Func) else ""


def _arithmetic(subject: Subject, node: exp.Binary) -> str:
    if isinstance(node.right, exp.Interval):
        return type_of(subject, node.left)
    left, right = type_of(subject, node.left), type_of(subject, node.right)
    if left in INTEGERS and right in INTEGERS:
        return "BIGINT" if "BIGINT" in {left, right} else "INT"
    for kind in ("DOUBLE", "FLOAT", "DECIMAL"):
        if kind in {left, right} and {left, right} <= NUMBERS:
            return kind
    return ""


def base(kind: str) -> str:
    """A type's name alone.

    >>> base("DECIMAL(10, 2)"), base("TIMESTAMP_LTZ(3) NOT NULL"), base("")
    ('DECIMAL', 'TIMESTAMP_LTZ', '')
    """
    found = re.match(r"\w+", kind)
    return found[0] if found else ""
