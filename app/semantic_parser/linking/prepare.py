"""A catalog prepared for linking, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from app.catalog.model import Catalog, Table
from app.catalog.values import Values
from app.semantic_parser import comments
from app.semantic_parser.lexicon import DURATION_NOUNS, MONEY_WORDS, STOP
from app.semantic_parser.linking import fieldterms, keys, names, nouns, values, wordforms
from app.semantic_parser.linking.terms import TableTerms, Vocabulary
from app.semantic_parser.tokens import stem
from app.semantic_parser.types import is_duration, is_money

_PREPARED: list[tuple[Catalog, Values, Vocabulary]] = []


def vocabulary(catalog: Catalog, sampled: Values) -> Vocabulary:
    """The catalog prepared; the last few are kept, since preparing costs more than parsing.

    Args:
        catalog: The tables.
        sampled: What their fields hold; a field of a ROW column goes by `column.field`.
    """
    for known_catalog, known_values, prepared in _PREPARED:
        if known_catalog is catalog and known_values is sampled:
            return prepared
    prepared = _prepare(catalog, sampled)
    _PREPARED[:] = [(catalog, sampled, prepared), *_PREPARED[:3]]
    return prepared


def _prepare(catalog: Catalog, sampled: Values) -> Vocabulary:
    tables = tuple(_table_terms(_spoken_of(t), sampled) for t in catalog)
    postings: dict[str, list[int]] = defaultdict(list)
    odd: dict[str, list[int]] = defaultdict(list)
    texts: set[str] = set()
    for position, terms in enumerate(tables):
        texts |= {*_surfaces(terms)}
        for known in sorted(_known(terms)):
            postings[known].append(position)
        for part in sorted(_odd(terms)):
            odd[part].append(position)
    words = {t.text for text in texts for t in wordforms.words_in(text) if t.kind == "word"}
    return Vocabulary(
        tables=tables,
        postings={k: tuple(v) for k, v in postings.items()},
        spellings=_spellings(words),
        odd={k: tuple(v) for k, v in odd.items()},
        keys=keys.find([t.table for t in tables]),
    )


def _spoken_of(table: Table) -> Table:
    """The table without the numbers that moments are stored as: they measure nothing."""
    return replace(table, columns=tuple(c for c in table.columns if c.name not in table.encoded))


def _table_terms(table: Table, sampled: Values) -> TableTerms:
    named = nouns.table_nouns(table)
    rows = frozenset(word for phrase in named for word in phrase)
    fields = fieldterms.field_terms(table, rows, sampled)
    index: dict[str, dict[int, None]] = defaultdict(dict)
    odd: dict[str, dict[int, None]] = defaultdict(dict)
    for at, field in enumerate(fields):
        for word in names.words_of(field):
            index[word][at] = None
        for part, _ in field.odd:
            odd[part][at] = None
    return TableTerms(
        table=table,
        name=tuple(stem(p) for p in wordforms.parts_of(table.name)),
        nouns=named,
        comment=comments.content(table.comment),
        subject=comments.subject(table.comment),
        aliases=comments.aliases(table.comment),
        fields=fields,
        values=values.table_values(table, fields, sampled),
        index={k: tuple(v) for k, v in index.items()},
        odd={k: tuple(v) for k, v in odd.items()},
    )


def _known(terms: TableTerms) -> set[str]:
    """Every stem that makes a question likely to be about the table."""
    found = {*terms.name, *terms.comment}
    found |= {word for phrase in terms.nouns for word in phrase}
    found |= {*terms.index}
    found |= {word for phrase in terms.values.phrases for word in phrase}
    found |= {*terms.values.roots}
    return found | _measure_words(terms.table)


def _odd(terms: TableTerms) -> set[str]:
    own = {p for p in wordforms.parts_of(terms.table.name) if wordforms.is_odd(p)}
    return own | {*terms.odd}


def _spellings(words: set[str]) -> dict[str, str]:
    """Words and their plain plurals or singulars, with their stems."""
    both = words | {w.removesuffix("s") if w.endswith("s") else w + "s" for w in words}
    return {w: stem(w) for w in sorted(both) if len(w) >= 4 and w not in STOP}


def _surfaces(terms: TableTerms) -> Iterable[str]:
    """The names and values of a table as they are written."""
    yield terms.table.name
    yield terms.table.comment
    for field in terms.fields:
        yield field.field.name
        yield comments.head_and_rest(field.field.column.comment)[0]
    yield from (str(m.value) for meant in terms.values.phrases.values() for m in meant)


def _measure_words(table: Table) -> frozenset[str]:
    """General words for a table's measures: "revenue" is asked of tables with money."""
    money = MONEY_WORDS if any(is_money(c) for c in table.columns) else frozenset()
    return money | (DURATION_NOUNS if any(is_duration(c) for c in table.columns) else frozenset())
