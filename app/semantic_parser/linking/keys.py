"""Which tables belong together: by keys of the same name, by names of tables, by COMMENTs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.catalog.model import Column, Table
from app.semantic_parser import comments
from app.semantic_parser.form import Field, Join
from app.semantic_parser.linking import wordforms
from app.semantic_parser.tokens import stem, word_set
from app.semantic_parser.types import is_integer, is_number, is_text, is_time, looks_like_id

Key = tuple[str, ...]

_ID_PARTS = word_set("id uuid guid key number no nr num cod cd fk pk hash")
_WEAK = re.compile(r"(?:^|_|[a-z](?=[A-Z]))(?:code|key|hash|number|no|cd|Code|Key)$")
"""Ends of names that identify something only where a table is keyed by them."""
_ROLES = word_set(
    "from to src dst source target sender receiver recipient payer payee orig dest origin"
    " destination old new start end parent home away first second prev previous next billing"
    " shipping main primary owner debit credit in out left right counter reporter reported winner"
    " buyer seller created updated assigned"
)
_MENTION = re.compile(r"\b(\w+)\.(\w+)\b")


@dataclass(frozen=True, slots=True)
class Keys:
    """What a catalog's tables are joined by.

    Attributes:
        tables: In the catalog's order.
        masters: What a key stands for, to the positions of the tables that have one row for each.
        own: The column that tells the rows of each table apart, or None.
        shared: Names of columns that identify something, to where they are.
        named: Names of tables, in lower case, to their positions.
        pointers: Positions of tables to the columns elsewhere that point to them by another name.
    """

    tables: Sequence[Table]
    masters: Mapping[Key, tuple[tuple[int, Column], ...]]
    own: Sequence[Column | None]
    shared: Mapping[Key, tuple[tuple[int, Column], ...]]
    named: Mapping[str, int]
    pointers: dict[int, list[tuple[int, Column]]] = field(default_factory=dict)


def find(tables: Sequence[Table]) -> Keys:
    """The keys of a catalog."""
    masters: dict[Key, list[tuple[int, Column]]] = defaultdict(list)
    shared: dict[Key, list[tuple[int, Column]]] = defaultdict(list)
    own = [master_of(table) for table in tables]
    for position, (table, master) in enumerate(zip(tables, own, strict=True)):
        if master:
            for key in _keys_of_master(table, master):
                masters[key].append((position, master))
        for column in table.columns:
            if looks_like_id(column.name) and len(_thing(column.name)) > 0:
                shared[_key(column.name)].append((position, column))
    keys = Keys(
        tables=tables,
        masters={k: tuple(dict.fromkeys(v)) for k, v in masters.items()},
        own=own,
        shared={k: tuple(v) for k, v in shared.items()},
        named={t.name.lower(): i for i, t in enumerate(tables)},
    )
    _point(keys)
    return keys


def joins_from(keys: Keys, position: int) -> list[tuple[int, Join]]:
    """The joins from a table to each other, those that add no rows first."""
    table = keys.tables[position]
    found: dict[tuple[int, str, str], tuple[int, int, Join]] = {}
    for order, column in enumerate(table.columns):
        for other, theirs, many in _partners(keys, position, column):
            pair = (Field(table.name, column), Field(keys.tables[other].name, theirs))
            join = Join(keys.tables[other], (pair,), many)
            found.setdefault((other, column.name, theirs.name), (int(many), order, join))
    ranked = sorted(found.items(), key=lambda f: (f[1][0], f[1][1], f[0][0]))
    return [(other, join) for (other, _, _), (_, _, join) in ranked]


def master_of(table: Table) -> Column | None:
    """The column that tells the rows of a table apart, declared or not."""
    if len(table.primary_key) == 1:
        return table.column(table.primary_key[0])
    if table.primary_key or not table.columns:
        return None
    first = table.columns[0]
    if not looks_like_id(first.name) or not (is_text(first) or is_integer(first)):
        return None
    thing = _thing(first.name)
    rows = _singular_name(table.name)[-1:]
    is_own = not thing or thing[-1:] == rows or _begins_alike(thing[-1], rows[-1])
    return first if is_own or table.time_attribute is None else None


def _partners(keys: Keys, position: int, column: Column) -> Iterator[tuple[int, Column, bool]]:
    table = keys.tables[position]
    own = keys.own[position]
    for other, theirs in _masters_for(keys, column, is_own=column is own):
        if other != position and _same_type(column, theirs):
            yield other, theirs, False
    if column is own:
        for key in _keys_of_master(table, column):
            for other, theirs in keys.shared.get(key, ()):
                if other != position and _same_type(column, theirs):
                    yield other, theirs, keys.own[other] is not theirs
        yield from ((other, theirs, True) for other, theirs in keys.pointers.get(position, ()))
    elif looks_like_id(column.name) and not _WEAK.search(column.name):
        for other, theirs in keys.shared.get(_key(column.name), ()):
            if other != position and _same_type(column, theirs):
                yield other, theirs, keys.own[other] is not theirs


def _masters_for(keys: Keys, column: Column, *, is_own: bool) -> Iterator[tuple[int, Column]]:
    """The tables that a column points to."""
    mentioned = _mentioned(keys, column)
    if mentioned:
        yield mentioned
        return
    if is_time(column) or (is_own and not _thing(column.name)):
        return
    exact = keys.masters.get(_key(column.name), ())
    if exact and (looks_like_id(column.name) or _is_key_name(column, exact)):
        yield from exact
        return
    thing = _thing(column.name)
    for at in range(1, len(thing)):
        if looks_like_id(column.name) or set(thing[:at]) <= _ROLES:
            pointed = keys.masters.get(thing[at:], ())
            if pointed:
                yield from pointed
                return
    if looks_like_id(column.name) and not is_own:
        yield from keys.masters.get(comments.noun(column.comment), ())


def _point(keys: Keys) -> None:
    """Notes which columns point to a table under a name with a role: `fromAcct` to accounts."""
    for other, table in enumerate(keys.tables):
        own = keys.own[other]
        for column in table.columns:
            for position, theirs in _masters_for(keys, column, is_own=column is own):
                is_other = _key(column.name) != _key(theirs.name)
                if position != other and is_other and _same_type(column, theirs):
                    keys.pointers.setdefault(position, []).append((other, column))


def _mentioned(keys: Keys, column: Column) -> tuple[int, Column] | None:
    """The column that a comment points to: `references customers.id`."""
    for name, key in _MENTION.findall(column.comment):
        position = keys.named.get(name.lower())
        theirs = keys.tables[position].column(key) if position is not None else None
        if position is not None and theirs:
            return position, theirs
    return None


def _is_key_name(column: Column, masters: Sequence[tuple[int, Column]]) -> bool:
    """Whether a column that no ending marks as an id is one: it is called as a key is."""
    same = any(c.name.lower() == column.name.lower() for _, c in masters)
    return same or is_integer(column)


def _keys_of_master(table: Table, column: Column) -> tuple[Key, ...]:
    """What the key of a table is called elsewhere: `id` of `customers` is `customer_id`."""
    thing = _thing(column.name)
    own = _singular_name(table.name)
    found = [thing or own]
    if thing and not looks_like_id(column.name):
        return (thing,)
    if thing in {own, own[-1:]} or not thing:
        found.append(own)
        found.append(own[-1:])
    return tuple(dict.fromkeys(found))


def _key(name: str) -> Key:
    return _thing(name)


@lru_cache(maxsize=20_000)
def _thing(name: str) -> Key:
    """What a key identifies, abbreviations spelled out: `custId` a customer."""
    parts = [p for p in wordforms.parts_of(name) if stem(p) not in _ID_PARTS]
    return tuple(_spelled_out(p) for p in parts)


def _spelled_out(part: str) -> str:
    meant = wordforms.meant_by(part)
    longer = [s for s, worth in meant.items() if wordforms.is_spelled_out(worth)]
    return longer[0] if longer else stem(part)


def _singular_name(name: str) -> Key:
    return tuple(_spelled_out(p) for p in wordforms.parts_of(name)) or (name.lower(),)


def _begins_alike(one: str, other: str) -> bool:
    return len(one) >= 4 and (other.startswith(one) or one.startswith(other[: len(one)]))


def _same_type(one: Column, other: Column) -> bool:
    if is_number(one) and is_number(other):
        return is_integer(one) == is_integer(other)
    return is_text(one) and is_text(other)
