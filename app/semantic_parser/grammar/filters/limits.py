"""Numbers that limit groups and not rows: `more than 10 orders`, `over 20,000 in total`.

They are left to the rules for groups; nothing here is taken.
"""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.tokens import name_parts, word_set

_OF_ALL = (
    ("in", "total"),
    ("on", "average"),
    ("altogether",),
    ("overall",),
    ("combined",),
    ("in", "sum"),
    ("each", "on", "average"),
    ("a", "day"),
    ("an", "hour"),
    ("each", "day"),
)
"""Behind a number these make it one of many rows together."""
_AGGREGATES = word_set(
    "total average mean median sum avg count number maximum minimum max min averaged averages"
    " averaging totalling totaling combined"
)
_REACH = 6


def limits_groups(draft: Draft, start: int, said: Said) -> bool:
    """Whether the number is one that groups are kept by."""
    stop = said.stop
    if draft.text(stop) in {"times", "time", "distinct", "different", "unique"}:
        return True
    if _is_of_all(draft, stop) or _is_aggregated(draft, start):
        return True
    return not said.unit and _counts_things(draft, stop)


def _is_of_all(draft: Draft, stop: int) -> bool:
    """`in total` right behind, or behind the words that say what the number is of."""
    end = min(stop + 4, len(draft))
    return any(
        near.phrase_at(draft, k, _OF_ALL) and not _ends_clause(draft, stop, k)
        for k in range(stop, end)
    )


def _ends_clause(draft: Draft, start: int, stop: int) -> bool:
    return any(draft.tokens[k].kind == "mark" or k in draft.roles for k in range(start, stop))


def _is_aggregated(draft: Draft, start: int) -> bool:
    """`with an average amount above 100`: an aggregate said of the very field that is compared."""
    for k in range(start - 1, max(-1, start - _REACH), -1):
        if _is_part_of_name(draft, k, start):
            continue
        if draft.text(k) in _AGGREGATES and draft.text(k - 1) not in _AGGREGATES:
            between = draft.said(k + 1, start)
            plain = all(
                w in near.LINKING or _names_measure(draft, k + 1, start) for w in between.split()
            )
            return plain and _is_condition(draft, k)
        if draft.tokens[k].kind == "mark" or k in draft.roles:
            return False
    return False


def _is_part_of_name(draft: Draft, i: int, stop: int) -> bool:
    """Whether the field is called `avgPingMs`, and rows have an average themselves."""
    links = draft.fields_at(i, is_measure, least=0.85)
    own = (link for link in links if _AGGREGATES & {*name_parts(link.field.name)})
    return any(i + 1 < link.stop <= stop for link in own)


def _names_measure(draft: Draft, start: int, stop: int) -> bool:
    return any(
        link.stop <= stop
        for k in range(start, stop)
        for link in draft.fields_at(k, is_measure, least=0.6)
    )


def _is_condition(draft: Draft, i: int) -> bool:
    """`with an average ...`, `whose total ...` limit groups; `average amount of ...` asks."""
    k = i - 1
    while draft.text(k) in {"a", "an", "the", "their", "its"}:
        k -= 1
    return draft.text(k) in word_set("with whose where having has have had is are was were and")


def _counts_things(draft: Draft, stop: int) -> bool:
    """Whether rows or things are counted by the number: `more than 10 late parcels`."""
    k = stop
    while k < min(stop + 5, len(draft)):
        measured = next(draft.fields_at(k, is_measure, least=0.75), None)
        noun = draft.noun_at(k)
        if noun and (measured is None or noun.stop >= measured.stop):
            return noun.is_rows or bool(noun.key) or noun.table != draft.scope.root.table.name
        if measured:
            return False
        passes = k in draft.roles or (draft.tokens[k].stem and any(draft.values_at(k)))
        if not passes:
            return False
        k += 1
    return False
