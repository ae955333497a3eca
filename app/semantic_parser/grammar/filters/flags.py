"""Conditions that a BOOLEAN column holds: `frozen accounts`, `without PV`, `not refunded`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.semantic_parser.form import Equals, Field
from app.semantic_parser.grammar.draft import Draft, Role
from app.semantic_parser.grammar.filters import clauses, near, orders, states
from app.semantic_parser.grammar.slots import is_flag
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import stem, word_set

_TRAILING = word_set(
    "accessible enabled equipped capable available ready friendly allowed supported based"
    " authenticated"
)
_TOLD: near.Phrases = tuple(
    (verb, truth)
    for verb in ("is", "=", "was", "equals")
    for truth in ("true", "false", "yes", "no")
)
_TURNING = ("un", "in", "non", "dis")
_NAMED = 0.8
"""Score of a noun that names things and no state that they are in."""


@dataclass(frozen=True, slots=True)
class _Said:
    field: Field
    stop: int
    value: bool
    score: float
    hops: int = 0


def flags(draft: Draft) -> None:
    """Every mention of a flag that is no group."""
    known = [t for t in draft.scope.fields if is_flag(t) and not near.is_far(draft, t.field)]
    if not known:
        return
    for i in range(len(draft)):
        if draft.is_free(i) and (draft.text(i) not in STOP or _is_phrase(draft, i)):
            found = max(
                _mentions(draft, i, known), key=lambda s: (s.stop, s.score, -s.hops), default=None
            )
            if found and orders.is_order(draft, i, orders.done_words(found.field)):
                draft.distrust("it asks for something to be done and not what there is")
            elif found and near.is_split(draft, i):
                _split(draft, i, found)
            elif found and not _is_rather_else(draft, i, found):
                _add(draft, i, _predicate(draft, found, known) or found)


def _predicate(draft: Draft, said: _Said, known: list[FieldTerms]) -> _Said | None:
    """What is said of the flag right behind its name: `was the counter faulty`."""
    own = [t for t in known if t.field == said.field]
    for k in range(said.stop, min(said.stop + 3, len(draft))):
        for mention in _by_clause(draft, k, own):
            return mention
        if draft.text(k) not in near.LINKING:
            return None
    return None


def _add(draft: Draft, i: int, said: _Said) -> None:
    turned = near.negation(draft, i, said.field)
    after = None if turned else near.negation_after(draft, said.stop)
    if turned or after:
        draft.take(*(turned or after or (i, i)), "filter")
    value = said.value != bool(turned or after)
    told = near.phrase_at(draft, said.stop, _TOLD)
    if told:
        value = draft.text(told - 1) in {"true", "yes"}
        draft.take(said.stop, told, "filter")
    draft.add_filter(Equals(said.field, (value,)), i, said.stop)
    stop = said.stop
    if draft.text(stop) in _TRAILING and draft.is_free(stop):
        stop += 1
    near.take(draft, i, stop, said.score)
    _take_named(draft, i, said.field)
    _take_behind(draft, stop, said.field)
    states.take_adverbs(draft, turned[0] if turned else i, stop)


def _split(draft: Draft, i: int, said: _Said) -> None:
    """`split by whether it was refunded`: a group and no condition."""
    if said.field not in draft.group:
        draft.group.append(said.field)
    draft.take(i, said.stop, "group", said.score)
    _take_named(draft, i, said.field, "group")


def _take_behind(draft: Draft, i: int, field: Field) -> None:
    """Takes what the flag is of, right behind it: `a faulty passenger counter`."""
    words = near.comment_words(field.column.comment)
    while draft.text(i) in words and draft.is_free(i) and not draft.rows_at(i):
        if any(link.field != field for link in draft.fields_at(i, least=0.85)):
            return
        draft.take(i, i + 1, "filter", 0.9)
        i += 1


def _take_named(draft: Draft, i: int, field: Field, role: Role = "filter") -> None:
    """Takes what the flag is of, right before it: `the passenger counter was faulty`."""
    words = near.comment_words(field.column.comment)
    k = i - 1
    while draft.text(k) in near.LINKING:
        k -= 1
    while draft.text(k) in words and draft.is_free(k) and not draft.rows_at(k):
        draft.take(k, k + 1, role, 0.9)
        k -= 1


def _is_phrase(draft: Draft, i: int) -> bool:
    """`did not run`: a phrase that a comment gives, though it begins with a small word."""
    return any(
        v.stop > i + 1 and isinstance(m.value, bool) for v in draft.values_at(i) for m in v.meant
    )


def _mentions(draft: Draft, i: int, known: list[FieldTerms]) -> Iterator[_Said]:
    for link in draft.fields_at(i, lambda t: t in known, least=0.75):
        terms = near.terms_of(draft, link.field)
        is_set = not (_false_words(terms) & {draft.stem(k) for k in range(i, link.stop)})
        yield _Said(link.field, link.stop, is_set, link.score, terms.hops)
    for value in draft.values_at(i):
        for meant in value.meant:
            if isinstance(meant.value, bool) and any(t.field == meant.field for t in known):
                hops = near.terms_of(draft, meant.field).hops
                yield _Said(meant.field, value.stop, meant.value, value.score, hops)
    word = draft.text(i)
    bare = [stem(word.removeprefix(p)) for p in _TURNING if word.startswith(p) and len(word) > 6]
    for terms in known:
        if any(b in terms.core for b in bare):
            yield _Said(terms.field, i + 1, False, 0.9, terms.hops)
    yield from _by_clause(draft, i, known)


def _by_clause(draft: Draft, i: int, known: list[FieldTerms]) -> Iterator[_Said]:
    """What a comment says of true and false: `False where the counter was faulty`.

    What names things is no state, though a clause may end in it: `while it takes no orders`.
    """
    noun = draft.noun_at(i, taken=True)
    if noun is not None and noun.score >= _NAMED:
        return
    for terms in known:
        for case in ("true", "false"):
            for state in clauses.states(terms.field.column.comment, case):
                if state.word == draft.stem(i) and not state.particle:
                    value = (case == "true") == state.holds
                    yield _Said(terms.field, i + 1, value, 0.9, terms.hops)


def _false_words(terms: FieldTerms) -> set[str]:
    """Words that say that the flag is not set: `False where the counter was faulty`."""
    found = clauses.states(terms.field.column.comment, "false")
    return {s.word for s in found if s.holds}


def _is_rather_else(draft: Draft, i: int, said: _Said) -> bool:
    """Whether the words are the rows' own name, a group, or a value at least as well."""
    if near.is_grouped(draft, i):
        return True
    noun = draft.rows_at(i)
    if noun and noun.stop >= said.stop and said.score < 0.97:
        return True
    own = not said.hops
    for value in draft.values_at(i):
        fields = {m.field for m in value.meant if not isinstance(m.value, bool)}
        is_near = any(f.table == draft.scope.root.table.name for f in fields)
        if fields and (value.stop, value.score) >= (said.stop, said.score) and (is_near or not own):
            return True
    return False
