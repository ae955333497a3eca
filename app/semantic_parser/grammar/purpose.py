"""What a question is after: figures and rows, or a rule, a reason, a deed, the future."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.lexicon import PROCEDURE
from app.semantic_parser.tokens import word_set

_FIRST = 3
_POLITE = word_set("please pls kindly could can you now just then also ok")
_ORDERS = word_set(
    "cancel delete drop remove erase update insert set freeze unfreeze refund approve reject email"
    " reset restart kill ignore alter truncate overwrite disable enable deactivate activate"
)
_FIGURES = word_set(
    "rate rates share amount amounts count counts reason reasons per by volume total time times"
    " policy date dates value values requests orders last today yesterday in off over since"
)
"""What may follow a noun that looks like an order: `refund rate`."""
_MAYBE_ORDERS = word_set(
    "turn switch stop start close open block unblock send move assign book change create add print"
    " pay buy sell ship restart call notify alert mark flag shut make ban mute kick"
)
_OBJECTS = word_set(
    "the all every each this that these those my our it them him her off on up down a an"
)


def factor(draft: Draft) -> float:
    """Low for orders, and for questions after a rule or a reason: `what do we do when ...`."""
    makes = draft.leans and "make" in {draft.text(0), draft.text(1)}  # "make that the top 5"
    if _is_forecast(draft) or (_is_order(draft) and not makes):
        return 0.3
    if draft.measures and (draft.ranking or draft.intent == 1.0) and draft.text(0) != "why":
        return 1.0
    if draft.listing and draft.limit and draft.order:
        return 1.0  # "who is our newest client"
    if draft.leans and "order" in draft.roles.values():
        return 1.0  # "and who had the fewest?"
    for i in range(min(4, len(draft))):
        for words in PROCEDURE:
            stop = i + len(words)
            if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
                return 0.3
    return 1.0


def _is_forecast(draft: Draft) -> bool:
    """`will it be out of stock`: what is to come is in no row."""
    words = [i for i in range(len(draft)) if draft.text(i) not in _POLITE]
    return "will" in {draft.text(i) for i in words[:_FIRST]}


def _is_order(draft: Draft) -> bool:
    """Whether something is to be done rather than told: `cancel all trips of line N7`."""
    words = [i for i in range(len(draft)) if draft.text(i) not in _POLITE]
    if not words:
        return False
    verb, following = draft.text(words[0]), draft.text(words[0] + 1)
    ordered = verb in _ORDERS and following not in _FIGURES
    is_code = words[0] + 1 < len(draft) and draft.tokens[words[0] + 1].kind == "code"
    return ordered or (verb in _MAYBE_ORDERS and (following in _OBJECTS or is_code))
