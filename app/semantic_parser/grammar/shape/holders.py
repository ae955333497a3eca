"""What a state is asked of: each of some things, the subject, or what a condition names."""

from __future__ import annotations

from app.semantic_parser.form import Equals, Field, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.linking import Link

_EACH = (
    ("for", "each"), ("for", "every"), ("of", "each"), ("of", "every"), ("in", "each"),
    ("in", "every"), ("at", "each"), ("at", "every"), ("on", "each"), ("on", "every"),
    ("of", "all"), ("for", "all"), ("per",), ("each",), ("every",), ("by",),
)  # fmt: skip


def each(draft: Draft, i: int, states: tuple[Link, ...]) -> Field | None:
    """What the state is asked of each of, from `i` on; the state itself is none of these."""
    for k in range(i, len(draft)):
        stop = things.says(draft, k, _EACH)
        if not stop:
            continue
        thing = things.category_at(draft, things.skip_kinds(draft, stop))
        if thing is None or any(thing.field == state.field for state in states):
            continue
        if thing.field is not None:
            draft.take(k, stop, "order")
            draft.take(stop, thing.stop, "group", thing.score)
            return thing.field
    return None


def subject(draft: Draft, but: int = -1) -> Field | None:
    """The things that the question is about, where rows are only told of them."""
    missing = [f for s in draft.filters if isinstance(f := s.filter, Null) and not f.negated]
    for i in range(len(draft)):
        noun = draft.noun_at(i, taken=True) if i != but else None
        if noun is None or noun.is_rows or len(noun.key) != 1:
            continue
        if any(noun.key[0] == condition.field for condition in missing):
            continue  # "those without an assignee" are about no assignee
        if noun.key[0].table == draft.scope.root.table.name:
            return noun.key[0]
    return None


def filtered(draft: Draft) -> Field | None:
    """The field whose values say which thing is meant: `for EUR/CHF`, `of parcel S-1`."""
    root = draft.scope.root.table.name
    named = [
        s.filter.field
        for s in draft.filters
        if isinstance(s.filter, Equals) and not s.filter.negated and s.filter.field.table == root
    ]
    ids = {t.field for t in draft.scope.fields if t.is_id}
    return next((f for f in named if f in ids), named[0] if len(named) == 1 else None)


def is_log(draft: Draft, per: Field) -> bool:
    """Whether the root may have several rows about one of these things, told apart by time."""
    table = draft.scope.root.table
    single = table.primary_key == (per.name,)
    return draft.time_field is not None and per.table == table.name and not single
