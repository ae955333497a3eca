"""Which words of a question a reading leaves unexplained, and how much that costs."""

from __future__ import annotations

from app.semantic_parser import times
from app.semantic_parser.form import Equals, Field, Related
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near, states
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COMPARISONS,
    DISTINCT,
    DONE,
    EXTREMES,
    HARD,
    HARD_PHRASES,
    JUDGED,
    MEASURED,
    MONEY_WORDS,
    PASSING,
    RANKS,
    SELLING,
    SORTING,
    STOP,
    TOP,
)
from app.semantic_parser.linking import FieldTerms, wordforms
from app.semantic_parser.tokens import Token, name_parts, word_set
from app.semantic_parser.types import is_boolean, is_money

_ASKING = frozenset(
    {w for words, _ in AGGREGATES for w in words if w not in STOP}
    | {*EXTREMES, *RANKS, *TOP, *JUDGED}
)
_SIZES = word_set("high low large big great small")
_SHORTEST_AGENT = 5
_REASONS = frozenset({"because of", "due to", "owing to"})
_CAUSES = word_set("reason caus motiv")
"""Stems of what a field is called that says why something was done."""
_BEGINNING = word_set("start starts started begin begins began begun opened created registered")
_CARRIERS = word_set("line field column text address addresses")
_VOLUMES = word_set("volume volumes numbers")
_SMALL_HARD = frozenset(w for phrase in HARD_PHRASES for w in phrase)


def find(draft: Draft, fields: frozenset[Field]) -> list[int]:
    """Positions of content words that nothing accounts for; context words get their credit.

    Args:
        draft: The question with what rules took of it.
        fields: What the form uses.
    """
    left = set(_hard_phrases(draft))
    for i, token in enumerate(draft.tokens):
        if not draft.is_free(i) or i in left or _is_mark(draft, i):
            continue
        noun = draft.rows_at(i)
        if noun is not None:
            draft.take(i, noun.stop, "noun", noun.score)
        elif _is_hard(draft, i) or token.kind in {"number", "code", "date", "clock"}:
            left.add(i)
        elif token.text in STOP | HARD and not _is_of_another(draft, i, fields):
            continue
        elif not _is_head(draft, i) and (credit := _context(draft, i, fields)):
            draft.take(i, i + 1, "context", credit)
        else:
            left.add(i)
    return sorted(left)


def _is_head(draft: Draft, i: int) -> bool:
    """Whether the word says what is asked for, and no reading says it: `boardings at the airport`.

    Where nothing asks for rows or numbers, the first word of all does.
    """
    if draft.measures or draft.listing or draft.asks_whether or draft.intent == 1.0:
        return False
    before = (k for k in range(i) if draft.text(k) not in STOP and draft.tokens[k].kind != "mark")
    return next(before, None) is None and draft.text(i).endswith("s")


def _context(draft: Draft, i: int, fields: frozenset[Field]) -> float:
    """Credit for a word that goes with what is understood; 0 for one that does not."""
    token = draft.tokens[i]
    if token.stem in draft.scope.root.comment:
        return 0.9
    if token.text in SORTING and (draft.ranking or draft.order):
        return 1.0
    if score := _field_word(draft, i, fields) or _meant(draft, i, fields):
        return score
    if (
        _has_agent(draft, token, fields)
        or _is_whose(draft, i)
        or _has_reason(draft, i)
        or _is_each(draft, i)
    ):
        return 0.85
    if is_done(draft, i) or _goes_along(draft, i):
        return 0.9
    if token.text in MEASURED and _is_beside(draft, i):
        return 0.85
    if token.text in _CARRIERS and draft.roles.get(i - 1) == "filter":
        return 0.85  # "in the subject line"
    if token.text in _SIZES and draft.text(i - 1) == "how" and draft.measures:
        return 0.9  # "how high was the total"
    if token.text in _BEGINNING and draft.times:
        return 0.9  # the time of a row is when it began
    passing = token.text in PASSING or (token.text in SELLING and _is_trade(draft))
    return 0.9 if passing else 0.0


def _is_extreme(draft: Draft) -> bool:
    metrics = (m.measure for m in draft.measures)
    return any(getattr(m, "function", "") in {"min", "max"} for m in metrics)


def _has_agent(draft: Draft, token: Token, fields: frozenset[Field]) -> bool:
    """Whether a verb says what somebody does whom every row names: `driven`, of a `driver`."""
    if not token.text.endswith(("ed", "en", "ing")):
        return False
    own = (t.field for t in draft.scope.root.fields)
    sure = [f for f in own if f in fields or not states.speaks_of_null(f)]
    agents = (p for field in sure for p in name_parts(field.name))
    whom = (p[:-2] for field in fields for p in wordforms.parts_of(field.name) if p.endswith("ee"))
    if any(len(verb) >= _SHORTEST_AGENT and token.text.startswith(verb) for verb in whom):
        return True  # "assigned", of an assignee
    return any(
        p.endswith(("er", "or")) and len(p) > _SHORTEST_AGENT and token.text.startswith(p[:-2])
        for p in agents
    )


def _is_whose(draft: Draft, i: int) -> bool:
    """`how much fuel the trucks got`: those whose rows they are, where these are measured."""
    metrics = [getattr(m.measure, "function", "count") for m in draft.measures]
    if not metrics or "count" in metrics or draft.text(i - 1) != "the":
        return False
    root = draft.scope.root.table.name
    nouns = (n for n in draft.nouns_at(i) if n.stop == i + 1 and not n.is_rows)
    return draft.text(i).endswith("s") and any(n.key and n.key[0].table == root for n in nouns)


def _has_reason(draft: Draft, i: int) -> bool:
    """`declined because of a limit`: what was done is known by its reason, which rows have."""
    stop = i + 3 if draft.said(i + 1, i + 3) in _REASONS else 0
    if not stop or not draft.text(i).endswith("ed") or draft.text(i - 1) in {"not", "never"}:
        return False
    causes = (s.filter.field for s in draft.filters if stop <= s.start <= stop + 1
              and isinstance(s.filter, Equals) and not s.filter.negated)  # fmt: skip
    known = (near.terms_of(draft, field) for field in causes)
    return any(_CAUSES & {*t.core, *(w for slot in t.slots for w in slot)} for t in known)


def _goes_along(draft: Draft, i: int) -> bool:
    """`by order volume`, `all of them together?`, `how many different people` of those kept."""
    counts = any(getattr(m.measure, "function", "") == "count" for m in draft.measures)
    if draft.text(i) in _VOLUMES:
        return counts and draft.roles.get(i - 1) == "noun"
    if draft.text(i) == "together":
        closes = all(t.kind == "mark" for t in draft.tokens[i + 1 :])
        return closes and bool(draft.measures) and not (draft.group or draft.bucket)
    kept = draft.summary is not None and draft.summary.function == "count"
    return draft.text(i) in DISTINCT and kept


def is_done(draft: Draft, i: int) -> bool:
    """`how often was it played`, `people listening`, of plays: that there is a row says as much."""
    word = draft.text(i)
    did = any(draft.text(k) == "did" for k in range(max(0, i - 3), i))
    forms = (word, *((word + "ed", word + "d") if did else ()))
    if word.endswith("ing"):
        forms = (word.removesuffix("ing") + "ed",)
    done = {stem for form in forms for stem in DONE.get(form, ())}
    return bool(done & {*draft.scope.root.name, *draft.scope.root.comment})


def _is_each(draft: Draft, i: int) -> bool:
    """`in how many orders did the customer use a code`: the one whom each row belongs to."""
    asks = draft.text(i - 1) == "the" and draft.text(i - 2) in {"did", "does", "do", "has"}
    noun = draft.noun_at(i) if asks and not draft.text(i).endswith("s") else None
    if noun is None or noun.is_rows or noun.stop > i + 1:
        return False
    own = {t.field.name for t in draft.scope.root.fields if t.is_id}
    return any(f.name in own for f in noun.key)


def _is_of_another(draft: Draft, i: int, fields: frozenset[Field]) -> bool:
    """Whether `reported` is rather what `reports` tell of, which the reading leaves aside."""
    if not draft.text(i).endswith("ed"):
        return False
    known = {f.table for f in fields} | {draft.scope.root.table.name}
    known |= {s.filter.join.table.name for s in draft.filters if isinstance(s.filter, Related)}
    meant = {said for said, _ in wordforms.said_as(draft.stem(i))}
    return any(
        t.table.name not in known and any(meant & {*noun} for noun in t.nouns)
        for t in draft.scope.tables
    )


def _is_mark(draft: Draft, i: int) -> bool:
    raw = draft.tokens[i].raw
    money = raw in {"€", "$", "£"}
    return draft.tokens[i].kind == "mark" or money or (raw == "%" and _is_number(draft, i - 1))


def _hard_phrases(draft: Draft) -> list[int]:
    """Positions of small words that together change what is asked: `on time`, `going up`."""
    found: list[int] = []
    for phrase in HARD_PHRASES:
        for i in range(len(draft) - len(phrase) + 1):
            stop = i + len(phrase)
            if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(phrase):
                found += range(i, stop)
    return found


def _is_hard(draft: Draft, i: int) -> bool:
    """Whether an unused word must not pass for context, whatever a comment says."""
    text = draft.text(i)
    if text == "ever" and (draft.ranking or draft.order or _is_extreme(draft)):
        return False  # "the smallest payment ever": of all of them
    if text in HARD:
        k = i + 1
        if text == "over" and draft.roles.get(k) == "group":
            return False  # "over each channel"
        while draft.text(k) in {"the", "a"}:
            k += 1
        while draft.text(k) in {"all", "these", "those", "our"}:
            k += 1
        rows = draft.roles.get(k) in {"time", "noun", "filter"} or draft.rows_at(k, taken=True)
        return text != "over" or not rows  # "over the last hour", "over all readings"
    compares = any(
        draft.said(i, i + len(w)) == " ".join(w) and _is_number(draft, i + len(w))
        for w, _ in COMPARISONS
    )
    return text in _ASKING or compares


def _is_number(draft: Draft, i: int) -> bool:
    return 0 <= i < len(draft) and draft.tokens[i].kind == "number"


def _field_word(draft: Draft, i: int, fields: frozenset[Field]) -> float:
    """Credit for a word that some field goes by though no rule has used it.

    What is done (`shipped`, `paid`) and units of time say more than a comment that has the word.
    """
    token = draft.tokens[i]
    says_more = is_verb(token) or times.unit_of(token) is not None
    money = any(is_money(f.column) for f in fields)
    best = 0.9 if money and token.stem in MONEY_WORDS else 0.0
    for terms in draft.scope.fields:
        is_used = terms.field in fields
        if terms.hops and not is_used:
            continue
        if is_boolean(terms.field.column) and not is_used:
            continue  # its words are a condition: "cancelled", "with solar panels"
        if says_more and not is_used and terms.field != draft.time_field:
            continue
        best = max(best, _credit(terms, token, is_used=is_used, is_first=i == 0))
    return best


def _meant(draft: Draft, i: int, fields: frozenset[Field]) -> float:
    """Credit for a synonym of what the form uses anyway."""
    if any(link.field in fields for link in draft.fields_at(i)):
        return 0.85
    tables = {f.table for f in fields if _is_one(draft, f.table)}
    others = {f.table for f in fields} - {draft.scope.root.table.name}
    others |= {s.filter.join.table.name for s in draft.filters if isinstance(s.filter, Related)}
    told = draft.text(i - 1) in {"in", "on", "via", "by"} and draft.noun_at(i) is None
    if told and any(draft.stem(i) in t.name for t in draft.scope.tables if t.table.name in others):
        return 0.85  # "were reported in chat", of `chat_reports`
    known = (n.table in tables or any(f in fields for f in n.key) for n in draft.nouns_at(i))
    return 0.85 if any(known) else 0.0


def _is_one(draft: Draft, table: str) -> bool:
    """Whether each row has at most one of another table, so that its fields are the row's own."""
    reach = draft.scope.reached.get(table)
    return reach is not None and not any(join.many for join in reach.joins)


def _is_beside(draft: Draft, i: int) -> bool:
    """Whether the word stands right behind the name of a field: `current ask price`."""
    return (
        draft.roles.get(i - 1) in {"measure", "group", "order", "noun"}
        and draft.tokens[i - 1].kind == "word"
    )


def _is_trade(draft: Draft) -> bool:
    """Whether rows are of things that are sold: they have a price or an amount."""
    return any(is_money(t.field.column) for t in draft.scope.root.fields)


def _credit(terms: FieldTerms, token: Token, *, is_used: bool, is_first: bool) -> float:
    stem = token.stem
    if stem in terms.core:
        return 0.95 if is_used else 0.65
    meant = max((terms.slots[at].get(stem, 0.0) for at in terms.parts), default=0.0)
    if meant:
        return meant * (0.95 if is_used else 0.65)
    if stem in terms.head:
        return 0.9 if is_used else 0.7
    if stem in terms.rest and (is_used or is_first or not token.raw[:1].isupper()):
        return 0.85 if is_used else 0.6
    return 0.85 if stem in terms.nulls and is_used else 0.0


def is_verb(token: Token) -> bool:
    """Whether a word says what was done: `shipped`, `paid`."""
    return token.text.endswith("ed") or token.text in {"paid", "sent", *SELLING}


def penalty(token: Token) -> float:
    """Factor for a word that nothing accounts for."""
    if token.text in HARD | _ASKING | _SMALL_HARD:
        return 0.3
    if token.kind != "word" or token.raw[:1].isupper():
        return 0.4
    return 0.55
