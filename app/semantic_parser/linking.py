"""Question words to tables, columns and values, by lexical form.

`vocabulary` prepares a catalog once; `link_column` and `link_value` look words up in one table of
it. Scores run from 0 to 1: an exact name is sure, a word of a COMMENT is a hint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import comments
from app.semantic_parser.form import Constant
from app.semantic_parser.lexicon import DURATION_NOUNS, MONEY_WORDS, STOP
from app.semantic_parser.tokens import name_parts, stem, tokenize, word_set
from app.semantic_parser.types import (
    is_boolean,
    is_duration,
    is_id,
    is_money,
    is_text,
    looks_like_id,
)

_SUFFIXES = word_set(
    "id uuid key ms s sec second min minut hour h eur usd pct at ts no nr number cod nam"
)
_GENERIC = word_set("time number id nam valu typ kind cod")
_ID_WORDS = word_set("number id identifi cod uniqu key nam")
_STOP_STEMS = frozenset(t.stem for word in STOP for t in tokenize(word))
_LONGEST_SPAN = 5


@dataclass(frozen=True, slots=True)
class ColumnTerms:
    """The words that a column goes by, as stems; in `nulls` those that say when it has none."""

    column: Column
    name: tuple[str, ...]
    core: frozenset[str]
    head: frozenset[str]
    rest: frozenset[str]
    nulls: frozenset[str]
    is_id: bool


@dataclass(frozen=True, slots=True)
class Meant:
    """A column and the constant in it that a phrase stands for."""

    column: Column
    value: Constant


@dataclass(frozen=True, slots=True)
class TableTerms:
    """The words that a table goes by, as stems.

    Attributes:
        name: The parts of its name.
        comment: Content words of its COMMENT.
        subject: Those of them that say what its rows are: `Alerts` in `Alerts on payments`.
        aliases: Words that the COMMENT gives in parentheses, to the word before them.
        values: Phrases to what they stand for.
        parts: Single words of longer phrases to those phrases.
    """

    table: Table
    name: tuple[str, ...]
    comment: frozenset[str]
    subject: frozenset[str]
    aliases: dict[str, str]
    columns: tuple[ColumnTerms, ...]
    values: dict[tuple[str, ...], tuple[Meant, ...]]
    parts: dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A catalog prepared for linking.

    Attributes:
        tables: In the catalog's order.
        postings: Stems to the positions of the tables that know them.
        spellings: Words of names, comments and values, which typos are corrected to, with stems.
    """

    tables: tuple[TableTerms, ...]
    postings: dict[str, tuple[int, ...]]
    spellings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A column that the words from `start` to `stop` (exclusive) name."""

    column: Column
    start: int
    stop: int
    score: float


def vocabulary(catalog: Catalog, values: Values) -> Vocabulary:
    """The catalog prepared; the last few are kept, since preparing costs more than parsing."""
    for known_catalog, known_values, prepared in _PREPARED:
        if known_catalog is catalog and known_values is values:
            return prepared
    prepared = _prepare(catalog, values)
    _PREPARED[:] = [(catalog, values, prepared), *_PREPARED[:3]]
    return prepared


_PREPARED: list[tuple[Catalog, Values, Vocabulary]] = []


def link_column(
    terms: TableTerms, stems: Sequence[str], start: int, accept: Callable[[ColumnTerms], bool]
) -> Link | None:
    """The best column that words beginning at `start` name, among those accepted."""
    best: Link | None = None
    best_rank = 0.0
    for length in range(min(4, len(stems) - start), 0, -1):
        span = tuple(stems[start : start + length])
        for column in terms.columns:
            score = _column_score(column, span) if accept(column) else 0.0
            rank = score + 0.15 * (length - 1)
            if score and rank > best_rank:
                best, best_rank = Link(column.column, start, start + length, score), rank
    return best


def link_value(
    terms: TableTerms, stems: Sequence[str], start: int
) -> tuple[int, tuple[Meant, ...], float] | None:
    """The longest phrase at `start` that stands for values: its end, the values and a score."""
    for length in range(min(_LONGEST_SPAN, len(stems) - start), 0, -1):
        span = tuple(stems[start : start + length])
        if span in terms.values:
            return start + length, terms.values[span], 1.0
        partial = _partial(terms, span)
        if partial:
            return start + length, partial, 0.8 if length == 1 else 0.9
    return None


def named_by(terms: TableTerms, noun: str) -> Column | None:
    """The id column whose values are the things that a noun names, or None.

    `shipment_id` is named by "shipment" through its name, and by "parcel" where its comment says
    "Parcel number".
    """
    identifiers = [c for c in terms.columns if c.is_id]
    for candidate in (noun, terms.aliases.get(noun, "")):
        for column in identifiers:
            if candidate and column.core == {candidate}:
                return column.column
        for column in identifiers:
            if candidate and column.head - _ID_WORDS == {candidate}:
                return column.column
    return None


def _column_score(column: ColumnTerms, span: tuple[str, ...]) -> float:
    if span == column.name:
        return 1.0
    if span[0] in _STOP_STEMS or span[-1] in _STOP_STEMS:
        return 0.0
    if len(span) > 1 and frozenset(span) == column.head:
        return 0.95  # "merchant category" is not the merchant
    named = [s for s in span if s in column.name]
    if named and frozenset(span) == column.core:
        return 0.97
    weights = [_word_weight(column, stem, named=bool(named)) for stem in span]
    if not all(weights):
        return 0.0
    if not named and span[0] in _GENERIC:
        return 0.0
    covered = len(set(named)) / len(column.core or column.name) if named else 1.0
    return sum(weights) / len(weights) * (0.8 + 0.2 * min(1.0, covered))


def _word_weight(column: ColumnTerms, stem: str, *, named: bool) -> float:
    if stem in column.name:
        return 0.0 if stem in _GENERIC and len(column.name) > 1 and not named else 0.95
    if stem in column.head:
        return 0.8
    if stem in _GENERIC and named:
        return 0.9
    return 0.5 if stem in column.rest else 0.0


def _partial(terms: TableTerms, span: tuple[str, ...]) -> tuple[Meant, ...]:
    """Values of one column that contain the span as a phrase; none where it is in too many."""
    if len(span[0]) < 4 or (len(span) == 1 and span[0] in {*terms.name, *terms.comment}):
        return ()
    phrases = [p for p in terms.parts.get(span[0], ()) if _contains(p, span)]
    meant = [
        m
        for phrase in phrases
        for m in terms.values[phrase]
        if len(span) > 1 or " " in str(m.value)
    ]  # "tents" may be all whose name has it; but "card" is not the code "expired_card"
    meant = [m for m in meant if not is_boolean(m.column)]
    columns = {m.column.name for m in meant}
    return tuple(meant) if len(columns) == 1 and len(meant) <= 5 else ()


def _contains(phrase: tuple[str, ...], span: tuple[str, ...]) -> bool:
    size = len(span)
    return any(phrase[i : i + size] == span for i in range(len(phrase) - size + 1))


def _prepare(catalog: Catalog, values: Values) -> Vocabulary:
    tables = tuple(_table_terms(t, values) for t in catalog)
    postings: dict[str, list[int]] = defaultdict(list)
    spellings: dict[str, str] = {}
    for position, terms in enumerate(tables):
        names = {*terms.name, *(s for c in terms.columns for s in c.name)}
        names |= {s for phrase in terms.values for s in phrase}
        for text in _surfaces(terms):
            spellings.update(_spellings(text))
        hints = {s for c in terms.columns for s in c.head | c.rest} | _measure_words(terms.table)
        for known in sorted(names | terms.comment | hints):
            postings[known].append(position)
    return Vocabulary(tables, {k: tuple(v) for k, v in postings.items()}, spellings)


def _spellings(text: str) -> dict[str, str]:
    """The words of a text and their plain plurals or singulars, with their stems."""
    words = {t.text for t in tokenize(text) if t.kind == "word"}
    words |= {w.removesuffix("s") if w.endswith("s") else w + "s" for w in words}
    return {w: stem(w) for w in words if len(w) >= 5 and w not in STOP}


def _surfaces(terms: TableTerms) -> Iterable[str]:
    """The names and values of a table as they are written."""
    yield terms.table.name
    yield terms.table.comment
    yield from (c.column.name for c in terms.columns)
    yield from (str(m.value) for meant in terms.values.values() for m in meant)


def _measure_words(table: Table) -> frozenset[str]:
    """General words for a table's measures: "revenue" is asked of tables with money."""
    money = MONEY_WORDS if any(is_money(c) for c in table.columns) else frozenset()
    return money | (DURATION_NOUNS if any(is_duration(c) for c in table.columns) else frozenset())


def _table_terms(table: Table, values: Values) -> TableTerms:
    phrases: dict[tuple[str, ...], list[Meant]] = defaultdict(list)
    for column in table.columns:
        for phrase, value in _phrases(table, column, values):
            phrases[phrase].append(Meant(column, value))
    parts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in phrases:
        for word in set(phrase) if len(phrase) > 1 else ():
            parts[word].append(phrase)
    return TableTerms(
        table=table,
        name=name_parts(table.name),
        comment=comments.content(table.comment),
        subject=comments.subject(table.comment),
        aliases=comments.aliases(table.comment),
        columns=tuple(_column_terms(c, table) for c in table.columns),
        values={k: tuple(v) for k, v in phrases.items()},
        parts={k: tuple(v) for k, v in parts.items()},
    )


def _column_terms(column: Column, table: Table) -> ColumnTerms:
    name = name_parts(column.name)
    head, _, rest = comments.head_and_rest(column.comment)
    listed = {s for value in comments.listed_values(column) for s in name_parts(value)}
    return ColumnTerms(
        column=column,
        name=name,
        core=frozenset(name) - _SUFFIXES or frozenset(name),
        head=comments.content(head) - (listed - frozenset(name)),
        rest=comments.content(comments.without_nulls(rest)) - listed,
        nulls=comments.nulls(rest),
        is_id=is_id(column, table) and not (is_text(column) and bool(listed)),
    )


def _phrases(
    table: Table, column: Column, values: Values
) -> Iterable[tuple[tuple[str, ...], Constant]]:
    if is_boolean(column):
        name = tuple(p for p in name_parts(column.name) if p not in {"is", "has", "was", "flag"})
        yield name, True
        return
    if not is_text(column) or (looks_like_id(column.name) and not comments.listed_values(column)):
        return
    sampled = values.of(table.name, column.name)
    known = {v.casefold() for v in sampled}
    listed = [v for v in comments.listed_values(column) if v.casefold() not in known]
    for value in dict.fromkeys([*sampled, *listed]):
        phrase = name_parts(value)
        if phrase and len(phrase) <= _LONGEST_SPAN + 3:
            yield phrase, value
    spelled = {v.casefold(): v for v in [*listed, *sampled]}
    for code, meaning in comments.meanings(column):
        if code.casefold() in spelled:
            yield name_parts(meaning), spelled[code.casefold()]
