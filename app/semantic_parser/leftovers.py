"""Which words of a question a reading leaves unexplained, and how much that costs."""

from __future__ import annotations

from app.semantic_parser import times
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Null
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COMPARISONS,
    EXTREMES,
    HARD,
    HARD_PHRASES,
    JUDGED,
    MONEY_WORDS,
    RANKS,
    SELLING,
    STOP,
    TOP,
)
from app.semantic_parser.tokens import Token, word_set
from app.semantic_parser.types import is_boolean, is_money

_SORTING = word_set("sorted ranked ordered order sort ordering starting")
_ALWAYS_UNSURE = frozenset(
    {w for words, _ in AGGREGATES for w in words if w not in STOP}
    | {*EXTREMES, *RANKS, *TOP, *JUDGED}
)


_SMALL_HARD = frozenset(w for phrase in HARD_PHRASES for w in phrase)


def find(draft: Draft) -> list[int]:
    """Positions of content words that nothing accounts for; context words get their credit."""
    left = _hard_phrases(draft)
    for i, token in enumerate(draft.tokens):
        if (
            not draft.is_free(i)
            or i in left
            or token.kind == "mark"
            or token.raw in {"€", "$", "£"}
            or (token.raw == "%" and _numeric(draft, i - 1))
        ):
            continue
        stop = draft.table_noun(i)
        if stop is not None:
            draft.take(i, stop, "noun")
        elif _is_hard(draft, i) or token.kind in {"number", "code", "date", "clock"}:
            left.append(i)
        elif token.text in STOP | HARD:
            continue
        elif token.stem in draft.terms.comment:
            draft.take(i, i + 1, "context", 0.9)
        elif token.text in _SORTING and draft.direction:
            draft.take(i, i + 1, "context")
        elif score := _column_word(draft, i):
            draft.take(i, i + 1, "context", score)
        else:
            left.append(i)
    return sorted(left)


def _hard_phrases(draft: Draft) -> list[int]:
    """Positions of small words that together change what is asked: `on time`, `going up`."""
    starts = [
        range(i, i + len(phrase))
        for i in range(len(draft.tokens))
        for phrase in HARD_PHRASES
        if draft.matches(i, phrase) and all(map(draft.is_free, range(i, i + len(phrase))))
    ]
    return sorted({i for span in starts for i in span})


def _is_hard(draft: Draft, i: int) -> bool:
    """Whether an unused word must not pass for context, whatever a comment says."""
    token = draft.tokens[i]
    if token.text in HARD:
        k = i + 1
        while draft.text(k) in {"the", "a"}:
            k += 1
        return token.text != "over" or draft.roles.get(k) != "time"  # "over the last hour"
    compares = any(draft.matches(i, w) and _numeric(draft, i + len(w)) for w, _ in COMPARISONS)
    return token.text in _ALWAYS_UNSURE or compares


def _numeric(draft: Draft, i: int) -> bool:
    return 0 <= i < len(draft.tokens) and draft.tokens[i].kind == "number"


def _column_word(draft: Draft, i: int) -> float:
    """Credit for a word that some column goes by though no rule has used it.

    What is done (`shipped`, `paid`) and units of time say more than a comment that has the word.
    """
    token, stem = draft.tokens[i], draft.stems[i]
    says_more = is_verb(token) or times.unit_of(token) is not None
    used = {c.name for m in draft.metrics if (c := m.column)} | {c.name for c in draft.group}
    used |= {f.column.name for f in draft.filters}
    money = any(c.name in used and is_money(c) for c in draft.terms.table.columns)
    told = {c.name for m in draft.metrics if m.distinct and (c := m.column)}
    told |= {f.column.name for f in draft.filters if isinstance(f, Null)}
    best = 0.9 if money and stem in MONEY_WORDS else 0.0
    for terms in draft.terms.columns:
        is_used = terms.column.name in used
        if is_boolean(terms.column) and not is_used:
            continue  # its words are a condition: "cancelled", "with solar panels"
        if says_more and not is_used and terms.column != draft.time_column:
            continue
        if stem in terms.core:
            best = max(best, 0.95 if is_used else 0.65)
        elif stem in terms.head:
            best = max(best, 0.9 if is_used else 0.7)
        elif stem in terms.rest and (is_used or i == 0 or not token.raw[:1].isupper()):
            best = max(best, 0.85 if is_used else 0.6)
        elif stem in terms.nulls and terms.column.name in told:
            best = max(best, 0.85)
    return best


def is_verb(token: Token) -> bool:
    """Whether a word says what was done: `shipped`, `paid`."""
    return token.text.endswith("ed") or token.text in {"paid", "sent", *SELLING}


def penalty(token: Token) -> float:
    """Factor for a word that nothing accounts for."""
    if token.text in HARD | _ALWAYS_UNSURE | _SMALL_HARD:
        return 0.3
    if token.kind != "word" or token.raw[:1].isupper():
        return 0.4
    return 0.55
