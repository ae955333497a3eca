"""Words that say nothing of what is asked: greetings, thanks, the unit of a number anyway."""

from __future__ import annotations

from app.semantic_parser import used
from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    is_money,
    is_number,
    unit_of,
)

_PHRASES = tuple(
    tuple(phrase.split())
    for phrase in (
        "good morning",
        "good afternoon",
        "good evening",
        "good day",
        "thank you",
        "thanks a lot",
        "many thanks",
        "in advance",
        "by the way",
        "for me",
        "i mean",
        "you know",
        "if you can",
        "if possible",
        "a quick question",
        "quick question",
        "i wonder",
        "i would like to know",
        "i want to know",
        "i need to know",
        "we need to know",
        "as far as you know",
        "in our data",
        "in the data",
        "on our books",
        "on the books",
        "on file",
        "in your data",
        "going by the data",
        "at hand",
        "all in all",
        "do we carry",
        "do we offer",
        "are we working with",
        "do we work with",
        "we work with",
        "we are working with",
        "in figures",
        "as a number",
        "just the number please",
        "only the number please",
        "just the number",
        "one number",
        "it gives",
        "it give",
        "does it give",
        "it has",
        "in a table",
        "as a table",
        "as a list",
        "in one go",
        "at one go",
        "at any time",
        "at any point",
        "in a single go",
        "for my report",
        "for a report",
    )
)
_PHRASES_BY_FIRST = {
    first: tuple(words for words in _PHRASES if words[0] == first)
    for first in {words[0] for words in _PHRASES}
}
_LONGEST_ASIDE = 12
_LONGEST_CLAUSE = 8
_MEANT = 0.75
_KEPT = (
    *("in the data", "in our data", "in the tables", "in the streams", "on record", "known"),
    *("we know", "available", "recorded", "kept", "i can see", "i know"),
)
"""How what follows `as far as` ends, where it only says that no more is known."""
_SPEAKER = word_set("i my me we our")
_WHAT = word_set("how what which who whose where show list give count tell")
_LIMITING = word_set(
    "only not no except without but mean means want wants need needs interested care about"
    " looking those these ones all always every each"
)
"""Words of a sentence about the speaker that may say which rows are meant."""
_WHETHER = word_set("did has have had does do is was were are")
_GOES = word_set(
    "drop dropped fall fallen sink sunk dip dipped go gone rise risen climb climbed get"
)
_PAYING = word_set("pay pays paid paying spend spends spent spending")
_ASKING = word_set(
    "how what which who whom whose where when show list give count number total sum average is are"
    " did do does was were has have for per of the at on in"
)
_UNITS = {**CURRENCIES, **DURATION_WORDS, "kwh": "kWh", "km": "km", "kilometr": "km", "kg": "kg"}


def phrases(draft: Draft) -> None:
    """`good evening, could you please tell me`, `many thanks`."""
    for i in range(len(draft)):
        if draft.text(i) == "why" and draft.text(i - 1) in {"reason", "reasons"}:
            draft.take(i, i + 1, "context")
        for words in _PHRASES_BY_FIRST.get(draft.text(i), ()):
            stop = i + len(words)
            if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
                draft.take(i, stop, "context")


def verbs(draft: Draft) -> None:
    """What is done with a number that is named, whatever way it went."""
    _paying(draft)
    _phrased(draft)
    if draft.text(0) not in _WHETHER:
        return
    for i in range(1, len(draft) - 2):  # "did the price ever drop below zero"
        limited = draft.text(i + 1) in {"below", "under", "above", "over"}
        if draft.text(i) in _GOES and limited and draft.tokens[i + 2].number is not None:
            draft.take(i, i + 1, "context")


def _paying(draft: Draft) -> None:
    """`which town paid the most in fees`: of the fees, and not those with a payment."""
    for i in range(1, len(draft) - 2):
        k = i + 1 + (draft.text(i + 1) == "the")
        leads = draft.text(k) in {"most", "least"} and draft.text(k + 1) in {"in", "on", "for"}
        money = leads and next(draft.fields_at(k + 2, _is_money, least=0.75), None)
        if money and draft.text(i) in _PAYING and draft.is_free(i):
            draft.take(i, i + 1, "context")


def _phrased(draft: Draft) -> None:
    """`which carrier was the one with the most parcels`: no number; what `falls due` is due."""
    for i in range(1, len(draft) - 2):
        if draft.text(i) in {"fall", "falls", "fell"} and draft.text(i + 1) == "due":
            draft.take(i, i + 1, "context")
        be = draft.text(i - 1) in {"is", "was"} and draft.said(i, i + 2) == "the one"
        if be and draft.text(i + 2) in {"with", "that", "who", "which", "where"}:
            draft.take(i + 1, i + 2, "context")


def _is_money(terms: FieldTerms) -> bool:
    return is_number(terms.field.column) and is_money(terms.field.column)


def asides(draft: Draft) -> None:
    """What is said of the question itself: before a colon, in a sentence before it, or after it."""
    colon = next((i for i in range(len(draft)) if draft.text(i) == ":"), None)
    if colon is not None and colon <= _LONGEST_ASIDE and draft.text(0) not in _ASKING:
        _aside(draft, 0, colon + 1)  # "my boss is asking again, sorry: how many ..."
    _of_oneself(draft)
    _as_far_as(draft)
    _whatever(draft)


def _of_oneself(draft: Draft) -> None:
    """`Hi, I'm new here. Which ...`: a sentence about who asks, which limits nothing."""
    end = next((i for i in range(len(draft)) if draft.text(i) in {".", "!"}), len(draft))
    words = {draft.text(i) for i in range(min(end, len(draft)))}
    goes_on = end + 1 < len(draft) and draft.tokens[end + 1].raw[:1].isupper()
    if goes_on and end <= _LONGEST_ASIDE and words & _SPEAKER and not words & (_LIMITING | _WHAT):
        _aside(draft, 0, end + 1)


def _whatever(draft: Draft) -> None:
    """`..., whatever state they are in`: any of them."""
    for i in range(1, len(draft)):
        leads = draft.text(i) == "whatever" or draft.said(i, i + 2) in {
            "regardless of",
            "no matter",
        }
        if not leads or draft.text(i - 1) not in {",", "("}:
            continue
        marks = (k for k in range(i, len(draft)) if draft.tokens[k].kind == "mark")
        stop = next(marks, len(draft))
        timed = any(span.start < stop and i < span.stop for span in draft.spans)
        known = any(v.score >= _MEANT for k in range(i, stop) for v in draft.values_at(k))
        if stop - i <= _LONGEST_CLAUSE and not timed and not known:
            draft.take(i, stop, "context")


def _as_far_as(draft: Draft) -> None:
    """`..., as far as their orders are still in the data`: no more than is known is asked for."""
    for i in range(1, len(draft)):
        if draft.said(i, i + 3) != "as far as" or draft.text(i - 1) != ",":
            continue
        marks = (k for k in range(i, len(draft)) if draft.tokens[k].kind == "mark")
        stop = next(marks, len(draft))
        kept = draft.said(i, stop).endswith(_KEPT)
        named = any(
            next(draft.values_at(k), None)
            or (draft.field_at(k, least=0.85) and not draft.noun_at(k))
            for k in range(i, stop)
        )
        if kept and not named and not any(i <= span.start < stop for span in draft.spans):
            draft.take(i, stop, "context")


def _aside(draft: Draft, start: int, stop: int) -> None:
    """Takes words that name nothing of the tables, and no time."""
    known = any(
        next(draft.values_at(i), None) or draft.noun_at(i) or draft.field_at(i, least=0.9)
        for i in range(start, stop - 1)
    )
    if not known and not any(start <= span.start < stop for span in draft.spans):
        draft.take(start, stop, "context")


def units(draft: Draft) -> None:
    """`the slowest load, in ms`, `in EUR`: the unit that the number has anyway."""
    own = {unit_of(f.column) for f in used.of_measures(m.measure for m in draft.measures)}
    own |= {unit_of(o.by.column) for o in draft.order if isinstance(o.by, Field)}
    for i in range(len(draft)):
        unit = _UNITS.get(draft.stem(i), "")
        beside = draft.text(i - 1) in {"in", ",", "(", "of"}
        if unit and unit in own and beside and draft.is_free(i):
            draft.take(i, i + 1, "context")
