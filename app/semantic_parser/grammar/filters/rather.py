"""Words that might be a value and are rather a name: of a field, of rows, of who does something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.semantic_parser.form import Constant, Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near, orders
from app.semantic_parser.grammar.measures import events
from app.semantic_parser.grammar.slots import is_category, is_measure
from app.semantic_parser.lexicon import AGGREGATES, STOP
from app.semantic_parser.linking import wordforms
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_time

_NAMED = 0.85
_EXACT = 0.95
_TOLD = 0.7
"""Score of a word that a comment calls a field by."""
_PARTICLES = word_set("down up off over back out set all new old high low top big small light")
_BY_WHICH = word_set("by with via through using in")


@dataclass(frozen=True, slots=True)
class Found:
    """Values of one field that words stand for."""

    start: int
    stop: int
    score: float
    field: Field
    values: tuple[Constant, ...]
    negated: bool = False


def is_a_name(draft: Draft, start: int, stop: int, candidates: Sequence[Found]) -> bool:
    """Whether the phrase is a small word, or better known as the name of a field or of rows."""
    if stop - start == 1 and (small := _is_small(draft, start, candidates)) is not None:
        return small
    if orders.is_order(draft, start, (str(v).lower() for c in candidates for v in c.values)):
        draft.distrust("it asks for something to be done and not what there is")
        return True
    root = draft.scope.root.table.name
    if _is_said_of_names(draft, start, stop, candidates) or _says_how(draft, start, candidates):
        return True
    exact = any(c.score >= 1.0 for c in candidates)
    for link in draft.fields_at(start, least=0.75):
        if exact and is_time(link.field.column):
            continue  # "completed" is a status, though there is a `completed_at`
        is_own = link.field.table == root
        if link.stop > stop and link.score >= 0.85:
            return True
        named = near.is_grouped(draft, start) and not any(draft.fields_at(stop, is_measure))
        if link.stop == stop and ((link.score >= 0.97 and is_own) or named):
            return True
    return _is_in_noun(draft, start, stop, max(c.score for c in candidates))


def _is_small(draft: Draft, i: int, candidates: Sequence[Found]) -> bool | None:
    """Whether one word only belongs to the sentence; None where it may as well be a value."""
    token = draft.tokens[i]
    as_written = len(token.raw) > 1 and any(token.raw in c.values for c in candidates)
    if draft.text(i) in STOP or near.is_negative(draft.text(i)):
        return not (as_written and token.raw.isupper())
    if _is_aggregate(draft, i) and not as_written:
        return True  # "max and average bill" of pets, one of whom is called Max
    part = draft.text(i) in _PARTICLES and _is_part(candidates)
    return True if token.kind == "number" or part else None


def _is_said_of_names(draft: Draft, i: int, stop: int, candidates: Sequence[Found]) -> bool:
    named = _is_of_table(draft, i, candidates) or _is_owner(draft, i, candidates)
    event = events.at(draft, i)
    own = event is not None and event.stop == stop  # "cancellations per day", by their own time
    own = own or (stop == i + 1 and _are_its_own(draft, i, candidates))
    return named or own or _is_in_name(draft, i, stop)


def _are_its_own(draft: Draft, i: int, candidates: Sequence[Found]) -> bool:
    """`our customers`, whom the rows tell of, and no `raised by: customer` of another table."""
    root = draft.scope.root.table.name
    best = max(candidates, key=lambda c: c.score)
    if draft.text(i - 1) in near.LINKING or best.field.table == root:
        return False
    links = draft.fields_at(i, lambda t: t.is_id and not t.hops, least=_TOLD)
    asked = draft.text(i).endswith("s") or draft.text(i - 1) in {"which", "each", "every", "per"}
    return asked and any(link.stop == i + 1 for link in links)


def _says_how(draft: Draft, i: int, candidates: Sequence[Found]) -> bool:
    """`those who pay by card`, of a `pay_method`: by what they pay, and not what is `paid`."""
    written = any(str(v).casefold() == draft.text(i) for c in candidates for v in c.values)
    if written or draft.text(i + 1) not in _BY_WHICH:
        return False
    verb = {*wordforms.meant_by(draft.text(i)), draft.stem(i)}
    ways = (m.field for link in draft.values_at(i + 2) for m in link.meant)
    return any(verb & near.terms_of(draft, way).core for way in ways)


def _is_in_name(draft: Draft, start: int, stop: int) -> bool:
    """`first reply` is a time of that name, and no state `pending (replied)`."""
    before = (k for k in range(max(0, start - 2), start) if draft.is_free(k))
    names = (n for k in before for n in draft.fields_at(k, least=_EXACT))
    return any(n.stop >= stop and not n.hops for n in names)


def _is_of_table(draft: Draft, i: int, candidates: Sequence[Found]) -> bool:
    """`asked for a quote`, of quote requests: a word of their name, and no `200 = quoted`."""
    if candidates[0].stop > i + 1 or not near.is_of_table_name(draft, i):
        return False
    return all(draft.text(i) not in str(v).lower() for c in candidates for v in c.values)


def _is_owner(draft: Draft, i: int, candidates: Sequence[Found]) -> bool:
    """`by state of the policyholder`: whose state it is, and no condition on other rows."""
    if any(c.field.table == draft.scope.root.table.name for c in candidates):
        return False
    k = i - 1 - (draft.text(i - 1) in {"the", "each", "their", "its"})
    if draft.text(k) != "of":
        return False
    links = (near.ending(draft, s, k, is_category, least=_NAMED) for s in range(max(0, k - 3), k))
    return any(link and near.is_grouped(draft, link.start) for link in links)


def _is_aggregate(draft: Draft, i: int) -> bool:
    return any((draft.text(i),) == words for words, _ in AGGREGATES)


def _is_part(candidates: Sequence[Found]) -> bool:
    """Whether a word is only a part of the values: `down` of `Tundra Down Sleeping Bag`."""
    return all(" " in str(v) for c in candidates for v in c.values)


def _is_in_noun(draft: Draft, start: int, stop: int, score: float) -> bool:
    """`fraud alerts`, of a table of that name, are not those that proved to be fraud."""
    for begin in range(max(0, start - 2), start + 1):
        for noun in draft.nouns_at(begin, taken=True):
            longer = noun.stop - noun.start > stop - start
            if noun.stop >= stop and (longer or (noun.is_rows and noun.score >= score)):
                return True
            grouped = begin == start and near.is_grouped(draft, start)
            if noun.stop == stop and grouped and not any(draft.fields_at(stop, is_measure)):
                return True
    return False
