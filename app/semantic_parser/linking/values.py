"""Words to values: those sampled, those that COMMENTs list, what codes and flags mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.catalog.model import Table
from app.catalog.values import Values as Sampled
from app.semantic_parser import comments
from app.semantic_parser.form import Constant, Field
from app.semantic_parser.lexicon import NEGATIONS, STOP
from app.semantic_parser.linking import places, wordforms
from app.semantic_parser.linking.terms import (
    FieldTerms,
    Meant,
    Phrase,
    Scope,
    TableTerms,
    ValueLink,
    ValueTerms,
    remember,
)
from app.semantic_parser.tokens import Token, stem, tokenize, word_set
from app.semantic_parser.types import (
    element_of,
    is_boolean,
    is_integer,
    text_of,
)

_LONGEST_SPAN = 6
_LONGEST_VALUE = 8
_MOST_ALIKE = 5
_FLAG_PARTS = word_set("is has was flag can did")
_PLACE_NAMES = word_set("countri nation market area region origin destination")
_STOP_STEMS = frozenset(t.stem for word in STOP for t in tokenize(word))
_PARTICLES = word_set("up off out in down back")
_SMALL = word_set(
    "at the of by for in on a an to from with was were is are been due because and out"
)

_PLAIN = 0.95
"""What phrases score that are the value itself or its meaning, and may be said in part."""
_FUNCTION = STOP | NEGATIONS | {"or", "on", "off"}

Said = tuple[Phrase, Constant, float]


def table_values(table: Table, fields: Sequence[FieldTerms], sampled: Sampled) -> ValueTerms:
    """The phrases that stand for values of a table's fields."""
    phrases: dict[Phrase, dict[Meant, None]] = defaultdict(dict)
    scores: dict[Phrase, float] = {}
    for terms in fields:
        for phrase, value, score in _said(table, terms, sampled):
            if phrase and len(phrase) <= _LONGEST_VALUE:
                phrases[phrase][Meant(terms.field, value)] = None
                scores[phrase] = max(score, scores.get(phrase, 0.0))
    parts: dict[str, list[Phrase]] = defaultdict(list)
    bags: dict[frozenset[str], list[Phrase]] = defaultdict(list)
    roots: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in phrases:
        if len(phrase) == 1:
            roots[wordforms.root(phrase[0])].append(phrase)
            continue
        for word in dict.fromkeys(phrase) if scores[phrase] >= _PLAIN else ():
            parts[word].append(phrase)
        bags[_bag(phrase)].append(phrase)
    for phrase, meant in phrases.items():
        for text in {m.value for m in meant if isinstance(m.value, str) and " " not in m.value}:
            apart = wordforms.taken_apart(text)
            if len(apart) > len(phrase):
                bags[_bag(apart)].append(phrase)
    return ValueTerms(
        phrases={k: tuple(v) for k, v in phrases.items()},
        parts={k: tuple(v) for k, v in parts.items()},
        bags={k: tuple(v) for k, v in bags.items()},
        roots={k: tuple(v) for k, v in roots.items()},
        scores={k: v for k, v in scores.items() if v < 1.0},
    )


def values_at(scope: Scope, tokens: Sequence[Token], start: int) -> tuple[ValueLink, ...]:
    """The values that words beginning at `start` stand for, best first.

    Longer phrases go before shorter ones; values of several fields that are written the same are
    meant together, in one link for each table.

    Args:
        scope: What the question may speak of.
        tokens: The question.
        start: Where the words begin.
    """
    end = start
    while 0 <= end < len(tokens) and end < start + _LONGEST_SPAN and tokens[end].kind != "mark":
        end += 1
    stems = tuple(t.stem for t in tokens[start:end])
    if not stems:
        return ()
    key = ("values", *stems, tokens[start].raw)
    known = scope.memo.get(key)
    if known is None:
        known = remember(scope.memo, key, _found(scope, tokens[start], stems))
    return tuple(ValueLink(start, start + length, score, meant) for length, score, meant in known)


def _found(
    scope: Scope, first: Token, stems: Phrase
) -> tuple[tuple[int, float, tuple[Meant, ...]], ...]:
    """What words stand for in all tables, best first: length, score and values."""
    key = ("values", *stems)
    found: list[tuple[int, float, tuple[Meant, ...]]] = []
    for terms, worth in zip(scope.tables, scope.worths, strict=True):
        known = terms.memo.get(key)
        if known is None:
            known = remember(terms.memo, key, tuple(_links(terms, stems)))
        found += [
            (length, round(score * worth, 4), meant)
            for length, score, meant in known
            if length > 1 or _is_meant(first, meant)
        ]
    return tuple(sorted(found, key=lambda v: -(v[1] + 0.15 * v[0])))


def _is_meant(token: Token, meant: Sequence[Meant]) -> bool:
    """Whether a small word is a value, as in "AT" for Austria: only where it is written so."""
    return token.text not in _FUNCTION or any(str(m.value) == token.raw for m in meant)


def _links(terms: TableTerms, stems: Phrase) -> Iterator[tuple[int, float, tuple[Meant, ...]]]:
    values = terms.values
    seen: set[tuple[Meant, ...]] = set()
    for length in range(len(stems), 0, -1):
        span = stems[:length]
        for score, meant in _span(terms, values, span):
            if meant and meant not in seen:
                seen.add(meant)
                yield length, score, meant


def _span(
    terms: TableTerms, values: ValueTerms, span: Phrase
) -> Iterator[tuple[float, tuple[Meant, ...]]]:
    if span in values.phrases:
        yield values.scores.get(span, 1.0), values.phrases[span]
        return
    if span[0] in _SMALL or span[-1] in _SMALL:
        return
    if len(span) == 1:
        if span[0] in _STOP_STEMS:
            return
        alike = values.roots.get(wordforms.root(span[0]), ())
        if alike:
            yield 0.88, _of(values, alike)
    else:
        together = values.phrases.get(("".join(span),))
        if together:
            yield 0.95, together
        bag = values.bags.get(_bag(span), ())
        if bag:
            yield 0.75 if len(span) == len(_bag(span)) else 0.72, _of(values, bag)
    yield from _partial(terms, span)


def _bag(phrase: Phrase) -> frozenset[str]:
    """The words of a phrase in any order, without endings and small words."""
    return frozenset(wordforms.root(w) for w in phrase if w not in _SMALL or w == "out")


def _of(values: ValueTerms, phrases: Iterable[Phrase]) -> tuple[Meant, ...]:
    return tuple(dict.fromkeys(m for p in phrases for m in values.phrases[p]))


def _partial(terms: TableTerms, span: Phrase) -> Iterator[tuple[float, tuple[Meant, ...]]]:
    """Values of one field that contain the span as a phrase; none where it is in too many."""
    if len(span[0]) < 4 or (len(span) == 1 and span[0] in {*terms.name, *terms.comment}):
        return
    phrases = [p for p in terms.values.parts.get(span[0], ()) if _contains(p, span)]
    meant = [m for m in _of(terms.values, phrases) if not is_boolean(m.field.column)]
    if not meant or len(meant) > _MOST_ALIKE or len({m.field for m in meant}) != 1:
        return
    if len(span) > 1 or all(_is_titled(str(m.value), span[0]) for m in meant):
        yield (0.8 if len(span) == 1 else 0.9), tuple(meant)
    elif len(meant) == 1:
        yield 0.5, tuple(meant)  # "card" may be the code "expired_card", and most likely is not


def _is_titled(value: str, stem: str) -> bool:
    """Whether a word is part of a name: `Nordhang Tent 2P`, but not `late check-out`."""
    words = [t for t in tokenize(value) if t.stem == stem]
    return " " in value and any(t.raw[:1].isupper() for t in words)


def _contains(phrase: Phrase, span: Phrase) -> bool:
    size = len(span)
    return any(phrase[i : i + size] == span for i in range(len(phrase) - size + 1))


def _said(table: Table, terms: FieldTerms, sampled: Sampled) -> Iterator[Said]:
    column = element_of(terms.field.column)
    if is_boolean(column):
        yield from _flags(terms)
    elif is_integer(column):
        for code, meaning in comments.meanings(column):
            yield wordforms.stems_of(meaning), Decimal(code), 0.9
    elif text_of(column):
        listed = comments.listed_values(terms.field.column)
        if not terms.is_id or listed:
            yield from _texts(table, terms.field, sampled, listed)


def _negates_another(phrase: Phrase, values: Iterable[str]) -> bool:
    """`pending (replied, not solved)`: what is not solved may be open as well."""
    turned = phrase[:1] in {("not",), ("no",), ("never",)}
    return turned and phrase[1:] in {wordforms.stems_of(v) for v in values}


def _flags(terms: FieldTerms) -> Iterator[Said]:
    parts = wordforms.parts_of(terms.field.name)
    yield tuple(stem(p) for p in parts if stem(p) not in _FLAG_PARTS), True, 1.0
    for text, value, score in comments.truths(terms.field.column):
        phrase = wordforms.stems_of(text)
        if phrase and not (len(phrase) == 1 and phrase[0] in _STOP_STEMS):
            yield phrase, value, score


def _texts(table: Table, field: Field, sampled: Sampled, listed: Sequence[str]) -> Iterator[Said]:
    name = f"{field.within}.{field.name}" if field.within else field.name
    seen = sampled.of(table.name, name)
    known = {v.casefold(): v for v in [*listed, *seen]}
    for value in known.values():
        phrase = wordforms.stems_of(value)
        yield phrase, value, 1.0
        if len(phrase) == 2 and phrase[1] in _PARTICLES:
            yield ("".join(phrase),), value, 0.9  # "pickups" are what was picked up
    for code, meaning in comments.meanings(field.column):
        value = known.get(code.casefold(), "")
        phrase = wordforms.stems_of(meaning)
        if value and not _negates_another(phrase, known.values()):
            yield phrase, value, 0.97
    words = {s for part in wordforms.parts_of(field.name) for s in wordforms.meant_by(part)}
    speaks = bool(words & {"languag", "local", "lang"})
    if speaks or words & _PLACE_NAMES:
        for other, value in places.other_names(tuple(known.values()), speaks=speaks):
            yield wordforms.stems_of(other), value, 0.9
