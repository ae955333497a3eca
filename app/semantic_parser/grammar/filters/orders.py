"""Verbs that tell to do something: they are no condition on rows."""

from __future__ import annotations

from collections.abc import Iterable

from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near


def is_order(draft: Draft, i: int, done: Iterable[str]) -> bool:
    """Whether a verb at `i` tells to do what `done` says was done: `cancel order O-1`.

    Args:
        draft: The question.
        i: Where the verb may be.
        done: Words such as `cancelled`, in lower case.
    """
    word = draft.text(i)
    forms = {word + "ed", word + "d", word + word[-1:] + "ed"}
    begins = i == 0 or draft.text(i - 1) in {"please", "and", "to", "you", "kindly"}
    return begins and any(said in forms for said in done)


def done_words(field: Field) -> frozenset[str]:
    """The words for what a flag says: those of its name and of its comment."""
    return near.comment_words(field.column.comment) | {field.name.lower()}
