"""Conditions on rows. Each step takes the words of one kind of condition, the surest first.

To add a kind, write a function over the `Draft` that calls `draft.add_filter` and `draft.take`,
and put it where it belongs in `STEPS`: what a step has taken the later ones pass over.
"""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters.arrays import members
from app.semantic_parser.grammar.filters.comparisons import comparisons, numbered
from app.semantic_parser.grammar.filters.flags import flags
from app.semantic_parser.grammar.filters.identifiers import identifiers, named_values
from app.semantic_parser.grammar.filters.moments import compared_moments
from app.semantic_parser.grammar.filters.nulls import given, happened, missing
from app.semantic_parser.grammar.filters.related import alternatives, related, relatives
from app.semantic_parser.grammar.filters.states import in_states
from app.semantic_parser.grammar.filters.texts import contained
from app.semantic_parser.grammar.filters.values import values

STEPS: tuple[Callable[[Draft], None], ...] = (
    contained,
    compared_moments,
    comparisons,
    missing,
    flags,
    named_values,
    values,
    members,
    identifiers,
    numbered,
    given,
    happened,
    in_states,
    related,
    alternatives,
    relatives,
)
