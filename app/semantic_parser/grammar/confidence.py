"""How sure a reading is: from what was left unexplained, and how sure each part of it was."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from app.semantic_parser import used
from app.semantic_parser.form import Equals, Form
from app.semantic_parser.grammar import leftovers, purpose
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.lexicon import STOP

_ANCHORS = frozenset({"filter", "group", "noun", "context"})
_PER_HOP = 0.97


def of(draft: Draft, form: Form, unexplained: Sequence[int]) -> float:
    """From 0 to 1.

    The product of how sure the words' meanings are, of a penalty for each word without one, and
    of what rules doubt.
    """
    given = [c for i, c in draft.credit.items() if draft.text(i) not in STOP]
    given = given or (list(draft.credit.values()) if draft.leans else [])  # "how many are there?"
    if not given:
        return 0.0
    sure = sum(given) / len(given) * (0.7 + 0.3 * min(given))
    misspelt = 0.9 ** sum(t.misspelt for t in draft.tokens)
    missed = prod(leftovers.penalty(draft.tokens[i]) for i in unexplained)
    doubt = draft.doubt * _PER_HOP ** len(form.joins)
    doubt *= 0.6 if _negates_an_event(form) else 1.0
    doubt *= 1.0 if _is_anchored(draft, form) else 0.4
    doubt *= 0.85 if _is_told_elsewhere(draft, form) else 1.0
    return sure * misspelt * missed * _intent(draft) * doubt * purpose.factor(draft)


def _is_told_elsewhere(draft: Draft, form: Form) -> bool:
    """Counting things by rows that only refer to them, and that the question does not name."""
    if any(draft.rows_at(i, taken=True) for i in range(len(draft))):
        return False
    metrics = (m for x in form.measures for m in used.metrics_of(x))
    counted = {m.of for m in metrics if m.function == "count" and m.distinct}
    reaches = (r for r in draft.scope.reached.values() if len(r.joins) == 1)
    return any(
        own in counted and own.name == theirs.name and not reach.joins[0].many
        for reach in reaches
        for own, theirs in reach.joins[0].on
    )


def _intent(draft: Draft) -> float:
    """How likely bare nouns mean a count: `failed payments in the last hour`."""
    if draft.intent:
        return draft.intent
    compared = any(not isinstance(s.filter, Equals) for s in draft.filters)
    named = any(role == "noun" for role in draft.roles.values())
    likely = compared or (draft.times and (draft.filters or named)) or (draft.filters and named)
    return 0.75 if likely else 0.3


def _is_anchored(draft: Draft, form: Form) -> bool:
    """Whether any word is about this table and not only about time or order."""
    measured = any(
        m.of and m.function != "count" for x in form.measures for m in used.metrics_of(x)
    )
    known = draft.leans or bool(draft.defined)
    return known or measured or bool(_ANCHORS & set(draft.roles.values()))


def _negates_an_event(form: Form) -> bool:
    """Counting things by rows that are not in a state: one thing has rows in many states."""
    things = any(m.function == "count" and m.of for x in form.measures for m in used.metrics_of(x))
    return things and any(
        isinstance(f, Equals) and f.negated and "stat" in f.field.name for f in form.filters
    )
