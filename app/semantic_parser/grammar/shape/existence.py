"""Questions that yes or no answers: `are there any`, `did anyone`, `has X lost any parcel`."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.lexicon import EXTREMES, RANKS
from app.semantic_parser.tokens import word_set

_BE = word_set("is are was were isn aren wasn weren")
_EXIST = word_set("exist exists")
_DO = word_set("did do does has have had didn hasn haven hadn")
_ANY = word_set("any anyone anybody anything someone somebody something")
_POLITE = word_set("please hello hi hey so and ok okay just quick question tell me know let us")
_ASKED_OTHERWISE = word_set("which what when who whom whose where how why")
_CLAUSES = word_set("which who whose where")
_IF_SO = (
    ("if", "so"),
    ("if", "yes"),
    ("and", "which", "ones"),
    ("and", "which"),
    ("?", "which", "ones"),
    ("?", "which"),
)
_GETTING = word_set("get got receive have see")
_CHANGING = word_set(
    "increasing rising growing decreasing falling dropping improving worsening up down normal"
    " usual expected more less fewer higher lower better worse"
)


def whether(draft: Draft) -> None:
    """Marks questions after whether there is anything, and takes the words that ask."""
    i = 0
    while draft.text(i) in _POLITE or draft.text(i) in {",", "if", "whether"}:
        i += 1
    stop = _asking(draft, i)
    if stop and _which_ones(draft, stop):
        draft.take(i, stop, "ask")
        return
    if any(
        draft.text(k) in _ASKED_OTHERWISE - _relative(draft, i, stop) for k in range(len(draft))
    ):
        return
    if not stop or _asks_otherwise(draft):
        return
    if draft.text(stop) in {"all", "every", "each", "both", "most"}:
        draft.distrust("whether that holds of all of them cannot be told")
    draft.asks_whether = True
    draft.intent = 1.0
    for k in range(i, stop):
        draft.take(k, k + 1, "ask")
    for k in range(stop, len(draft)):
        if draft.text(k) in _ANY and draft.is_free(k):
            start = k - (draft.text(k - 1) in _GETTING)  # "did we get any", "did X receive any"
            draft.take(start, k + 1, "ask")


def _relative(draft: Draft, i: int, stop: int) -> frozenset[str]:
    """Words that go on about what there is: `are there orders which ...`."""
    there = any(draft.text(k) in {"there", *_ANY} for k in range(i, stop))
    clause = draft.text(stop) in _CLAUSES
    return frozenset() if clause or not there else _CLAUSES


def _which_ones(draft: Draft, start: int) -> bool:
    """`are there any ..., and if so, which ones`: they are to be named; takes the words."""
    for i in range(start, len(draft)):
        for words in _IF_SO:
            stop = i + len(words)
            closing = words[0] != "?" or draft.skip(stop) >= len(draft) - 1
            if closing and draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
                draft.take(i, len(draft), "ask")
                draft.listing, draft.intent = True, 1.0
                return True
    return False


def _asking(draft: Draft, i: int) -> int:
    """Where the words that start such a question stop; 0 where they do not."""
    word, following = draft.text(i), draft.text(i + 1)
    if word in _EXIST and following in {"there", *_ANY}:
        return i + 2  # "exist there", said for "are there"
    if word in _BE and following == "it" and draft.text(i + 2) in _ANY:
        return i + 3  # "was it any", said for "was there any"
    negated = following == "not"
    if negated:
        following = draft.text(i + 2)
    if word in _ANY:
        return i + 1
    if word in _BE and (following in {"there", *_ANY} or _has_any(draft, i + 1)):
        return i + 1 + negated + (following in {"there", *_ANY})
    if (
        word in {"do", "did"}
        and following in {"we", "you"}
        and draft.text(i + 2) in {"have", "see"}
    ):
        return i + 3
    if word in _DO:
        return i + 1 + negated + (following in {"there", *_ANY})
    if word in _BE and not draft.is_free(i + 1):
        return i + 1  # "is O-5f3a cancelled"
    if word in _BE and following in {"the", "a", "an", "some", "all"}:
        return i + 1
    return i + 1 if word in _BE and things.at(draft, i + 1) is not None else 0


def _has_any(draft: Draft, i: int) -> bool:
    return any(draft.text(k) in _ANY for k in range(i, len(draft)))


def _asks_otherwise(draft: Draft) -> bool:
    """Whether more than any row is asked about: a figure, a rank, a change."""
    words = {draft.text(k) for k in range(len(draft)) if draft.is_free(k)}
    compared = any(
        draft.text(k) in _CHANGING and draft.text(k + 1) not in {"than", "to"} and draft.is_free(k)
        for k in range(len(draft))
    )
    ranked = bool(words & ({*RANKS} - {"most", "least"} | {*EXTREMES}))
    if compared or ranked:
        draft.distrust("a yes or no to that cannot be computed")
    return compared or ranked or things.asks_number(draft)
