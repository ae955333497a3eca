"""A question over one root table to a form: rules that each say what a kind of phrase means.

The families of rules work on a `Draft` in this order, each over the whole question; what one has
taken the next passes over. To add a construct, add a rule to its family and cases to its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.semantic_parser import used
from app.semantic_parser.form import Field, Form
from app.semantic_parser.grammar import (
    assembly,
    composites,
    confidence,
    courtesies,
    defined,
    doubts,
    filters,
    leftovers,
    measures,
    shape,
    timing,
)
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters.as_of import at_a_moment
from app.semantic_parser.grammar.said import Meaning, Position, Tie
from app.semantic_parser.linking import Embed, Noun, Scope
from app.semantic_parser.times import Span
from app.semantic_parser.tokens import Token

STEPS: tuple[Callable[[Draft], None], ...] = (
    courtesies.phrases,
    courtesies.asides,
    courtesies.verbs,
    defined.claim,
    timing.claim,
    *composites.MARKS,
    *filters.STEPS,
    *shape.STEPS,
    at_a_moment,
    *measures.STEPS,
    *shape.LISTINGS,
    courtesies.units,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form and what is to be thought of it.

    Attributes:
        form: The reading.
        confidence: From 0 to 1.
        unexplained: Words that nothing accounts for.
        named: How surely the question says the table's own name, from 0 to 1.
        ties: Words that could be other fields as well.
        reasons: Why it may not be what is asked, in plain words.
        notes: What was taken for granted, a sentence each.
        defined: Terms that were read as documents define them.
        guesses: Words that are taken for a field only by what they mean.
        is_fragment: Whether rows are counted though nothing asks how many there are.
    """

    form: Form
    confidence: float
    unexplained: tuple[str, ...]
    named: float
    ties: tuple[Tie, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    defined: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    is_fragment: bool = False


def read(
    tokens: Sequence[Token],
    spans: Sequence[Span],
    scope: Scope,
    prefer: Mapping[Position, Field] | None = None,
    meanings: Sequence[Meaning] = (),
    *,
    now: datetime | None = None,
    embed: Embed | None = None,
) -> Candidate | None:
    """Reads a question over one root table; None where it says nothing of it.

    Args:
        tokens: The question, spelling corrected.
        spans: The times in it.
        scope: The table and what is in reach of it.
        prefer: Fields that words are to be read as, where a tie is read the other way.
        meanings: What terms of the question are defined as.
        now: The moment of the question, in its time zone; None where that plays no part.
        embed: Finds fields by what words mean, for words that nothing else explains.
    """
    draft = understand(tokens, spans, scope, prefer, meanings, now=now, embed=embed)
    form = assemble(draft)
    return None if form is None else judged(draft, form)


def understand(
    tokens: Sequence[Token],
    spans: Sequence[Span],
    scope: Scope,
    prefer: Mapping[Position, Field] | None = None,
    meanings: Sequence[Meaning] = (),
    *,
    now: datetime | None = None,
    embed: Embed | None = None,
) -> Draft:
    """What the rules make of a question, before it is a form."""
    draft = Draft(tokens, scope, spans, prefer or {}, meanings, now, embed)
    for step in STEPS:
        step(draft)
    return draft


def assemble(draft: Draft) -> Form | None:
    """The form that a draft amounts to; None where it says nothing of its table."""
    return assembly.assemble(draft)


def judged(draft: Draft, form: Form) -> Candidate:
    """A form that was read from a draft, with what is to be thought of it."""
    doubts.check(draft, form)
    keys = (key for join in form.joins for pair in join.on for key in pair)
    fields = used.of_form(form) | frozenset(keys)
    unexplained = leftovers.find(draft, fields)
    return Candidate(
        form=form,
        confidence=confidence.of(draft, form, unexplained),
        unexplained=tuple(dict.fromkeys(draft.tokens[i].raw for i in unexplained)),
        named=max((n.score for n in _rows_named(draft)), default=0.0),
        ties=tuple(t for t in draft.ties if t.chosen in fields),
        reasons=tuple(draft.reasons),
        notes=tuple(draft.notes),
        defined=tuple(draft.defined),
        is_fragment=_is_fragment(draft, form),
        guesses=tuple(word for word, field in draft.guesses.items() if field in fields),
    )


def _rows_named(draft: Draft) -> Iterator[Noun]:
    return (n for i in range(len(draft)) if (n := draft.rows_at(i, taken=True)))


def _is_fragment(draft: Draft, form: Form) -> bool:
    """`work orders with a rush note`: their number may be wanted, or they themselves."""
    counted = not draft.measures and len(form.measures) == 1 and not draft.leans
    return counted and not (form.group or form.bucket or form.summary or form.asks_whether)
