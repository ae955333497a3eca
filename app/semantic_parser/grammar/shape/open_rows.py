"""Rows that go on: `who is still in`, where a comment says which rows have no end yet."""

from __future__ import annotations

import re

from app.semantic_parser.form import Equals, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import moments
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import is_time

_GOES_ON = re.compile(r"\b(?:null|empty),? (?:while|as long as|until)\b")


def open_now(draft: Draft, start: int, stop: int) -> bool:
    """`who is in Ward 3 right now`, where a comment says which rows have no end yet."""
    ends = [t.field for t in moments.others(draft) if moments.ENDS & {*t.name} and _is_open(t)]
    if len(ends) != 1 or is_opened_and_closed(draft) or _is_in_a_state(draft):
        return False
    draft.add_filter(Null(ends[0]), start, stop)
    draft.take(start, stop, "filter", 0.95)
    return True


def _is_open(terms: FieldTerms) -> bool:
    """Whether a missing end means that the row still goes on."""
    comment = terms.field.column.comment.lower()
    return terms.field.column.nullable and bool(_GOES_ON.search(comment))


def _is_in_a_state(draft: Draft) -> bool:
    """Whether a value of the rows' own says already how they are now: `open right now`."""
    root = draft.scope.root.table.name
    return any(
        isinstance(s.filter, Equals)
        and s.filter.field.table == root
        and {"status", "stat", "state", "phas", "stag"} & {*name_parts(s.filter.field.name)}
        for s in draft.filters
    )


def is_opened_and_closed(draft: Draft) -> bool:
    """Whether rows have an end of their own, and the question says which are open."""
    return any(isinstance(s.filter, Null) and is_time(s.filter.field.column) for s in draft.filters)
