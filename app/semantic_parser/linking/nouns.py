"""Words to things: the rows of a table, and what its ids tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.catalog.model import Table
from app.semantic_parser import comments
from app.semantic_parser.form import Field
from app.semantic_parser.linking import keys, wordforms
from app.semantic_parser.linking.terms import (
    FieldTerms,
    Noun,
    Phrase,
    Scope,
    TableTerms,
    remember,
)
from app.semantic_parser.tokens import Token, stem, word_set

_ID_WORDS = word_set("number id identifi cod uniqu key nam no nr")
_IDS = word_set("id ids identifi uuid")
_VAGUE = word_set(
    "row record entri event data list table info detail log stream histori master status"
)
"""Stems at the end of a table's name that no one calls its rows by, when other words are there."""
_STATES = word_set("status histori log")
_PERSONS = word_set(
    "customer client user member subscriber patient guest passenger student employee worker player"
    " driver rider visitor applicant tenant"
)
"""Stems of what people are called whom rows may stand for."""
_ONE_ROW = re.compile(
    r"\bone (?:row|record|entry|line) (?:for|per) (?:each |every )?([^\W\d_][\w-]*)"
    r"(?= *(?:$|[.;:()]))",
    re.IGNORECASE,
)
"""What a row stands for: `One row for each account`."""
_ONCE = re.compile(r"(?:One|A single) ([a-z][a-z-]{1,20}) (?:[a-z]{2,}ed|shown|sent|given)\b")
"""What a key's comment says that a row is: `One ad shown once`."""
_LONGEST = 5
_REFERENCE = 0.95
"""What a noun of another table is worth for the column that refers to it: `pId` for players."""


def table_nouns(table: Table) -> dict[Phrase, float]:
    """Phrases for the rows of a table, with what they are worth."""
    found: dict[Phrase, float] = {}
    parts = wordforms.parts_of(table.name)
    for name in _spellings(parts):
        found.setdefault(name, 1.0 if name == tuple(stem(p) for p in parts) else 0.93)
        if len(name) > 1 and name[-1] not in _VAGUE:
            found.setdefault(name[-1:], 0.93)
        if len(name) > 1 and name[-1] in _VAGUE:
            found.setdefault(name[:-1], 0.6 if name[-1] in _STATES else 0.85)
    for phrase, score in _of_comment(table.comment):
        found.setdefault(phrase, score)
    for key in table.primary_key:
        column = table.column(key)
        if column and (once := _ONCE.match(column.comment)):
            found.setdefault(wordforms.stems_of(once[1]), 0.88)
    if any(phrase[-1] in _PERSONS for phrase in found):
        found.setdefault(("person",), 0.8)
    return found


def nouns_at(scope: Scope, tokens: Sequence[Token], start: int) -> tuple[Noun, ...]:
    """The things that words beginning at `start` name, best first; longer phrases before shorter.

    Args:
        scope: What the question may speak of.
        tokens: The question.
        start: Where the words begin.
    """
    stems: list[str] = []
    for token in tokens[start : start + _LONGEST] if start >= 0 else ():
        if token.kind not in {"word", "code"}:
            break
        stems.append(token.stem)
    key = ("nouns", *stems)
    found = scope.memo.get(key)
    if found is None:
        found = remember(scope.memo, key, _best(scope, tuple(stems)))
    return tuple(replace(n, start=start, stop=start + n.stop) for n in found)


def _best(scope: Scope, stems: Phrase) -> tuple[Noun, ...]:
    found: dict[tuple[str, tuple[Field, ...], bool], Noun] = {}
    for length in range(len(stems), 0, -1):
        for noun in _nouns(scope, stems[:length]):
            known = found.get((noun.table, noun.key, noun.is_rows))
            if known is None or noun.score > known.score + 0.1:
                found[noun.table, noun.key, noun.is_rows] = noun
    return tuple(sorted(found.values(), key=lambda n: -(n.score + 0.1 * n.stop)))


def key_of(table: Table) -> tuple[Field, ...]:
    """The fields that tell the rows of a table apart; empty where nothing does."""
    columns = [table.column(name) for name in table.primary_key]
    if not columns:
        columns = [keys.master_of(table)]
    return tuple(Field(table.name, c) for c in columns if c)


def _nouns(scope: Scope, span: Phrase) -> Iterator[Noun]:
    """What exactly these words name, as if they were the whole question."""
    for terms, worth in zip(scope.tables, scope.worths, strict=True):
        key = ("nouns", *span)
        known = terms.memo.get(key)
        if known is None:
            known = remember(terms.memo, key, tuple(_in_table(terms, span)))
        for score, fields, is_row in known:
            is_rows = is_row and terms is scope.root
            yield Noun(0, len(span), round(score * worth, 4), terms.table.name, fields, is_rows)
            own = _reference(scope, terms.table.name) if is_row and not is_rows else None
            if own is not None:
                yield Noun(0, len(span), round(score * _REFERENCE, 4), own.table, (own,), False)


def _reference(scope: Scope, table: str) -> Field | None:
    """The root's own column that says which row of a table is meant, called as its key is."""
    reach = scope.reached[table]
    join = reach.joins[0]
    if len(reach.joins) > 1 or reach.alternatives or join.many or len(join.on) > 1:
        return None
    (own, theirs), *_ = join.on
    return own if own.name == theirs.name and not own.within else None


def _in_table(terms: TableTerms, span: Phrase) -> Iterator[tuple[float, tuple[Field, ...], bool]]:
    """What the words name in one table: score, key, and whether its rows."""
    score = _fit(terms.nouns, span)
    if score:
        yield score, key_of(terms.table), True
    for field in terms.fields:
        score = _names_thing(field, terms, span) if field.is_id else 0.0
        if score:
            yield score, (field.field,), False


def _fit(nouns: Mapping[Phrase, float], span: Phrase) -> float:
    exact = nouns.get(span, 0.0)
    if exact:
        return exact
    if span[-1] in _IDS and span[1:]:
        return _fit(nouns, span[:-1])  # "player ids"
    best = 0.0
    for said, worth in wordforms.said_as(span[-1])[1:]:
        best = max(best, nouns.get((*span[:-1], said), 0.0) * worth)
    return best


def _names_thing(field: FieldTerms, table: TableTerms, span: Phrase) -> float:
    """How well a phrase names what an id field identifies: "parcel" for `shipment_id`."""
    words = set(span)
    if words == field.core or span in {field.name}:
        return 0.95
    if words == set(field.noun) - _ID_WORDS:
        return 0.92
    if span in field.aliases:
        return 0.88
    if len(span) != 1:
        return 0.0
    alias = table.aliases.get(span[0], "")
    if alias and ({alias} == field.core or {alias} == set(field.noun) - _ID_WORDS):
        return 0.85
    best = 0.0
    for said, worth in wordforms.said_as(span[0]):
        if len(field.parts) == 1:
            (part,) = field.parts
            best = max(best, field.slots[part].get(said, 0.0) * worth * 0.95)
        if field.noun[-1:] == (said,):
            best = max(best, 0.9 * worth * (1.0 if len(field.noun) == 1 else 0.9))
    return best


def _spellings(parts: Sequence[str]) -> list[Phrase]:
    """A name as stems: as written, and with abbreviations spelled out."""
    found = [tuple(stem(p) for p in parts)]
    for at, part in enumerate(parts):
        for said, worth in wordforms.meant_by(part).items():
            if wordforms.is_spelled_out(worth):
                found += [(*f[:at], said, *f[at + 1 :]) for f in [*found] if len(f) == len(parts)]
    return list(dict.fromkeys(found))[:16]


def _of_comment(comment: str) -> Iterator[tuple[Phrase, float]]:
    for said in _ONE_ROW.findall(comment):
        phrase = wordforms.stems_of(said)
        if phrase and phrase[0] not in _VAGUE:
            yield phrase, 0.93
    subject = comments.noun(comment)
    if subject:
        yield subject, 0.93
        if len(subject) > 1:
            yield subject[-1:], 0.9
    text = comment.partition(":")[0]
    near = set(comments.aliases(text).values()) <= {*subject[-1:]}
    for other in comments.other_names(text):
        phrase = wordforms.stems_of(other)
        if phrase:
            yield phrase, 0.9 if near else 0.8
            if len(phrase) > 1:
                yield phrase[-1:], 0.85 if near else 0.75
