"""Known values become equalities: `late Alpenfracht parcels to Munich or Vienna`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.semantic_parser.form import Equals, Field, Filter, Member
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near, rather
from app.semantic_parser.grammar.filters.rather import Found
from app.semantic_parser.grammar.said import Tie
from app.semantic_parser.grammar.slots import is_array
from app.semantic_parser.lexicon import GENERIC
from app.semantic_parser.linking import ValueLink
from app.semantic_parser.tokens import word_set

_LEAST = 0.6
_NAMED = 0.85
_EVENTS = word_set("opened started begun began")
_AMBIGUOUS = 0.85
"""Factor for a value that several fields have alike."""
_IN_LIST = near.LISTED | word_set(
    "in the from to of at on for with by a an either those both via over"
)
_JOINING = word_set(", and or nor plus & as well")
_WAYS = word_set(
    "through via using going headed bound located based situated belong belongs belonging coming"
    " inside because due living live lives lived"
    " reside resides residing heading marked labelled labeled tagged classified flagged listed"
    " having named called"
)
_BE = word_set("is are was were be been")


def values(draft: Draft) -> None:
    """Every known value; those of one field that are listed become one condition."""
    found: list[Found] = []
    i = 0
    while i < len(draft):
        value = _value_at(draft, i, found[-1] if found else None)
        if value is not None:
            value = _with_negation(draft, value, found[-1] if found else None)
            draft.take(value.start, value.stop, "filter", value.score)
            _take_beside(draft, value)
            _take_way(draft, value.start)
            found.append(value)
        i = value.stop if value else i + 1
    kept = list(_listed(draft, found))
    _check(draft, kept)
    for value in kept:
        for condition in _conditions(draft, value):
            draft.add_filter(condition, value.start, value.stop)


def _value_at(draft: Draft, i: int, last: Found | None) -> Found | None:
    """The value that free words at `i` stand for, of the likeliest field."""
    if not draft.is_free(i) or draft.tokens[i].kind == "mark":
        return None
    links = [v for v in draft.values_at(i) if not (_is_flag(v) or _is_passing(draft, v))]
    for stop in dict.fromkeys(v.stop for v in links):
        listed = last is not None and _is_list(draft, last.stop, i)
        chosen = _likeliest(
            draft,
            [v for v in links if v.stop == stop],
            last.field if last and listed else None,
        )
        if chosen is not None:
            return chosen
    return None


def _is_passing(draft: Draft, link: ValueLink) -> bool:
    """`cycles run today` are not those `running`, nor `tickets opened today` those still `open`."""
    word = draft.text(link.start)
    if link.stop != link.start + 1 or word not in GENERIC | _EVENTS:
        return False
    return all(str(m.value).casefold() != word for m in link.meant)


def _is_said_of(draft: Draft, found: Found) -> bool:
    """`bookings on cancelled flights`: the adjective is of the other table's rows."""
    root = draft.scope.root.table.name
    noun = draft.noun_at(found.stop, taken=True)
    other = noun is not None and noun.table != root and noun.score >= _NAMED
    return noun is not None and other and found.field.table == noun.table


def _is_flag(link: ValueLink) -> bool:
    return all(isinstance(m.value, bool) for m in link.meant)


def _likeliest(draft: Draft, links: Sequence[ValueLink], last: Field | None) -> Found | None:
    """Of values that are written alike: of the field named beside, else the nearest table.

    In a list it is the field of the value before, which is `last`.
    """
    by_field: dict[Field, Found] = {}
    for link in links:
        for meant in link.meant:
            known = by_field.setdefault(
                meant.field, Found(link.start, link.stop, link.score, meant.field, ())
            )
            if meant.value not in known.values and known.score == link.score:
                by_field[meant.field] = replace(known, values=(*known.values, meant.value))
    candidates = [c for c in by_field.values() if not near.is_far(draft, c.field)]
    if not candidates:
        return None
    beside = [c for c in candidates if near.beside(draft, c.start, c.stop, c.field)]
    beside = beside or [c for c in candidates if _is_said_of(draft, c)]
    if beside:
        return max(beside, key=lambda c: c.score)
    start, stop = candidates[0].start, candidates[0].stop
    best = max(c.score for c in candidates)
    if best < _LEAST or rather.is_a_name(draft, start, stop, candidates):
        return None
    preferred = draft.prefer.get((start, stop))
    alike = [c for c in candidates if c.score >= best - 0.02]
    chosen_field = preferred or near.by_way(draft, start, (c.field for c in alike))
    if any(c.field == last for c in alike):
        chosen_field = last
    chosen = next((c for c in alike if c.field == chosen_field), None)
    if chosen is None:
        chosen = alike[0]
        if len(alike) > 1:
            others = tuple(c.field for c in alike[1:])
            draft.ties.append(Tie((start, stop), chosen.field, others))
            chosen = replace(chosen, score=chosen.score * _AMBIGUOUS)
    return chosen


def _with_negation(draft: Draft, value: Found, last: Found | None) -> Found:
    position = near.negation(draft, value.start, value.field)
    position = position or near.negation_after(draft, value.stop)
    if position:
        _check_subject(draft, position[0])
        draft.take(*position, "filter")
        return replace(value, negated=True)
    same = last is not None and last.field == value.field and last.negated
    if same and last and _is_list(draft, last.stop, value.start):
        for k in range(last.stop, value.start):
            if near.is_negative(draft.text(k)):
                draft.take(k, k + 1, "filter")  # "neither by app nor by phone"
        return replace(value, negated="but" not in draft.said(last.stop, value.start).split())
    return value


def _check_subject(draft: Draft, i: int) -> None:
    """`customers without cancelled orders` lack such rows; the other rows are not asked for."""
    if draft.text(i) not in {"no", "without", "never"}:
        return
    k = i
    while draft.text(k - 1) in {"who", "that", "have", "has", "had", "with"}:
        k -= 1
    thing = near.thing_before(draft, k)
    if thing and thing.stop == k and not thing.is_rows and not near.is_grouped(draft, thing.start):
        said = draft.said(thing.start, thing.stop)
        draft.distrust(f"what {said} have none of is not asked of single rows")


def _take_beside(draft: Draft, value: Found) -> None:
    """Takes the field's own name next to its value, unless that is asked for."""
    link = near.beside(draft, value.start, value.stop, value.field)
    first = link.start - 1 if link else 0  # "for every member town other than Graz"
    modified = draft.is_free(first) and draft.noun_at(first) is not None
    if link and not near.is_grouped(draft, first if modified else link.start):
        noun = draft.rows_at(link.start)
        best = next(draft.fields_at(link.start), link)
        other = best.field != value.field and (best.stop, best.score) > (link.stop, link.score)
        if not other and (noun is None or noun.score < link.score):
            near.take(draft, link.start, link.stop, link.score)


def _take_way(draft: Draft, i: int) -> None:
    """Takes what says no more than that a value is meant: `going to`, `through the`."""
    for k in range(i - 1, max(-1, i - 4), -1):
        if draft.text(k) in _WAYS:
            draft.take(k, k + 1, "filter")
        elif draft.text(k) not in near.LINKING:
            return


def _is_list(draft: Draft, start: int, stop: int) -> bool:
    return all(draft.text(k) in _IN_LIST for k in range(start, stop))


def _listed(draft: Draft, found: Sequence[Found]) -> Iterator[Found]:
    """Values of one field that are listed, together; others as they are."""
    pending: Found | None = None
    for value in found:
        if pending is not None and _goes_on(draft, pending, value):
            values_ = tuple(dict.fromkeys((*pending.values, *value.values)))
            pending = replace(pending, stop=value.stop, values=values_)
            continue
        if pending is not None:
            yield pending
        pending = value
    if pending is not None:
        yield pending


def _goes_on(draft: Draft, last: Found, value: Found) -> bool:
    same = last.field == value.field and last.negated == value.negated
    if not same or not _is_list(draft, last.stop, value.start):
        return False
    between = {draft.text(k) for k in range(last.stop, value.start)}
    if not between & _JOINING:
        return False
    is_array_ = is_array(near.terms_of(draft, value.field))
    both = "and" in between and not last.negated and (is_array_ or _is_predicate(draft, last.start))
    return not both


def _is_predicate(draft: Draft, i: int) -> bool:
    """Whether a list that starts at `i` follows `are`: such want both of one row."""
    k = i - 1
    while draft.text(k) in {"both", "the", "in", "a", "an"}:
        k -= 1
    return draft.text(k) in _BE


def _conditions(draft: Draft, value: Found) -> Iterator[Filter]:
    if is_array(near.terms_of(draft, value.field)):
        yield Member(value.field, value.values, value.negated)
    else:
        yield Equals(value.field, value.values, value.negated)


def _check(draft: Draft, kept: Sequence[Found]) -> None:
    """Two conditions on one field that no row can meet are about things and not about rows."""
    if draft.comparison is not None:
        return
    seen: dict[Field, Found] = {}
    for value in kept:
        other = seen.setdefault(value.field, value)
        if other is value or is_array(near.terms_of(draft, value.field)):
            continue
        if (other.negated and value.negated) or other.values == value.values:
            continue
        said = value.field.name.replace("_", " ")
        if other.negated != value.negated:
            draft.distrust(f"it asks for and against values of {said}")
        elif not _is_either(draft, other, value):
            draft.distrust(f"two values of {said} cannot both hold in one row")


def _is_either(draft: Draft, first: Found, second: Found) -> bool:
    return "or" in draft.said(first.stop, second.start).split()
