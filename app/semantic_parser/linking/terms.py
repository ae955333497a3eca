"""What linking knows of a catalog, and what it finds in a question: plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog.model import Table
from app.semantic_parser.form import Constant, Field, Join
from app.semantic_parser.linking.keys import Keys

Phrase = tuple[str, ...]
"""Stems in order."""

Memo = dict[object, Any]

PER_HOP = 0.93
"""What a field of another table is worth for each table on the way, where an own one is 1."""


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The words that a field goes by, as stems.

    Attributes:
        field: The field.
        name: The parts of its name.
        slots: What each part can be said as, with what that is worth.
        core: The parts that are no unit and no kind of column: `load` of `load_ms`.
        head: Words of the first phrase of its COMMENT, without values listed there.
        noun: Those of them that say what it is: `reason` of `Reason of a decline`.
        aliases: Other phrases for it: those in parentheses, and what its name is short for.
        phrases: Phrases that only together name it, such as the whole head.
        unit: What its unit is called.
        rest: Words of the rest of the COMMENT.
        nulls: Words that say when it has no value.
        implied: Words that come with its kind: `time` where it is a duration.
        is_id: Whether it identifies something.
        when: Whether it is the time of the row and called after it: `order_time` of `orders`.
        hops: How many joins away its table is.
        worth: What it is worth beside a field of the root of equal fit.
        parts: Positions of the parts that make up `core`.
        odd: Parts that are no words and may be short for one, with their positions.
        joined: The name as a single word.
        prefixes: The letters that its codes begin with, as far as they are known: `st` of `ST07`.
    """

    field: Field
    name: Phrase
    slots: tuple[Mapping[str, float], ...]
    core: frozenset[str]
    head: frozenset[str]
    noun: Phrase
    aliases: tuple[Phrase, ...]
    phrases: frozenset[Phrase]
    unit: Phrase
    rest: frozenset[str]
    nulls: frozenset[str]
    implied: frozenset[str]
    is_id: bool
    when: bool
    hops: int = 0
    worth: float = 1.0
    parts: frozenset[int] = frozenset()
    odd: tuple[tuple[str, int], ...] = ()
    joined: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Meant:
    """A field and the constant in it that a phrase stands for."""

    field: Field
    value: Constant


@dataclass(frozen=True, slots=True)
class ValueTerms:
    """Phrases that stand for values of one table's fields.

    Attributes:
        phrases: The words of a value in order, to what they stand for.
        parts: Single words of longer phrases to those phrases.
        bags: The words of a value in any order, likewise.
        roots: What is left of single words without endings, likewise.
        scores: What phrases are worth that are not simply the value.
    """

    phrases: Mapping[Phrase, tuple[Meant, ...]]
    parts: Mapping[str, tuple[Phrase, ...]]
    bags: Mapping[frozenset[str], tuple[Phrase, ...]]
    roots: Mapping[str, tuple[Phrase, ...]]
    scores: Mapping[Phrase, float]


@dataclass(frozen=True, slots=True)
class TableTerms:
    """The words that a table goes by, as stems.

    Attributes:
        name: The parts of its name.
        nouns: Phrases for its rows, with what they are worth.
        comment: Content words of its COMMENT.
        subject: Those of them that say what its rows are: `Alerts` in `Alerts on payments`.
        aliases: Words that the COMMENT gives in parentheses, to the word before them.
        fields: Its own, ROW fields among them.
        values: What its fields hold.
        index: Stems to the positions of the fields that know them.
        odd: Parts of names that are no words, to the positions of their fields.
        memo: What words were found to mean here, since every scope with the table asks again.
        vectors: An embedding model, and what it makes of the fields; at most one of each.
    """

    table: Table
    name: Phrase
    nouns: Mapping[Phrase, float]
    comment: frozenset[str]
    subject: frozenset[str]
    aliases: Mapping[str, str]
    fields: tuple[FieldTerms, ...]
    values: ValueTerms
    index: Mapping[str, tuple[int, ...]]
    odd: Mapping[str, tuple[int, ...]]
    memo: Memo = field(default_factory=dict, repr=False, compare=False)
    vectors: list[tuple[object, Any]] = field(default_factory=list, repr=False, compare=False)


def remember(memo: Memo, key: object, found: Any) -> Any:
    """Notes what was found, and forgets all before when that is much."""
    if len(memo) >= _MEMO:
        memo.clear()
    memo[key] = found
    return found


_MEMO = 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """A field that the words from `start` to `stop` (exclusive) name."""

    field: Field
    start: int
    stop: int
    score: float
    hops: int = 0


@dataclass(frozen=True, slots=True)
class ValueLink:
    """Values that the words from `start` to `stop` (exclusive) stand for, any of them."""

    start: int
    stop: int
    score: float
    meant: tuple[Meant, ...]


@dataclass(frozen=True, slots=True)
class Noun:
    """Things that the words from `start` to `stop` (exclusive) name.

    Attributes:
        table: The table that they are things of, or that has the field that identifies them.
        key: The fields that tell one from another; empty for rows that nothing does.
        is_rows: Whether they are the rows of the scope's own table.
    """

    start: int
    stop: int
    score: float
    table: str
    key: tuple[Field, ...]
    is_rows: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How one table is reached: over which joins, and which others do as well."""

    joins: tuple[Join, ...]
    alternatives: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Everything that a question over one root table can speak of.

    Attributes:
        root: The table whose rows it is about.
        tables: It and those reached over keys, nearest first.
        fields: Its own fields, then those of tables reached.
        reached: Table names to how they are reached.
        worths: What each table is worth beside the root.
        memo: What words were found to name, so that each rule may ask anew.
        size: How many fields the whole catalog has.
    """

    root: TableTerms
    tables: tuple[TableTerms, ...]
    fields: tuple[FieldTerms, ...]
    reached: Mapping[str, Reach]
    worths: tuple[float, ...]
    memo: Memo = field(default_factory=dict, repr=False)
    size: int = 0

    def terms(self, field: Field) -> FieldTerms:
        """The words that one of its fields goes by."""
        if "terms" not in self.memo:
            own = {(t.field.table, t.field.name, t.field.within): t for t in self.fields}
            self.memo["terms"] = own
        terms: FieldTerms = self.memo["terms"][field.table, field.name, field.within]
        return terms

    def joins(self, tables: Iterable[str]) -> tuple[Join, ...]:
        """The joins that these tables need, each after those that it builds on."""
        needed: dict[str, Join] = {}
        for name in tables:
            for join in self.reached[name].joins if name in self.reached else ():
                needed.setdefault(join.table.name, join)
        return tuple(needed.values())

    def reaches(self, table: str) -> bool:
        """Whether the table is the root or can be joined to it."""
        return table == self.root.table.name or table in self.reached

    def ambiguous(self, table: str) -> tuple[Join, ...]:
        """The joins that lead there equally well; empty where there is only one."""
        return self.reached[table].alternatives if table in self.reached else ()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """A catalog prepared for linking.

    Attributes:
        tables: In the catalog's order.
        postings: Stems to the positions of the tables that know them.
        spellings: Words of names, comments and values, which typos are corrected to, with stems.
        odd: Parts of names that are no words, to the positions of their tables.
        keys: What its tables are joined by.
        scopes: Those asked for so far.
        initials: The words of `spellings` by their first letters, once they are needed.
    """

    tables: tuple[TableTerms, ...]
    postings: Mapping[str, tuple[int, ...]]
    spellings: Mapping[str, str]
    odd: Mapping[str, tuple[int, ...]]
    keys: Keys
    scopes: dict[int, Scope] = field(default_factory=dict, repr=False)
    initials: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
