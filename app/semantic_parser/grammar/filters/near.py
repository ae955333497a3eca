"""What stands beside words: the field they are said of, a negation, the thing they are about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Accept, Draft
from app.semantic_parser.grammar.said import Position
from app.semantic_parser.lexicon import GROUP_BY, MEASURED, STOP
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.tokens import tokenize, word_set
from app.semantic_parser.types import is_boolean

Phrases = tuple[tuple[str, ...], ...]

LINKING = word_set(
    "the in at by from with of via been be yet are is was were for to through on has have do does"
    " did had being a an any equal status = == value equals using those that which whose who they"
    " it them ones one into among lie lies"
)
"""Small words between a field and what is said of it."""
LISTED = word_set(", and or nor plus & as well")
"""What stands between the values of a list."""

_FROM = word_set("from origin sourc sender depart departur start pickup seller payer old src")
_TO = word_set("to destin destination dest target receiver arriv arrival end dropoff ship new dst")
_WAYS = {"from": _FROM, "to": _TO, "towards": _TO, "into": _TO, "for": _TO}
_TOOK = word_set("when took takes take taking lasted lasting lasts getting")
_REACH = 4
_NEGATIVE = word_set(
    "not no without excl excluding exclude excludes outside never neither nor non except excepting"
    " omitting ignoring besides"
)
_AUXILIARY = word_set("do does did have has had is are was were will would can could")
_NEGATIVE_PHRASES: Phrases = (
    ("with", "the", "exception", "of"),
    ("without", "counting"),
    ("without", "any"),
    ("not", "counting"),
    ("not", "including"),
    ("other", "than"),
    ("apart", "from"),
    ("aside", "from"),
    ("different", "from"),
    ("anything", "but"),
    ("all", "but"),
    ("leaving", "out"),
    ("rather", "than"),
    ("instead", "of"),
    ("except", "for"),
    ("except", "those"),
    ("none", "of"),
)
_NEGATED_AFTER: Phrases = (
    ("excluded",),
    ("aside",),
    ("not", "included"),
    ("not", "counted"),
    ("left", "out"),
)


def phrase_at(draft: Draft, i: int, phrases: Iterable[tuple[str, ...]]) -> int:
    """Where the first of the phrases that free words at `i` say stops; 0 where they say none."""
    first = draft.text(i)
    for words in phrases:
        if words[0] != first:
            continue
        stop = i + len(words)
        if draft.said(i, stop) == " ".join(words) and draft.is_free(i, stop):
            return stop
    return 0


def before(draft: Draft, i: int, accept: Accept, *, least: float = 0.6) -> Link | None:
    """The field named right before `i`, over small words: `status is`, `load time from`."""
    j = i
    while j > 0 and i - j < _REACH and draft.text(j - 1) in LINKING | _TOOK:
        j -= 1
    generic = (j - 1,) if j > 1 and draft.text(j - 1) in MEASURED else ()  # "attempt number above"
    for stop in dict.fromkeys((j, i, *generic)):
        links = (
            ending(draft, start, stop, accept, least=least)
            for start in range(max(0, stop - _REACH), stop)
        )
        found = [link for link in links if link and not _is_value(draft, link)]
        if found:
            return max(found, key=lambda k: (_rank(draft, k), k.start))
    return None


def _rank(draft: Draft, link: Link) -> float:
    """Longer names before shorter ones, but `orders of products` are products."""
    words = draft.said(link.start, link.stop).split()
    counted = 1 if "of" in words else len(words)
    return link.score + 0.15 * (counted - 1)


def _is_value(draft: Draft, link: Link) -> bool:
    """Whether words that only hint at a field have a value in them: `late scans of over 48`."""
    hinted = link.score < 0.9
    return hinted and any(
        v.score > 0.9 and v.stop <= link.stop
        for k in range(link.start, link.stop)
        for v in draft.values_at(k)
    )


def ending(
    draft: Draft, start: int, stop: int, accept: Accept, *, least: float = 0.6
) -> Link | None:
    """The best field that the words from `start` to exactly `stop` name."""
    for link in draft.fields_at(start, accept, least=least):
        if link.stop == stop:
            return link
    return None


def after(draft: Draft, i: int, accept: Accept, *, least: float = 0.6) -> Link | None:
    """The field named from `i` on, over `of` and articles: `48 delay hours`, `more of a delay`."""
    while draft.text(i) in {"of", "in", "the", "a", "an", "its", "their"}:
        i += 1
    return next(draft.fields_at(i, accept, least=least), None)


def implied(terms: FieldTerms, i: int, score: float) -> Link:
    """A field that is meant at `i` though no word there names it."""
    return Link(terms.field, i, i, score, terms.hops)


def by_way(draft: Draft, i: int, fields: Iterable[Field]) -> Field | None:
    """Which of several fields `from` or `to` before `i` means: where from, or where to."""
    fields = tuple(fields)
    if len(fields) == 1:
        return fields[0]
    way = _WAYS.get(draft.text(i - 1), frozenset())
    fitting = [f for f in fields if way & set(terms_of(draft, f).name)]
    return fitting[0] if len(fitting) == 1 else None


def is_far(draft: Draft, field: Field) -> bool:
    """Whether its table has several rows for one of these, and the question says nothing of it.

    `charging revenue` is not the revenue of what has a status `charging`.
    """
    reach = draft.scope.reached.get(field.table)
    if reach is None or not any(join.many for join in reach.joins):
        return False
    return not any(
        noun.table == field.table
        for i in range(len(draft))
        for noun in draft.nouns_at(i, taken=True)
    )


def terms_of(draft: Draft, field: Field) -> FieldTerms:
    """The words that a field of the scope goes by."""
    return next(t for t in draft.scope.fields if t.field == field)


def beside(draft: Draft, start: int, stop: int, field: Field) -> Link | None:
    """The field's own name next to its value: `status late`, `product pages`, `the app channel`."""

    def same(terms: FieldTerms) -> bool:
        return terms.field == field

    j = start
    while j > 0 and start - j < _REACH and draft.text(j - 1) in LINKING | _NEGATIVE | {"than"}:
        j -= 1
    for end in dict.fromkeys((start, j)):
        for begin in range(max(0, end - _REACH), end):
            link = ending(draft, begin, end, same, least=0.7)
            if link:
                return link
    return next(draft.fields_at(stop, same, least=0.7), None)


def take(draft: Draft, start: int, stop: int, score: float) -> None:
    """Takes words for a condition, but not the rows' own name at their ends."""
    for k in range(start, stop):
        noun = draft.rows_at(k)
        if noun is None or noun.stop > stop or (k, noun.stop) == (start, stop):
            continue
        if k == start:
            start = noun.stop
        elif noun.stop == stop:
            stop = k
            break
    draft.take(start, stop, "filter", score)


def negation(draft: Draft, i: int, field: Field) -> Position | None:
    """The words before `i` that turn around what is said there: `not`, `other than`, `without`."""
    j = i - 1
    while j >= 0 and i - j <= 6:
        for words in _NEGATIVE_PHRASES:
            start = j + 1 - len(words)
            if start >= 0 and phrase_at(draft, start, (words,)):
                return start, j + 1
        if draft.text(j) in _NEGATIVE and _may_take(draft, j):
            return j, j + 1
        if draft.text(j) == "but" and _is_all_but(draft, j):
            return j, j + 1
        if not _passes(draft, j, field):
            return _of_verb(draft, j)
        j -= 1
    return None


def _is_all_but(draft: Draft, j: int) -> bool:
    """`all orders but the cancelled ones`, `any carrier but Nordwind`."""
    whole = {"all", "any", "every", "everything", "anything", "everyone", "anyone"}
    return draft.is_free(j) and any(draft.text(k) in whole for k in range(max(0, j - 4), j))


def _of_verb(draft: Draft, j: int) -> Position | None:
    """`did not fire geo_jump`: the negation of the verb before."""
    is_verb = draft.text(j - 1) in {"not", "never"} and draft.text(j - 2) in _AUXILIARY
    return (j - 1, j) if is_verb and draft.is_free(j) and _may_take(draft, j - 1) else None


def negation_after(draft: Draft, i: int) -> Position | None:
    """`Berlin excluded`, `cancelled ones not counted`."""
    for k in range(i, min(i + 4, len(draft))):
        stop = phrase_at(draft, k, _NEGATED_AFTER)
        if stop:
            return k, stop
        is_noun = draft.rows_at(k) is not None
        if not is_noun and draft.text(k) not in LINKING | {"ones"}:
            return None
    return None


def is_negative(word: str) -> bool:
    """Whether a word alone turns around what follows it."""
    return word in _NEGATIVE


def _may_take(draft: Draft, i: int) -> bool:
    return draft.is_free(i) or draft.roles.get(i) == "filter"


def _passes(draft: Draft, j: int, field: Field) -> bool:
    """Whether a negation may stand before the word: `not paid by app`, `any reason except`."""
    word = draft.text(j)
    if word == "." and draft.text(j - 1) == "excl":
        return True
    if word in LINKING or word in {"ever", "actually", "than", "from", "any"}:
        return True
    stem = draft.stem(j)
    if len(stem) > 2 and stem in field.name.lower():
        return True
    return is_boolean(field.column) and word in comment_words(field.column.comment)


@lru_cache(maxsize=20_000)
def comment_words(comment: str) -> frozenset[str]:
    """The words of a comment as they are written, without small ones."""
    return frozenset(t.text for t in tokenize(comment) if t.text not in STOP)


def is_of_table_name(draft: Draft, i: int) -> bool:
    """Whether a word is of what rows are called: `quote` of quote requests, but not `quoted`."""
    return draft.stem(i) in draft.scope.root.name and not draft.text(i).endswith("ed")


def is_grouped(draft: Draft, start: int) -> bool:
    """Whether the words at `start` are what is asked for each of: `by product`, `per city`."""
    if draft.text(start - 1) in {"which", "what"} or is_split(draft, start):
        return True
    for words in GROUP_BY:
        begin = start - len(words)
        if begin >= 0 and draft.said(begin, start) == " ".join(words):
            return words != ("by",) or not _is_done(draft, begin - 1)
    return False


def is_split(draft: Draft, i: int) -> bool:
    """`split by whether the counter was faulty`: for yes and for no."""
    for k in range(i - 1, max(0, i - 6), -1):
        if draft.text(k) == "whether":
            return draft.text(k - 1) in {"by", "on", "per", "of"}
        if draft.tokens[k].kind == "mark":
            return False
    return False


def _is_done(draft: Draft, i: int) -> bool:
    """`paid by app`, `delivered by Nordwind`: who did it and no group."""
    word = draft.text(i)
    return word.endswith("ed") or word in {"paid", "sold", "bought", "sent", "made", "run", "done"}


def thing_before(draft: Draft, i: int) -> Noun | None:
    """The nearest thing named before `i`, over whatever words: what a condition is said of."""
    for start in range(i - 1, max(-1, i - 10), -1):
        noun = draft.noun_at(start, taken=True)
        if noun is not None and noun.stop <= i:
            return noun
    return None
