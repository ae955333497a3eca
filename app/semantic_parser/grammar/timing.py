"""Which column the times of a question are about, and what they say of it."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from functools import lru_cache

from app.semantic_parser.form import Bucket, During, Field, Null, TimeRange
from app.semantic_parser.grammar import lifetimes
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.times import Periods, Span
from app.semantic_parser.times.moments import shifted
from app.semantic_parser.tokens import name_parts, stem, tokenize, word_set

_BETWEEN = word_set("for at on by in to is was were are be been due within the until before after")
_REACH = 4
_EACH = word_set("per each every by hourly daily weekly monthly")
_LEADING = word_set("on in at during within over since from the")
_PLANNED = word_set(
    "due plan promis expect schedul end expiri expir deadlin until valid eta target estimat"
)
"""Stems of what times that lie ahead go by."""
_WHEN = re.compile(r"\s*(?:When|(?:Day|Date|Time|Moment) of) ([^,;.:(]{4,60})", re.IGNORECASE)
_ARTICLES = word_set("the a an it they was were is are has had been")
_TOLD = 0.9
"""Score of words that a comment says of a time."""
_MONTHS = frozenset(month.lower() for month in calendar.month_name if month)


def claim(draft: Draft) -> None:
    """Takes the times of the question, where the table has a time to apply them to."""
    moments = [t for t in draft.scope.fields if is_moment(t) and not t.hops and not t.field.within]
    if not moments:
        return
    default = _default(draft, moments)
    draft.time_field = default.field if default else None
    for span in draft.spans:
        if not draft.is_free(span.start, span.stop):
            continue
        match span.meaning:
            case Bucket() if default is not None:
                draft.bucket = draft.bucket or span.meaning
                _claim_verb(draft, span, default)
                draft.take(span.start, span.stop, "bucket")
            case TimeRange() | Periods():
                _claim_range(draft, span, default)


def _default(draft: Draft, moments: list[FieldTerms]) -> FieldTerms | None:
    """The time that is meant where none is named; a date such as a birthday has to be named."""
    attribute = draft.scope.root.table.time_attribute
    moments = [t for t in moments if t.field.column.type.startswith("TIMESTAMP")]
    first = moments[0] if moments else None
    return next((t for t in moments if t.field.name == attribute), first)


def _claim_range(draft: Draft, span: Span, default: FieldTerms | None) -> None:
    meaning = span.meaning
    other = _other(draft, span, default)
    if default is None and other is None:
        return
    if isinstance(meaning, TimeRange) and other is not None and _is_planned(other.field):
        meaning = _whole(draft, meaning)
    if isinstance(meaning, Periods):
        _claim_periods(draft, span, meaning)
    elif isinstance(meaning, TimeRange):
        if other is not None and draft.times:
            draft.add_filter(During(other.field, meaning), span.start, span.stop)
        else:
            draft.times.append((meaning, span.start))
    if other is None and _is_future(draft, meaning):
        draft.distrust("what has not happened yet is not in the data")
    if other is not None and len(draft.times) == 1:
        draft.time_field = other.field
        draft.take(other.start, other.stop, "time", max(0.9, other.score))
    elif default is not None and (own := _verb_beside(draft, span, default)):
        draft.take(own.start, own.stop, "time", max(0.9, own.score))
    draft.take(span.start, span.stop, "time")


def _other(draft: Draft, span: Span, default: FieldTerms | None) -> Link | None:
    """The time that words beside a range name, where it is not the usual one."""
    other = _named_beside(draft, span, default)
    other = other or lifetimes.verb_before(draft, span.start, default)
    if default is not None:
        return other
    other = other or lifetimes.new_before(draft, span.start)
    if other and draft.text(other.start - 1) == "new":
        draft.take(other.start - 1, other.stop, "noun", 0.9)  # "new sign-ups"
    return other


def _claim_periods(draft: Draft, span: Span, periods: Periods) -> None:
    pair = (periods.later, periods.earlier)
    for period in reversed(pair) if periods.is_reversed else pair:
        if all(period != known for known, _ in draft.times):
            draft.times.append((period, span.start))


def _claim_verb(draft: Draft, span: Span, default: FieldTerms) -> None:
    """`paid per day`: by the day of the payment, of what was paid."""
    other = _named_beside(draft, span, default)
    own = other or _verb_beside(draft, span, default)
    at = span.start + (draft.text(span.start) in _LEADING)
    if own is None or draft.text(at) not in _EACH or not _is_done(draft, own):
        return
    draft.take(own.start, own.stop, "time", max(0.9, own.score))
    if other is not None and not draft.times:
        draft.time_field = other.field
        if other.field.column.nullable:
            draft.add_filter(Null(other.field, negated=True), other.start, other.stop)


def _verb_beside(draft: Draft, span: Span, default: FieldTerms) -> Link | None:
    """`orders placed on Friday`: the usual time by its verb, whatever state it names as well."""
    k = span.start - 1
    while draft.text(k) in _LEADING:
        k -= 1
    if not draft.is_free(k):
        return None
    link = next(draft.fields_at(k, lambda terms: terms == default, least=0.75), None)
    return link if link and link.stop == k + 1 and _is_done(draft, link) else None


def _is_done(draft: Draft, link: Link) -> bool:
    return draft.text(link.start).endswith("ed") or draft.text(link.start) in {"paid", "sent"}


def _is_planned(field: Field) -> bool:
    """Whether a time may lie ahead: when something ends, is due or was promised."""
    parts = {stem(p) for p in name_parts(field.name)}
    return field.column.type.startswith("DATE") or bool(parts & _PLANNED)


def _whole(draft: Draft, meaning: TimeRange) -> TimeRange:
    """`contracts that end in 2026`: all of the year, and not only what has passed of it."""
    if draft.now is None or meaning.start is None or meaning.end != draft.now:
        return meaning
    if meaning.words.startswith(("since", "from", "after")):
        return meaning
    last = meaning.words.rpartition(" ")[2].lower()
    unit = "day" if last == "today" else last
    if last.isdigit() and len(last) == len("2026"):
        unit = "year"
    if last in _MONTHS:
        unit = "month"
    if unit not in {"day", "week", "month", "quarter", "year"}:
        return meaning
    end = shifted(meaning.start, 1, unit)  # type: ignore[arg-type]
    return replace(meaning, end=end or meaning.end)


def _is_future(draft: Draft, meaning: object) -> bool:
    """Whether a range lies ahead: event times are of the past, other times may be planned."""
    attribute = draft.scope.root.table.time_attribute
    is_event = draft.time_field is not None and draft.time_field.name == attribute
    start = meaning.start if isinstance(meaning, TimeRange) else None
    return bool(is_event and start and draft.now and start > draft.now)


def _named_beside(draft: Draft, span: Span, default: FieldTerms | None) -> Link | None:
    """`promised for tomorrow`, `settled today`: a time other than the usual one, right beside."""

    def is_other(terms: FieldTerms) -> bool:
        return is_moment(terms) and terms != default and not terms.hops

    for start in range(span.start - 1, max(-1, span.start - _REACH), -1):
        link = draft.field_at(start, is_other, least=0.75)
        if link and _said_of_time(draft, link):
            own = draft.field_at(start, lambda t: t == default, least=link.score)
            return None if own and own.stop >= link.stop else link
        if draft.text(start) not in STOP | _BETWEEN:
            break
    return _told_beside(draft, span, default)


def _told_beside(draft: Draft, span: Span, default: FieldTerms | None) -> Link | None:
    """`money that came in today`, of a time whose comment says `When the money came in`."""
    told: list[Link] = []
    for terms in draft.scope.fields:
        if not is_moment(terms) or terms == default or terms.hops or terms.field.within:
            continue
        words = [w for w in _clause(terms.field.column.comment) if w not in _ARTICLES]
        k, said = span.start, len(words)
        while said and k > 0 and draft.text(k - 1) in {*words, *STOP}:
            k -= 1
            said -= draft.text(k) == words[said - 1]
        if words and not said and draft.is_free(k, span.start):
            told.append(Link(terms.field, k, span.start, _TOLD))
    return told[0] if len(told) == 1 else None


@lru_cache(maxsize=5_000)
def _clause(comment: str) -> tuple[str, ...]:
    """What a comment says happened at a time, if that tells it from other times."""
    found = _WHEN.match(comment)
    words = tuple(t.text for t in tokenize(found[1]) if t.kind == "word") if found else ()
    return words if any(word not in STOP | _ARTICLES for word in words) else ()


def _said_of_time(draft: Draft, link: Link) -> bool:
    """Whether the words are of the time itself: `time` alone may be of any."""
    generic = {"time", "date", "day", "when", "moment", "ts"}
    return any(draft.stem(i) not in generic for i in range(link.start, link.stop))


def range_of(draft: Draft) -> TimeRange | None:
    """The one range that rows are in; doubtful where several are said."""
    ranges = _put_together(draft, list(dict.fromkeys(found for found, _ in draft.times)))
    if len(ranges) > 1:
        draft.distrust("it names more than one time")
    return ranges[0] if ranges else None


def _put_together(draft: Draft, ranges: list[TimeRange]) -> list[TimeRange]:
    """`on Friday after 20:00, until midnight`: an end behind a comma that changes nothing."""
    if len(ranges) != 2:
        return ranges
    first, last = ranges
    at = dict(draft.times)
    behind = draft.text(at[last] - 1) == "," and draft.text(at[last]) in {"until", "till", "up"}
    ends = first.start and first.end and last.end and last.end >= first.end
    same = ends and (last.start is None or last.start <= first.start)  # type: ignore[operator]
    return [first] if behind and same else ranges
