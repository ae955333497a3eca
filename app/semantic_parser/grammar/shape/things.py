"""What a noun of the question is: the root's rows, or a field that tells things apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.semantic_parser import times
from app.semantic_parser.form import Field
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import COUNTING, STOP
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import (
    is_additive,
    is_boolean,
    is_duration,
    is_integer,
    is_money,
    is_text,
)

MANY = 10
"""How many groups a ranking shows where no number is given."""

_MOST_ROWS = 10_000
_KINDS = word_set("kind kinds type types sort sorts different distinct unique various")
_UNINFLECTED = word_set("people staff men women children")


@dataclass(frozen=True, slots=True)
class Thing:
    """Words that name the root's rows, or things by a field.

    Attributes:
        field: What tells the things apart; None where rows are meant that no one field does.
        start: Where the words start.
        stop: Where they stop.
        score: How sure that is.
        is_rows: Whether the root's own rows are meant.
    """

    field: Field | None
    start: int
    stop: int
    score: float
    is_rows: bool = False


def groupable(terms: FieldTerms) -> bool:
    """Whether things may be told apart by the field."""
    column = terms.field.column
    if is_text(column) or is_boolean(column) or terms.is_id:
        return True
    amount = is_money(column) or is_duration(column) or is_additive(column)
    return is_integer(column) and not amount


def at(draft: Draft, i: int, *, least: float = 0.7, rows_first: bool = True) -> Thing | None:
    """The thing that free words at `i` name; None where they name none, or rather a number.

    Args:
        draft: The reading so far.
        i: Where the words start.
        least: Lowest score of a field.
        rows_first: Whether words that may be rows as well as a field mean the rows.
    """
    if not draft.is_free(i) or draft.text(i) in STOP:
        return None
    rows = draft.rows_at(i)
    field = category_at(draft, i, least=least)
    if field is None or (rows is not None and _is_rather_rows(rows, field, first=rows_first)):
        if rows is None:
            return None
        key = rows.key[0] if len(rows.key) == 1 else None
        return Thing(key, i, rows.stop, rows.score, is_rows=True)
    number = draft.field_at(i, is_measure, least=0.6)
    if number is not None and (number.stop, number.score) > (field.stop, field.score):
        return None
    return field


def _is_rather_rows(rows: Noun, field: Thing, *, first: bool) -> bool:
    if rows.stop != field.stop:
        return rows.stop > field.stop
    own = field.field in rows.key
    return own or (first and rows.score >= field.score)


def category_at(draft: Draft, i: int, *, least: float = 0.7) -> Thing | None:
    """A field that groups may be made by, named by free words at `i`."""
    if not draft.is_free(i):
        return None
    noun = next((n for n in draft.nouns_at(i) if not n.is_rows and len(n.key) == 1), None)
    link = draft.field_at(i, groupable, least=least)
    link = _head(draft, link) if link is not None else None
    if link is not None and _is_two(draft, link.start, link.stop):
        found = draft.fields_at(i, groupable, least=least)
        link = next((f for f in found if not _is_two(draft, f.start, f.stop)), None)
    if link is not None and (noun is None or (link.stop, link.score) >= (noun.stop, noun.score)):
        return Thing(link.field, i, link.stop, link.score)
    if noun is None or noun.score < least:
        return None
    return Thing(noun.key[0], i, noun.stop, noun.score)


def _head(draft: Draft, link: Link) -> Link:
    """`merchant country` is a country: of nouns in a row the last is what is meant."""
    last = next(draft.fields_at(link.stop, groupable, least=0.85), None)
    if last is None:
        return link
    if any(n.stop == link.stop and n.table == last.field.table for n in draft.nouns_at(link.start)):
        return replace(last, start=link.start)  # "member town" is the town of a member
    whole = (f for f in draft.fields_at(link.start, groupable) if f.stop == last.stop)
    found = next((f for f in whole if f.field == last.field), None)
    return replace(found, score=max(found.score, last.score)) if found else link


def rank_in_buckets(draft: Draft) -> None:
    """`top product per day`: the first of each stretch of time."""
    if draft.bucket is not None and "bucket" not in draft.limit_per:
        draft.limit_per.append("bucket")


def _is_two(draft: Draft, start: int, stop: int) -> bool:
    """`order of each customer` is two things."""
    return any(draft.text(k) in {"each", "every", "any"} for k in range(start, stop))


def add_group(draft: Draft, thing: Thing) -> None:
    """Makes groups by a thing, and takes its words."""
    if thing.field is None:
        return
    if thing.field not in draft.group:
        draft.group.append(thing.field)
    draft.take(thing.start, thing.stop, "group", thing.score)


def says(draft: Draft, i: int, phrases: Iterable[tuple[str, ...]]) -> int:
    """Where the first of the phrases that free words at `i` say stops; 0 where they say none."""
    first = draft.text(i)
    for words in phrases:
        if words[0] != first:
            continue
        stop = i + len(words)
        same = all(draft.text(i + k) == word for k, word in enumerate(words))
        if same and draft.is_free(i, stop):
            return stop
    return 0


def skip_kinds(draft: Draft, i: int) -> int:
    """Past `the different`, `kinds of`: words that only say that several things are meant."""
    j = i
    while draft.text(j) in {"the", "of", "our", "all", "these", "those"} | _KINDS:
        if not draft.is_free(j) or _is_named(draft, j):
            break
        j += 1
    return j


def _is_named(draft: Draft, i: int) -> bool:
    """Whether `kind` or `type` is the field itself: `type of account`, `kind of incident`."""
    if draft.text(i) not in _KINDS:
        return False
    named = category_at(draft, i, least=0.75)
    if named is None or draft.text(i + 1) != "of":
        return named is not None
    inner = at(draft, i + 2)
    return inner is None or inner.is_rows or (named.stop > i + 2 and named.score > inner.score)


def take_kinds(draft: Draft, start: int, stop: int) -> None:
    """Takes what `skip_kinds` passed over."""
    for i in range(start, stop):
        if draft.text(i) in _KINDS:
            draft.take(i, i + 1, "group")


def is_time_unit(draft: Draft, i: int) -> bool:
    """Whether a unit of time at `i` is one of the rows' time, and no field of that name."""
    if not draft.is_free(i) or times.unit_of(draft.tokens[i]) is None or draft.time_field is None:
        return False
    return draft.field_at(i, lambda t: not slots.is_moment(t), least=0.9) is None


def whole(draft: Draft, i: int) -> int | None:
    """A free whole number at `i`, as of rows."""
    number = draft.tokens[i].number if 0 <= i < len(draft) and draft.is_free(i) else None
    if number is None or number != int(number) or not 0 < number <= _MOST_ROWS:
        return None
    return int(number)


def closes(draft: Draft, i: int) -> bool:
    """Whether nothing but marks and an order follows from `i` on."""
    return all(
        draft.tokens[k].kind == "mark"
        or draft.text(k) in {"please", "only"}
        or draft.roles.get(k) == "order"
        for k in range(i, len(draft))
    )


def lists_rows(draft: Draft) -> bool:
    """`list the open invoices with their amount`: rows, and no total of what they have."""
    i = 0
    while draft.text(i) in {"please", "can", "could", "you", "pls", "kindly"}:
        i += 1
    if draft.text(i) != "list" or draft.group or draft.bucket:
        return False
    k = skip_taken(draft, draft.skip(i + 1))
    rows = draft.rows_at(k)
    return rows is not None and is_plural(draft, rows.stop - 1)


def is_elsewhere(draft: Draft, i: int) -> bool:
    """Whether the noun at `i` names the rows of another table."""
    root = draft.scope.root.table.name
    return any(n.table != root and n.score > 0.8 for n in draft.nouns_at(i, taken=True))


def number_before(draft: Draft, i: int) -> tuple[int | None, int]:
    """A number right before `i`, and where the words then start."""
    number = whole(draft, i - 1)
    return (number, i - 1) if number else (None, i)


def number_at(draft: Draft, i: int) -> tuple[int | None, int]:
    """A number at `i`, and where the words go on."""
    number = whole(draft, i)
    return (number, i + 1) if number else (None, i)


def skip_taken(draft: Draft, i: int) -> int:
    """The next position that no rule has taken for a condition, a time or a question word."""
    while i < len(draft) and draft.roles.get(i) in {"filter", "time", "ask"}:
        i += 1
    return i


def is_plural(draft: Draft, i: int) -> bool:
    """Whether the word at `i` means several."""
    text = draft.text(i)
    return text in _UNINFLECTED or (text.endswith("s") and not text.endswith(("ss", "us", "is")))


def asks_number(draft: Draft, *, but: str = "") -> bool:
    """Whether a count or an aggregate is asked for in so many words."""
    return any(
        counts_at(draft, i) or aggregates_at(draft, i)
        for i in range(len(draft))
        if not but or draft.text(i) != but
    )


def counts_at(draft: Draft, i: int) -> int:
    """Where free words that ask for a count stop; 0 where there are none at `i`."""
    stop = says(draft, i, COUNTING)
    return 0 if stop and _is_of_name(draft, i) else stop


def _is_of_name(draft: Draft, i: int) -> bool:
    """Whether the word at `i` only ends the name of a number: `word count of messages`."""
    links = (
        link
        for k in (i - 1, i - 2)
        for link in draft.fields_at(k, is_measure, least=0.85, taken=True)
    )
    return draft.text(i) in {"count", "counts"} and any(link.stop > i for link in links)


def aggregates_at(draft: Draft, i: int) -> int:
    """Where free words for an aggregate stop; 0 where there are none at `i`."""
    found = next(iter(slots.SLOTS["aggregate"](draft, i)), None)
    return found.stop if found else 0
