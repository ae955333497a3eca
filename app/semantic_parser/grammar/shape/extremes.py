"""Rows that have most or least of what an adjective is about: `the heaviest parcel`."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import operands
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.rankings import list_by
from app.semantic_parser.lexicon import ADJECTIVES


def extreme_rows(draft: Draft) -> None:
    """`the heaviest parcel`, `the two oldest patients`: rows, unless how heavy it is is asked."""
    computed = draft.group or draft.bucket or draft.listing or draft.ranking or draft.measures
    if computed or draft.comparison or draft.summary or things.asks_number(draft):
        return
    for i in range(len(draft)):
        adjective = ADJECTIVES.get(draft.text(i)) if draft.is_free(i) else None
        rows = draft.rows_at(things.skip_taken(draft, i + 1)) if adjective else None
        if adjective is None or rows is None or _asks_how(draft, i):
            continue
        field = operands.of_adjective(draft, adjective[1])
        if field is None:
            return
        number, begin = things.number_before(draft, i)
        limit = number or (things.MANY if things.is_plural(draft, rows.stop - 1) else 1)
        draft.take(begin, i + 1, "order", 0.9)
        draft.take(rows.start, rows.stop, "noun", rows.score)
        list_by(draft, field, descending=adjective[0] == "most", limit=limit)
        return


def _asks_how(draft: Draft, i: int) -> bool:
    """`how old is the oldest patient` wants the number."""
    return any(draft.text(k) == "how" for k in range(i))
