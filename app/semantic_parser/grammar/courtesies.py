"""Words that say nothing of what is asked: greetings, thanks, the unit of a number anyway."""

from __future__ import annotations

from app.semantic_parser import used
from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import CURRENCIES, DURATION_WORDS, unit_of

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
        "in your data",
        "going by the data",
        "at hand",
        "all in all",
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
_LONGEST_ASIDE = 12
_WHETHER = word_set("did has have had does do is was were are")
_GOES = word_set(
    "drop dropped fall fallen sink sunk dip dipped go gone rise risen climb climbed get"
)
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
        for words in _PHRASES:
            stop = i + len(words)
            if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
                draft.take(i, stop, "context")


def verbs(draft: Draft) -> None:
    """`did the price ever drop below zero`: whether it was there, whatever way it went."""
    if draft.text(0) not in _WHETHER:
        return
    for i in range(1, len(draft) - 2):
        limited = draft.text(i + 1) in {"below", "under", "above", "over"}
        if draft.text(i) in _GOES and limited and draft.tokens[i + 2].number is not None:
            draft.take(i, i + 1, "context")


def asides(draft: Draft) -> None:
    """`my boss is asking again, sorry: how many ...`: what stands before a colon names nothing."""
    colon = next((i for i in range(len(draft)) if draft.text(i) == ":"), None)
    if colon is None or colon > _LONGEST_ASIDE or draft.text(0) in _ASKING:
        return
    known = any(
        next(draft.values_at(i), None) or draft.noun_at(i) or draft.field_at(i, least=0.9)
        for i in range(colon)
    )
    timed = any(span.start < colon for span in draft.spans)
    if not known and not timed:
        draft.take(0, colon + 1, "context")


def units(draft: Draft) -> None:
    """`the slowest load, in ms`, `in EUR`: the unit that the number has anyway."""
    own = {unit_of(f.column) for f in used.of_measures(m.measure for m in draft.measures)}
    own |= {unit_of(o.by.column) for o in draft.order if isinstance(o.by, Field)}
    for i in range(len(draft)):
        unit = _UNITS.get(draft.stem(i), "")
        beside = draft.text(i - 1) in {"in", ",", "(", "of"}
        if unit and unit in own and beside and draft.is_free(i):
            draft.take(i, i + 1, "context")
