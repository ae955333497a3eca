"""What a question over one table can speak of: its fields and those of tables joined to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.semantic_parser.form import Join
from app.semantic_parser.linking import keys
from app.semantic_parser.linking.terms import PER_HOP, Reach, Scope, Vocabulary

MAX_TABLES = 12
"""How many tables a scope goes to; in large catalogs many have a key in common."""

_MANY = 0.96
"""What a field is worth, on top, where its table has several rows for one of the root."""


def scope(vocabulary: Vocabulary, position: int) -> Scope:
    """The scope over the table at a position, prepared once."""
    found = vocabulary.scopes.get(position)
    if found is None:
        found = vocabulary.scopes[position] = _scope(vocabulary, position)
    return found


def _scope(vocabulary: Vocabulary, position: int) -> Scope:
    root = vocabulary.tables[position]
    reached = _reached(vocabulary, position)
    tables = (root, *(vocabulary.tables[p] for p in reached))
    ways = {vocabulary.tables[p].table.name: reach for p, reach in reached.items()}
    worths = [1.0, *(_worth(ways[terms.table.name]) for terms in tables[1:])]
    fields = [*root.fields]
    for terms, worth in zip(tables[1:], worths[1:], strict=True):
        hops = len(ways[terms.table.name].joins)
        fields += [replace(f, hops=hops, worth=worth) for f in terms.fields]
    return Scope(
        root=root,
        tables=tables,
        fields=tuple(fields),
        reached=ways,
        worths=tuple(worths),
        size=sum(len(terms.fields) for terms in vocabulary.tables),
    )


def _worth(reach: Reach) -> float:
    return PER_HOP ** len(reach.joins) * (_MANY if any(j.many for j in reach.joins) else 1.0)


def _reached(vocabulary: Vocabulary, position: int) -> dict[int, Reach]:
    """The tables up to two joins away, nearest first, those that add no rows before others."""
    found: dict[int, Reach] = {}
    for other, joins in _grouped(keys.joins_from(vocabulary.keys, position)):
        best = [j for j in joins if j.many == joins[0].many]
        found[other] = Reach((joins[0],), tuple(best) if len(best) > 1 else ())
        if len(found) >= MAX_TABLES:
            return found
    for first in [*found]:
        way = found[first].joins
        if way[-1].many or len(found) >= MAX_TABLES:
            continue
        for other, joins in _grouped(keys.joins_from(vocabulary.keys, first)):
            if other == position or other in found or joins[0].many:
                continue
            found[other] = Reach((*way, joins[0]))
            if len(found) >= MAX_TABLES:
                break
    return found


def _grouped(joins: Sequence[tuple[int, Join]]) -> Iterator[tuple[int, list[Join]]]:
    by_table: dict[int, list[Join]] = defaultdict(list)
    for other, join in joins:
        by_table[other].append(join)
    return iter(by_table.items())
