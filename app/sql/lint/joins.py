"""Joins: those that keep both sides for ever on a stream, and those that join too much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from sqlglot import exp

from app.sql.lint.subject import Advice, Subject, span
from app.sql.lint.tree import COMPARISONS, Parts, conjuncts, own, owner, parts
from app.sql.lint.windows import BOUNDS
from app.sql.names.model import Block, Relation, Window

_STREAMED = {"table", "query", "cte", "window", "match"}
_TTL = "SET 'table.exec.state.ttl' = '1 d'"


def cross_join(subject: Subject) -> Iterator[Advice]:
    """`FROM a, b` with nothing that connects them."""
    for block, select in parts(subject):
        joins = select.node.args.get("joins") or ()
        if len(block.relations) < 2 or any(_explicit(join) for join in joins):
            continue
        linked = {frozenset(map(id, pair)) for pair, _ in _links(subject, block, select)}
        for left, right in zip(block.relations, block.relations[1:], strict=False):
            ways = ({id(right), id(other)} for other in block.relations if other is not right)
            if _joins_all(left, right) and not any(frozenset(way) in linked for way in ways):
                names = left.name or "the left side", right.name or "the right side"
                message = f"Nothing connects {names[0]} and {names[1]}."
                why = "Every row of one is joined with every row of the other."
                fix = f"{_source(left)} JOIN {_source(right)} ON {_condition(left, right)}"
                yield Advice("cross_join", "warning", message, why, fix, *span(right.node))
                break


def window_join(subject: Subject) -> Iterator[Advice]:
    """A window join by one bound only, or of windows that are cut differently."""
    for _, left, right, links in _pairs(subject):
        if not (subject.continuous and _windowed(left) and _windowed(right)):
            continue
        equal = {role for role, other in links if role == other}
        missing = [bound for bound in BOUNDS if bound not in equal]
        if len(missing) == 1:
            fix = " AND ".join(f"{left.name}.{bound} = {right.name}.{bound}" for bound in BOUNDS)
            message = f"{left.name} and {right.name} are joined without {missing[0]}."
            why = (
                "Flink joins window by window only by both bounds; else it keeps all rows for ever."
            )
            yield Advice("window_join", "warning", message, why, fix, *span(right.node))
        elif not missing and _cut(_window(left)) != _cut(_window(right)):
            message = f"The windows of {left.name} and {right.name} are not cut alike."
            why = "Flink joins window by window only where kind and sizes are the same."
            fix = "the same window function with the same sizes on both sides"
            yield Advice("window_join", "warning", message, why, fix, *span(right.node))


def interval_join(subject: Subject) -> Iterator[Advice]:
    """A join by time with one bound only."""
    for block, left, right, _ in _pairs(subject):
        if not subject.continuous or _windowed(left) or _windowed(right):
            continue
        sides = _time_bounds(subject, block, left, right)
        if sides in ({"lower"}, {"upper"}):
            times = _event_time(left), _event_time(right)
            fix = f"{times[1]} BETWEEN {times[0]} AND {times[0]} + INTERVAL '1' HOUR"
            message = f"The times of {left.name} and {right.name} are bounded on one side only."
            why = "Flink drops old rows of a join only if both bounds say when they cannot match."
            yield Advice("interval_join", "warning", message, why, fix, *span(right.node))


def unbounded_join(subject: Subject) -> Iterator[Advice]:
    """A regular join of two streams in a continuous query."""
    if not subject.continuous or _has_ttl(subject):
        return
    for block, left, right, links in _pairs(subject):
        by_window = {role for role, other in links if role == other}
        if by_window & set(BOUNDS) or _time_bounds(subject, block, left, right):
            continue
        times = _event_time(left), _event_time(right)
        fix = (
            f"… AND {times[1]} BETWEEN {times[0]} AND {times[0]} + INTERVAL '1' HOUR"
            if all(times)
            else _TTL
        )
        message = f"{left.name} and {right.name} are joined without a bound on time."
        why = "Flink keeps every row of both sides for ever, since a match may still come."
        yield Advice("unbounded_join", "warning", message, why, fix, *span(right.node))


def join_names(subject: Subject) -> Iterator[Advice]:
    """`SELECT *` over a join whose sides have columns of the same name."""
    if not subject.blocks:
        return
    block = subject.blocks[-1]
    if not isinstance(block.node, exp.Select) or len(block.relations) < 2:
        return
    stars = [part for part in block.node.expressions if isinstance(part, exp.Star)]
    joins = block.node.args.get("joins") or ()
    if not stars or any(join.args.get("using") or join.method for join in joins):
        return
    seen: set[str] = set()
    for relation in block.relations:
        twice = [field.name for field in relation.fields if field.name in seen]
        seen.update(field.name for field in relation.fields)
        if twice:
            listed = ", ".join(twice[:3])
            message = f"SELECT * gives {listed} twice."
            why = f"Flink names the second one {twice[0]}0, so that it is easily mistaken."
            fix = f"SELECT …, {relation.name}.{twice[0]} AS {relation.name}_{twice[0]}"
            yield Advice("join_names", "warning", message, why, fix, *span(relation.node))
            return


def _explicit(join: exp.Join) -> bool:
    kind = f"{join.method} {join.kind} {join.side}".strip()
    return bool(join.args.get("on") or join.args.get("using") or kind)


def _joins_all(left: Relation, right: Relation) -> bool:
    """Whether both may have many rows."""
    return all(r.kind in _STREAMED and not _single_row(r) for r in (left, right)) and not (
        isinstance(right.node, exp.Lateral)
    )


def _single_row(relation: Relation) -> bool:
    """Whether a subquery aggregates all to one row."""
    for block in relation.blocks:
        node = block.node
        limit = node.args.get("limit")
        one = limit is not None and limit.expression is not None and limit.expression.name == "1"
        group = node.args.get("group")
        total = any(part.find(exp.AggFunc) for part in node.expressions) and group is None
        if not (one or total):
            return False
    return bool(relation.blocks)


def _pairs(
    subject: Subject,
) -> Iterator[tuple[Block, Relation, Relation, list[tuple[str, str]]]]:
    """Two relations of a block, with the roles of the columns that their join sets equal."""
    cache = subject.cache.setdefault("_pairs", [])
    if not cache:
        cache.extend(_find_pairs(subject))
    yield from cache


def _find_pairs(
    subject: Subject,
) -> Iterator[tuple[Block, Relation, Relation, list[tuple[str, str]]]]:
    for block, select in parts(subject):
        streams = [r for r in block.relations if r.kind in _STREAMED and not r.temporal]
        if len(streams) < 2:
            continue
        links = list(_links(subject, block, select))
        neighbours = list(pairwise(streams))
        for left, right in combinations(streams, 2):
            found = [roles for pair, roles in links if pair == (left, right)]
            if found or (left, right) in neighbours:
                yield block, left, right, found


def _links(
    subject: Subject, block: Block, select: Parts
) -> Iterator[tuple[tuple[Relation, Relation], tuple[str, str]]]:
    """The equalities between two relations, as they stand in FROM, with the roles."""
    order = {id(relation): place for place, relation in enumerate(block.relations)}
    for part in conjuncts(select.node):
        if not isinstance(part, COMPARISONS):
            continue
        sides = []
        for side in (part.left, part.right):
            columns = [node for node in own(side) if isinstance(node, exp.Column)]
            fields = [subject.field(column) for column in columns]
            relations = [owner(field, block) for field in fields]
            if not relations or relations[0] is None:
                break
            equal = isinstance(part, exp.EQ) and columns[0] is side
            role = fields[0].role if fields[0] and equal else ""
            sides.append((relations[0], role))
        if len(sides) == 2 and sides[0][0] is not sides[1][0]:
            (left, role), (right, other) = sorted(sides, key=lambda s: order[id(s[0])])
            yield (left, right), (role, other)


def _time_bounds(subject: Subject, block: Block, left: Relation, right: Relation) -> set[str]:
    """How far the join bounds the event time of one side by that of the other."""
    found: set[str] = set()
    if not isinstance(block.node, exp.Select):
        return found
    for part in conjuncts(block.node):
        if isinstance(part, exp.Between):
            low, high = part.args["low"], part.args["high"]
            if _times(subject, block, part.this, low) == {id(left), id(right)}:
                found.add("lower")
            if _times(subject, block, part.this, high) == {id(left), id(right)}:
                found.add("upper")
        elif isinstance(part, COMPARISONS) and not isinstance(part, exp.NEQ):
            if _times(subject, block, part.left, part.right) != {id(left), id(right)}:
                continue
            if isinstance(part, exp.EQ):
                return {"lower", "upper"}
            first = _first(subject, block, part.left)
            upward = isinstance(part, (exp.GT, exp.GTE)) == (first == id(left))
            found.add("lower" if upward else "upper")
    return found


def _times(subject: Subject, block: Block, *sides: exp.Expr) -> set[int]:
    """The relations whose time attributes stand on the sides of a comparison."""
    return {found for side in sides if (found := _first(subject, block, side))}


def _first(subject: Subject, block: Block, side: exp.Expr) -> int:
    for node in own(side):
        field = subject.field(node)
        relation = owner(field, block)
        if field and relation and field.role in {"event_time", "processing_time", "window_time"}:
            return id(relation)
    return 0


def _windowed(relation: Relation) -> bool:
    return set(BOUNDS) <= {field.role for field in relation.fields}


def _window(relation: Relation) -> Window | None:
    """The window function that a relation's rows come from."""
    while relation.window is None:
        beneath = [r for block in relation.blocks for r in block.relations if _windowed(r)]
        if len(beneath) != 1:
            return None
        relation = beneath[0]
    return relation.window


def _cut(window: Window | None) -> object:
    return (window.kind, window.sizes) if window else None


def _event_time(relation: Relation) -> str:
    found = (field.name for field in relation.fields if field.role == "event_time")
    name = next(found, "")
    return f"{relation.name}.{name}" if name else ""


def _source(relation: Relation) -> str:
    """A relation as FROM writes it."""
    table = relation.table
    return f"{table} AS {relation.name}" if table not in {"", relation.name} else relation.name


def _condition(left: Relation, right: Relation) -> str:
    """An equality of columns of the same name, an id if there is one."""
    shared = {field.name for field in left.fields} & {field.name for field in right.fields}
    key = min(shared, key=lambda name: (not name.endswith("id"), name), default="…")
    return f"{left.name}.{key} = {right.name}.{key}"


def _has_ttl(subject: Subject) -> bool:
    return any(subject.at("STATE_TTL"))
