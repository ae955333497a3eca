"""Codes of things: `order O-5f3a`, `meters M-003 and M-004`, `line 42`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.semantic_parser.form import Constant, Equals, Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.linking import FieldTerms, Link, wordforms
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_number, is_text

_Fits = Callable[[FieldTerms, str], bool]
_NUMBER_WORDS = word_set("number numbers no nr id ids code codes #")
_OF_ANOTHER = word_set("of for from by in at on to")
_IS = word_set("is = == equals")
_KNOWN = 0.9
"""Score of a value that is written just so, wherever it is known from."""
_PERCENTILE = re.compile(r"[pP]\d\d?")
_CODE = re.compile(r"[A-Za-z]{1,4}[-_]\d{1,6}|[A-Za-z]{1,3}\d{2,}")
_LETTERS = re.compile(r"[A-Za-z]+(?=[-_]?\d)")


def identifiers(draft: Draft) -> None:
    """Codes beside what they identify, with those listed after them."""
    i = 0
    while i < len(draft):
        i = max(i + 1, _identifier(draft, i))


def named_values(draft: Draft) -> None:
    """`district Nord`: a name right behind a field that no values are known of."""
    known: set[Field] | None = None
    for i in range(1, len(draft)):
        token = draft.tokens[i]
        if not draft.is_free(i) or token.kind != "word" or not token.raw[:1].isupper():
            continue
        link = next(
            (
                k
                for s in range(max(0, i - 3), i)
                if (k := near.ending(draft, s, i, _is_name, least=0.9))
            ),
            None,
        )
        if link is None or draft.rows_at(link.start):
            continue
        known = known or {m.field for v in draft.scope.root.values.phrases.values() for m in v}
        if link.field in known or any(v.score >= _KNOWN for v in draft.values_at(i)):
            continue
        stop = i + 1
        while draft.is_free(stop) and draft.tokens[stop].raw[:1].isupper():
            stop += 1
        value = " ".join(t.raw for t in draft.tokens[i:stop])
        draft.add_filter(Equals(link.field, (value,)), link.start, stop)
        draft.take(link.start, stop, "filter", 0.8)


def _is_name(terms: FieldTerms) -> bool:
    return is_text(terms.field.column) and not terms.hops


def _identifier(draft: Draft, i: int) -> int:
    if not _is_code(draft, i):
        return 0
    link = _identified(draft, i)
    value = _value(draft, i, link.field) if link else None
    if link is None or value is None:
        return 0
    values, stop = [value], i + 1
    while (following := _next_listed(draft, stop)) and (
        more := _value(draft, following, link.field)
    ) is not None:
        values.append(more)
        stop = following + 1
    turned = near.negation(draft, link.start, link.field)
    if turned:
        draft.take(*turned, "filter")
    draft.add_filter(
        Equals(link.field, tuple(values), negated=turned is not None), min(link.start, i), stop
    )
    draft.take(i, stop, "filter")
    draft.take(link.start, link.stop, "filter", link.score)
    return stop


def _is_code(draft: Draft, i: int) -> bool:
    token = draft.tokens[i]
    is_plain = token.kind == "number" and token.raw.isdecimal()
    return draft.is_free(i) and (token.kind == "code" or is_plain)


def _next_listed(draft: Draft, i: int) -> int:
    """Where the next code of a list is; 0 where the list ends."""
    k = i
    while draft.text(k) in near.LISTED and draft.is_free(k):
        k += 1
    return k if k > i and k < len(draft) and _is_code(draft, k) else 0


def _value(draft: Draft, i: int, field: Field) -> Constant | None:
    token = draft.tokens[i]
    return token.raw if is_text(field.column) else token.number


def _identified(draft: Draft, i: int) -> Link | None:
    """The field that the code is a value of: named before, by the thing, or by its prefix."""
    token = draft.tokens[i]
    known = list(draft.values_at(i))
    if known and known[0].stop >= i + 1 and token.kind == "code":
        return None  # a value: those know their fields better
    shaped = _by_prefix(draft, i, (_has_prefix,)) if token.kind == "code" else None
    at = i - (draft.text(i - 1) in _NUMBER_WORDS and draft.is_free(i - 1))
    link = near.before(draft, at, _is_key) or near.before(draft, i, _is_key)
    if link and (_is_of_rows(draft, link, at) or _does(draft, link.stop, at)):
        link = None
    by_thing = _by_thing(draft, at)
    if link and by_thing and link.start < by_thing.start and not _names(draft, link, by_thing):
        link = None  # "the order ids of courier C-1", "the order ids courier C-1 has"
    if shaped and not (link and near.terms_of(draft, link.field).prefixes):
        return shaped if link is None or draft.rows_at(link.start) else _by_way(draft, link)
    if link and (token.kind == "code" or link.stop == at or draft.text(i - 1) in _IS):
        return _by_way(draft, link)
    if by_thing:
        return _by_way(draft, by_thing)
    if token.kind == "number":
        return None
    return _by_prefix(draft, i, (_has_prefix, _begins_like, _called_like))


def _names(draft: Draft, link: Link, thing: Link) -> bool:
    """Whether a field goes by the name of the thing right before its code."""
    words = near.terms_of(draft, link.field)
    said = {draft.stem(i) for i in range(thing.start, thing.stop)}
    return link.field == thing.field or bool(said & {*words.core, *words.noun})


def _is_of_rows(draft: Draft, link: Link, i: int) -> bool:
    """`sales of X-4` are not the sale X-4, but those of something else."""
    between = {draft.text(k) for k in range(link.stop, i)}
    several = draft.text(link.stop - 1).endswith("s") and draft.rows_at(link.start) is not None
    return several and bool(between & _OF_ANOTHER)


def _does(draft: Draft, start: int, stop: int) -> bool:
    """`which song did U-7 play`: who does something to the thing, and not which thing it is."""
    return any(draft.text(k) in {"did", "do", "does", "has", "have"} for k in range(start, stop))


def _is_key(terms: FieldTerms) -> bool:
    column = terms.field.column
    return terms.is_id and (is_text(column) or is_number(column))


def _by_thing(draft: Draft, i: int) -> Link | None:
    """`customer C-10002`: the key of the thing that is named right before."""
    for start in range(max(0, i - 3), i):
        noun = draft.noun_at(start)
        if noun and noun.stop == i and len(noun.key) == 1:
            own = _own(draft, noun.key[0])
            return Link(own, noun.start, noun.stop, noun.score)
    return None


def _by_way(draft: Draft, link: Link) -> Link:
    """`from account A-1`, where rows have an account that they come from and one they go to."""
    held = link.field.name.lower()
    fitting = [
        t.field
        for t in draft.scope.fields
        if not t.hops and is_text(t.field.column) and t.core & near.terms_of(draft, link.field).core
    ]
    chosen = near.by_way(draft, link.start, fitting) if len(fitting) > 1 else None
    if chosen is None or chosen.name.lower() == held:
        return link
    return Link(chosen, link.start, link.stop, link.score)


def _own(draft: Draft, key: Field) -> Field:
    """The root's own column where it refers to that thing by the same name."""
    name = draft.scope.root.table.name
    own = draft.scope.root.table.column(key.name)
    return Field(name, own) if own is not None and not key.within else key


def _by_prefix(draft: Draft, i: int, ways: Sequence[_Fits]) -> Link | None:
    """A code by itself, of the one field that has codes like it, or is abbreviated like it.

    `ST07` is a station where no other key begins so, and `AMB-1005` what has such values.
    """
    found = _LETTERS.match(draft.tokens[i].raw)
    if not found or _PERCENTILE.fullmatch(draft.tokens[i].raw):
        return None
    letters = found[0].lower()
    for fits in ways:
        fitting = [t for t in draft.scope.fields if fits(t, letters)]
        nearest = [t for t in fitting if t.hops == min(f.hops for f in fitting)]
        if len(nearest) == 1:
            return near.implied(nearest[0], i, 0.9)
        if nearest:
            return None
    return _only_key(draft, i)


def _only_key(draft: Draft, i: int) -> Link | None:
    """A code of the one thing that rows refer to: `the load on eu-2`, of a server's readings."""
    table = draft.scope.root.table
    keys = [
        t
        for t in draft.scope.fields
        if t.is_id and is_text(t.field.column) and not t.hops and not t.prefixes
    ]
    single = len(keys) == 1 and table.primary_key != (keys[0].field.name,)
    is_plain = _CODE.fullmatch(draft.tokens[i].raw) is not None
    return near.implied(keys[0], i, 0.85) if single and is_plain else None


def _has_prefix(terms: FieldTerms, letters: str) -> bool:
    return letters in terms.prefixes


def _begins_like(terms: FieldTerms, letters: str) -> bool:
    """Whether letters may be short for what a key identifies: `FL-07` a forklift."""
    if terms.prefixes or not terms.is_id or not is_text(terms.field.column):
        return False
    parts = [p for p in wordforms.parts_of(terms.field.name) if p not in _NUMBER_WORDS]
    thing = iter("".join(parts))
    return bool(parts) and parts[0][0] == letters[0] and all(one in thing for one in letters)


def _called_like(terms: FieldTerms, letters: str) -> bool:
    """Whether a letter is that of another name that a comment gives: `U10007`, of users."""
    if terms.prefixes or not terms.is_id or not is_text(terms.field.column) or len(letters) > 1:
        return False
    return any(phrase[0][0] == letters for phrase in terms.aliases if len(phrase) == 1)
