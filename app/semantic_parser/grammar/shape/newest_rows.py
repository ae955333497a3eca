"""Rows by their time: `the five latest failed payments`, `last order of each customer`."""

from __future__ import annotations

from app.semantic_parser.form import Field, Order
from app.semantic_parser.grammar import lifetimes
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import durations, operands
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.lexicon import ADJECTIVES, EARLIEST, LATEST, STOP
from app.semantic_parser.tokens import word_set

_NEW = word_set("newest oldest")
_AGES = word_set("oldest youngest")
_ENDING = word_set("please thanks show give me the")


def newest_rows(draft: Draft) -> None:
    """A listing by time, newest or oldest first."""
    if draft.measures or draft.newest or things.asks_number(draft):
        return
    if draft.time_field is None and (lifetimes.begun(draft) or lifetimes.born(draft)) is None:
        return
    for i in range(len(draft)):
        if not draft.is_free(i) or not (_field(draft, i) or _recently(draft, i)):
            continue
        if _is_of_age(draft, i):
            continue
        if _listed(draft, i) or _ordered_last(draft, i):
            return


def _is_of_age(draft: Draft, i: int) -> bool:
    """`the oldest patient`, where the age is known: nothing to do with when rows came."""
    adjective = ADJECTIVES.get(draft.text(i))
    return adjective is not None and operands.of_adjective(draft, adjective[1]) is not None


def _recently(draft: Draft, i: int) -> bool:
    return draft.said(i - 1, i + 1) == "most recently"


def _done(draft: Draft, i: int) -> Field | None:
    """The time at which was done what is said at `i`: `most recently reported results`."""
    state = draft.roles.get(i) == "filter" and _recently(draft, i - 1)
    is_verb = draft.text(i).endswith("ed") and (draft.is_free(i) or state)
    is_verb = is_verb and not draft.rows_at(i)
    named = durations.named_by(draft, i) if is_verb else None
    return named.field if named else None


def _listed(draft: Draft, i: int) -> bool:
    most = draft.text(i - 1) == "most" and draft.is_free(i - 1)
    number, begin = things.number_before(draft, i - most)
    stop = i + 1
    if number is None:
        number, stop = things.number_at(draft, i + 1)
    done = _done(draft, stop)
    stop += done is not None
    target = things.skip_taken(draft, stop)
    if draft.text(i) in _NEW and not draft.rows_at(target) and things.is_elsewhere(draft, target):
        return False  # "the newest book" over loans is not the one that was lent last
    thing = _rows(draft, target)
    named = any(draft.roles.get(k) == "filter" for k in range(stop, target))
    if thing is None and not named and not _is_commented(draft, target):
        return False
    draft.take(begin, stop, "order")
    end = target
    if thing is not None:
        draft.take(target, thing.stop, "noun", thing.score)
        end = thing.stop
    elif not named or _is_commented(draft, target):
        draft.take(target, target + 1, "noun", 0.9)
        end = target + 1
    limit = number or (things.MANY if things.is_plural(draft, end - 1) else 1)
    _list(draft, limit, i)
    if done is not None:
        draft.order = [Order(done, descending=draft.order[0].descending)]
    draft.intent = max(draft.intent, 1.0 if number else 0.9)
    return True


def _ordered_last(draft: Draft, i: int) -> bool:
    """`what did customer C-1 order last? product please`."""
    closing = i + 1 == len(draft) or draft.tokens[i + 1].kind == "mark"
    ends = draft.text(i) in {"last", "first"} or _recently(draft, i)
    if not (ends and closing and draft.text(0) in {"what", "which"}):
        return False
    draft.take(i - _recently(draft, i), i + 1, "order")
    draft.take(0, 1, "ask")
    _list(draft, 1, i)
    if not draft.columns:
        _columns_after(draft, i + 1)
    draft.intent = 1.0
    return True


def _columns_after(draft: Draft, i: int) -> None:
    """A field named on its own behind the question."""
    for k in range(i, len(draft)):
        link = draft.field_at(k, least=0.7) if draft.text(k) not in STOP | _ENDING else None
        if link is not None:
            draft.columns.append(link.field)
            draft.take(k, link.stop, "noun", link.score)


def _list(draft: Draft, limit: int, i: int) -> None:
    field = _field(draft, i) or draft.time_field
    if field is None:
        return
    if field == draft.time_field and draft.scope.root.table.time_attribute is None:
        draft.doubt *= 0.7  # "the oldest vehicle" may go by another time than the only one
    draft.listing = True
    draft.limit = limit
    latest = draft.text(i) in LATEST | {"youngest"} or _recently(draft, i)
    draft.order = [Order(field, descending=latest)]


def _field(draft: Draft, i: int) -> Field | None:
    """The time that the word at `i` goes by: how old things are tells their day of birth."""
    born = lifetimes.born(draft) if draft.text(i) in _AGES else None
    begun = lifetimes.begun(draft) if draft.text(i) in LATEST | EARLIEST else None
    found = born or begun
    if found is not None:
        return found.field
    return draft.time_field if draft.text(i) in LATEST | EARLIEST else None


def _rows(draft: Draft, i: int) -> Thing | None:
    """Rows, or things whose rows they are."""
    rows = draft.rows_at(i)
    if rows is not None:
        key = rows.key[0] if len(rows.key) == 1 else None
        return Thing(key, i, rows.stop, rows.score, is_rows=True)
    noun = draft.noun_at(i)
    if noun is None or not noun.key or noun.key[0].table != draft.scope.root.table.name:
        return None
    return Thing(noun.key[0], i, noun.stop, noun.score)


def _is_commented(draft: Draft, i: int) -> bool:
    return draft.is_free(i) and draft.stem(i) in draft.scope.root.comment
