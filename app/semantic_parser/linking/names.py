"""Words to fields, by names and by what COMMENTs say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.semantic_parser.lexicon import NEGATIONS, STOP
from app.semantic_parser.linking import wordforms
from app.semantic_parser.linking.fieldterms import ID_WORDS, TIME_WORDS
from app.semantic_parser.linking.terms import FieldTerms, Link, Phrase, Scope, TableTerms, remember
from app.semantic_parser.tokens import Token, stem, word_set
from app.semantic_parser.types import is_time

_GENERIC = word_set("tim number id nam valu typ kind cod dat date identifi level")
_NEVER_ALONE = word_set("tim number id identifi dat date")
_FUNCTION = STOP | NEGATIONS | word_set("and or")
"""Words that name a field only where it is called just that."""
_ALL_PARTS = 0.8
"""Score of words that may each be meant by a part of a name, where they say all of it."""
_TINY = 0.71
"""What a word is worth for two letters of a name that it begins with."""
_BETWEEN = word_set("of the a an each every any")
_NO_OWNERS = word_set("number count sum total average share percentage rate fraction many")
"""What is `of` something else is computed, and no field."""
_UNITS_OF_MANY = word_set("second minut hour dai day euro dollar millisecond percent")
_LONGEST = 5
_QUALIFIER = -2
_ELSEWHERE = -1
_COMPANION = -3

Accept = Callable[[FieldTerms], bool]
Words = list[tuple[Token, int]]
"""The words of a phrase, each with how many tokens the phrase has up to its end."""
Weight = tuple[float, int]
"""How well a word fits, and which part of the name it says, if any."""


def fields_at(
    scope: Scope, tokens: Sequence[Token], start: int, accept: Accept | None = None
) -> tuple[Link, ...]:
    """Every field that words beginning at `start` name, best first.

    A longer phrase goes before a shorter one, and a field of the root before another's.

    Args:
        scope: What the question may speak of.
        tokens: The question.
        start: Where the words begin.
        accept: Which fields are wanted; all where it is None.
    """
    words = _words(tokens, start)
    key = ("fields", *(t.text for t, _ in words), *(length for _, length in words))
    found = scope.memo.get(key) or remember(scope.memo, key, _links(scope, words, key))
    return tuple(
        Link(terms.field, start, start + length, score, terms.hops)
        for terms, length, score in found
        if accept is None or accept(terms)
    )


def words_of(terms: FieldTerms) -> Iterator[str]:
    """Every stem that the field can be found by."""
    for slot in terms.slots:
        yield from slot
    yield from terms.joined
    sets = (terms.noun, terms.head, terms.rest, terms.implied, terms.unit)
    for phrase in (*terms.aliases, *terms.phrases, *sets):
        for word in phrase:
            yield word
            yield wordforms.root(word)


def says_head(terms: FieldTerms, stems: Iterable[str]) -> bool:
    """Whether words say what the field is, and not only of what: `amount` of `claimed_amount`."""
    words = {word for s in stems for word, _ in wordforms.said_as(s)} | set(stems)
    heads = {*terms.noun[-1:], *terms.unit, *terms.implied}
    heads |= {word for phrase in terms.aliases for word in phrase}
    own = terms.slots[max(terms.parts)] if terms.parts else {}
    return bool(words & (heads | {*own}))


def _words(tokens: Sequence[Token], start: int) -> Words:
    """The words from `start` on, each with where it ends; `of the` between two is passed over."""
    words: Words = []
    i = start
    while 0 <= i < len(tokens) and len(words) < _LONGEST:
        if tokens[i].kind not in {"word", "code"}:
            break
        if words and tokens[i].text in _BETWEEN:
            leads = tokens[i].text == "of" and words[-1][0].text not in _NO_OWNERS
            if not leads and tokens[i - 1].text != "of":
                break
            i += 1
            continue
        words.append((tokens[i], i + 1 - start))
        i += 1
    return words


def _links(scope: Scope, words: Words, key: object) -> tuple[tuple[FieldTerms, int, float], ...]:
    """The fields of all tables that the words name, best first, with the words' length."""
    if not words:
        return ()
    found: list[tuple[float, int, FieldTerms, int, float]] = []
    first = 0
    for table, worth in zip(scope.tables, scope.worths, strict=True):
        known = table.memo.get(key)
        if known is None:
            known = remember(table.memo, key, tuple(_in_table(table, words)))
        for at, length, score, rank in known:
            terms = scope.fields[first + at]
            found.append((-rank * worth, first + at, terms, length, round(score * worth, 4)))
        first += len(table.fields)
    found.sort(key=lambda f: (f[0], f[1]))
    return tuple((terms, length, score) for _, _, terms, length, score in found)


def _in_table(table: TableTerms, words: Words) -> Iterator[tuple[int, int, float, float]]:
    """The fields of one table: position, length of the words, score and rank."""
    for position in _candidates(table, [t for t, _ in words[:2]]):
        best = _best(table, table.fields[position], words)
        if best:
            yield position, *best


def _candidates(table: TableTerms, words: Sequence[Token]) -> Iterable[int]:
    found = dict.fromkeys(_known_by(table, words[0]))
    if len(words) > 1:
        if _is_thing_of(table, words[0]):
            found.update(dict.fromkeys(_known_by(table, words[1])))
        found.update(dict.fromkeys(table.index.get(words[0].text + words[1].text, ())))
    return found


def _known_by(table: TableTerms, word: Token) -> Iterator[int]:
    for said, _ in wordforms.said_as(word.stem):
        yield from table.index.get(said, ())
    if len(word.text) > 3:
        for part, positions in table.odd.items():
            if part[0] == word.text[0] and (
                wordforms.abbreviates(part, word.text) or wordforms.begins(part, word.text)
            ):
                yield from positions


def _is_thing_of(table: TableTerms, word: Token) -> bool:
    return table.nouns.get((word.stem,), 0.0) >= 0.8


def _best(table: TableTerms, terms: FieldTerms, words: Words) -> tuple[int, float, float] | None:
    """The best stretch of words for a field: where it ends, its score and its rank."""
    best: tuple[int, float, float] | None = None
    weights: list[Weight] = []
    for count, (word, length) in enumerate(words, start=1):
        weight = _weight(terms, word)
        if not weight[0] and _qualifies(table, terms, word) and length == count:
            weight = (0.95, _QUALIFIER)
        weights.append(weight)
        score = _score(terms, [t for t, _ in words[:count]], weights)
        rank = score + 0.15 * (count - 1)
        if score and (best is None or rank > best[2]):
            best = (length, score - (0.02 if length > count else 0.0), rank)
        if not weight[0] and count > 1:
            break
    return best


def _qualifies(table: TableTerms, terms: FieldTerms, word: Token) -> bool:
    """Whether a word says whose field it is: the customer's of "customer country"."""
    if terms.is_id and word.stem in ID_WORDS:
        return True
    return _is_thing_of(table, word)


def _weight(terms: FieldTerms, word: Token) -> Weight:
    """What a word says of a field: how well it fits, and which part of the name it is."""
    best: Weight = (0.0, _ELSEWHERE)
    if _is_function(terms, word):
        return best
    said = wordforms.said_as(word.stem)
    for position, slot in enumerate(terms.slots):
        for stem_, worth in said:
            fit = slot.get(stem_, 0.0) * worth
            if fit > best[0]:
                best = (fit, position)
    if best[0] >= 0.9:
        return best
    for part, position in terms.odd:
        fit = _short_for(terms, part, word)
        if fit > best[0]:
            best = (fit, position)
    for stem_, worth in said:
        fit = worth * _hint(terms, stem_, exact=worth >= wordforms.ROOT)
        if fit > best[0]:
            goes_along = stem_ in terms.implied or stem_ in terms.unit
            best = (fit, _COMPANION if goes_along else _ELSEWHERE)
    return best


def _short_for(terms: FieldTerms, part: str, word: Token) -> float:
    """How well a part of a name that is no English word abbreviates a word."""
    begins = wordforms.begins(part, word.text) and len(terms.slots) > 1
    return max(wordforms.abbreviates(part, word.text), _TINY if begins else 0.0)


def _is_function(terms: FieldTerms, word: Token) -> bool:
    return word.text in _FUNCTION and word.text not in terms.joined and not _is_done(terms, word)


def _is_done(terms: FieldTerms, word: Token) -> bool:
    """Whether a small word is what a time is called after: `registered` of `regDt`."""
    done = word.text.endswith("ed") and is_time(terms.field.column)
    return done and any(terms.slots[at].get(word.stem, 0.0) for at in terms.parts)


def _hint(terms: FieldTerms, word: str, *, exact: bool) -> float:
    """What a word of the comment is worth."""
    if word in terms.noun[-1:]:
        return 0.88
    if any(word in alias for alias in terms.aliases):
        return 0.8
    if not exact:
        return 0.0
    if word in terms.noun:
        return 0.72
    if word in terms.unit:
        return 0.7
    if word in terms.head:
        return 0.62
    if word in terms.implied:
        return 0.74 if word == "amount" else 0.6
    return 0.5 if word in terms.rest else 0.0


def _is_spelled(terms: FieldTerms, words: Sequence[Token]) -> bool:
    """Whether words are a field's name itself, however they are joined."""
    text = "".join(w.text for w in words)
    if text in terms.joined or stem(text) in terms.joined:
        return True
    return tuple(w.stem for w in words) == terms.name and words[0].text not in _FUNCTION


def _is_mere_function(terms: FieldTerms, word: Token) -> bool:
    return word.text in _FUNCTION and not _is_done(terms, word)


def _score(terms: FieldTerms, words: Sequence[Token], weights: Sequence[Weight]) -> float:
    stems = tuple(w.stem for w in words)
    if _is_spelled(terms, words):
        return 1.0
    if len(stems) > 1 and stems == terms.noun:
        return 0.95  # "record label", though `record` may say nothing
    ends = (words[0], words[-1])
    if not all(w for w, _ in weights) or any(_is_mere_function(terms, w) for w in ends):
        return 0.0
    own = [(w, s) for w, s in zip(weights, stems, strict=True) if w[1] != _QUALIFIER]
    if not own or (terms.when and not {s for _, s in own} & TIME_WORDS):
        return 0.55 if own else 0.0
    said = tuple(s for _, s in own)
    covered = {w[1] for w, _ in own if w[1] >= 0}
    fits = [max(w, 0.85) if covered and p == _COMPANION else w for (w, p), _ in own]
    mean = sum(fits) / len(fits)
    is_whole = bool(terms.parts) and terms.parts <= covered
    tiny = any(w == _TINY and p in terms.parts for (w, p), _ in own)
    if tiny and not (is_whole and len(covered) > 1):
        return 0.0
    full = _in_full(terms, said, stems)
    if is_whole and all(w[1] >= 0 for w, _ in own):
        return max(full, 0.97 * mean, _ALL_PARTS if len(covered) > 1 else 0.0)
    if set(said) <= _GENERIC and full < 0.9:
        return _generic(terms, set(said), mean)
    if full or (len(own) < len(words) and not is_whole):
        return full
    share = len(covered & terms.parts) / len(terms.parts) if covered & terms.parts else 1.0
    return mean * (0.8 + 0.2 * share) * (0.98 if covered else 1.0)


def _in_full(terms: FieldTerms, said: Phrase, stems: Phrase) -> float:
    """What a phrase is worth that the comment names the field by; 0 where it is none."""
    if set(said) == set(terms.noun) and not set(said) <= _NEVER_ALONE:
        return 0.95
    if said in terms.aliases or stems in terms.aliases or stems in terms.phrases:
        return 0.92 if len(stems) > 1 else 0.88
    if said == terms.unit:
        return 0.6 if set(said) & _UNITS_OF_MANY else 0.88
    return 0.0


def _generic(terms: FieldTerms, said: set[str], mean: float) -> float:
    if said <= _NEVER_ALONE:
        return 0.5 if is_time(terms.field.column) and said <= TIME_WORDS else 0.0
    return 0.8 if said == {*terms.noun[-1:]} else min(0.6, mean)
