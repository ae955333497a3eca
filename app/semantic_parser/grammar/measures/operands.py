"""Which number of a row is meant: by its name, or by a word such as "revenue" or "slowest"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.semantic_parser import linking
from app.semantic_parser.form import Duration, Field, Function, Operand
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import durations
from app.semantic_parser.grammar.measures.counted import reachable
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import (
    DURATION_NOUNS,
    MONEY_WORDS,
    SELLING,
    STOP,
    TRADE_WORDS,
    MeasureKind,
)
from app.semantic_parser.linking import FieldTerms, Link, Noun, wordforms
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    is_additive,
    is_duration,
    is_money,
    is_own_length,
)

IMPLIED = 0.55
"""Score of a number that an adjective only may mean, such as "fastest" of a delay."""

_REACH = 9
_TABLES_OWN = 0.95
"""Score of a noun that is the table's own name and no word of a comment."""
_NAMED = 0.9
_LISTED = 0.85
_THINGS = 0.8
"""Score of a noun that is the name of things."""
_MONEY = MONEY_WORDS | {"amount"}
_LASTING = word_set("longest shortest duration durations length lengths")
_HINT = 0.7
"""Score below which a word only goes along with what a number is."""
_PLAINLY = 0.25
"""By how much a noun is rather the rows' own than a hint at a number."""
_BEHIND_A_LIST = frozenset({"", ",", "and", "&", "per", "by", "for", "in", "of", "?", "."})
_MONEY_NAMES = ("revenue", "amount", "total", "price", "fare", "cost", "value", "fee")
_ELAPSED = word_set("time duration latenc latenci load elaps respons how")


@dataclass(frozen=True, slots=True)
class Named:
    """An operand and the words that name it; no words where it is only implied."""

    operand: Operand
    start: int
    stop: int
    score: float


def after(draft: Draft, i: int, reach: int = _REACH) -> Named | None:
    """The first number named from `i` on."""
    for k in reachable(draft, i, reach, taken=True):
        found = at(draft, k)
        if found:
            return _headed(draft, found)
        if not draft.is_free(k):
            continue
        if is_money_said(draft, k):
            return of_kind(draft, "money", k, spoken=True)
        if draft.stem(k) in DURATION_NOUNS:
            return of_kind(draft, "duration", k, spoken=True)
    return None


def _headed(draft: Draft, found: Named) -> Named:
    """`delivery distance` is a distance and no `delivery_fee`: the last word says what it is."""
    following = at(draft, found.stop) if draft.is_free(found.stop) else None
    if following is None or _says_head(draft, found) or not _says_head(draft, following):
        return found
    return replace(following, start=found.start)


def _says_head(draft: Draft, found: Named) -> bool:
    stems = [draft.stem(i) for i in range(found.start, found.stop)]
    if not isinstance(found.operand, Field) or not stems:
        return True
    return linking.says_head(draft.scope.terms(found.operand), stems)


def before(draft: Draft, i: int) -> Named | None:
    """The last number named before `i`."""
    for k in range(i - 1, max(-1, i - _REACH), -1):
        found = at(draft, k) if draft.text(k) not in STOP else None
        if found and found.stop <= i and found.score >= 0.75:
            return found
    return None


def listed(draft: Draft, i: int) -> Named | None:
    """The number that is listed next, where a list goes on at `i`: `and quantity`, `, tip`."""
    k = past_marks(draft, i)
    if k == i or not draft.is_free(k):
        return None
    found = at(draft, k)
    if (found is None or found.score < _LISTED) and is_money_said(draft, k):
        found = of_kind(draft, "money", k, spoken=True)
    # What is compared or said of a row is a condition: `and a quantity above 5`.
    if found is None or draft.text(found.stop) not in _BEHIND_A_LIST:
        return None
    return found if found.start == k and found.score >= _LISTED else None


def is_money_said(draft: Draft, k: int) -> bool:
    """Whether a word such as `revenue` stands at `k`."""
    return draft.stem(k) in MONEY_WORDS and draft.text(k) not in SELLING


def past_marks(draft: Draft, i: int) -> int:
    """Past what stands between the parts of a list; `i` itself where no list goes on there."""
    k = i
    while draft.text(k) in {",", "and", "&"} or (k > i and draft.text(k) == "the"):
        k += 1
    return k


def at(draft: Draft, k: int) -> Named | None:
    """A number named at `k`; the rows' own noun alone is none, whatever comments say."""
    found = named_at(draft, k)
    if found is not None and _is_of_what(draft, found):
        return None
    rows = draft.rows_at(k, taken=True)
    if found is None or rows is None or rows.stop < found.stop:
        return found
    if found.score <= 0.8:
        is_rows = rows.score >= _TABLES_OWN or found.score < rows.score - _PLAINLY
        return None if is_rows else found
    return None if _are_things(draft, found, rows) else found


def _is_of_what(draft: Draft, found: Named) -> bool:
    """Whether the words are the name of rows, and of a number only what it is of.

    `claims per hour` are claims, and no `claimed_amount`.
    """
    noun = draft.noun_at(found.start, taken=True)
    named = noun is not None and noun.stop >= found.stop and noun.score >= _THINGS
    return named and not _says_head(draft, found)


def _are_things(draft: Draft, found: Named, rows: Noun) -> bool:
    """`the most doses` are rows, and no amounts `dose_mg`: several of them are meant."""
    last = draft.text(found.stop - 1)
    column = getattr(found.operand, "column", None)
    if column is None or is_money(column) or rows.score < _NAMED:
        return False
    several = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return several and last not in wordforms.parts_of(column.name)


def named_at(draft: Draft, k: int) -> Named | None:
    """A number that words at `k` may name, even if they name the rows as well."""
    if _is_any_money(draft, k) and (money := of_kind(draft, "money", k, spoken=True)):
        return money
    link = _link(draft, k)
    if link is None or (link.score < _HINT and _is_of_rows(draft, k, link)):
        return None
    return Named(link.field, link.start, link.stop, link.score)


def _is_of_rows(draft: Draft, k: int, link: Link) -> bool:
    """Whether `duration` is rather how long the rows' things took than `ping_ms`."""
    said = draft.stem(k) in DURATION_NOUNS and not is_own_length(link.field.column)
    return said and durations.start_of(draft) is not None


def _is_any_money(draft: Draft, k: int) -> bool:
    """Whether a word such as `spend` says money and is no field's own name."""
    if draft.stem(k) not in MONEY_WORDS or draft.text(k) in SELLING or not draft.is_free(k):
        return False
    links = list(draft.fields_at(k, is_measure, least=0.6))
    alone = all(link.stop == k + 1 for link in links)
    return len(links) > 1 and alone and links[0].score < _NAMED


def _link(draft: Draft, k: int) -> Link | None:
    """A number at `k`, also where a comparison or another aggregate has named it before."""
    if draft.is_free(k):
        return draft.field_at(k, is_measure, least=0.6)
    if draft.roles.get(k) not in {"filter", "measure"} or draft.tokens[k].kind != "word":
        return None
    if draft.stem(k) in CURRENCIES or draft.stem(k) in DURATION_WORDS:
        return None  # "over 100 EUR": the unit of a number names nothing again
    return next(draft.fields_at(k, is_measure, least=0.8, taken=True), None)


def anywhere(draft: Draft) -> Named | None:
    """The first number named anywhere by its own name."""
    found = (at(draft, k) for k in range(len(draft)) if draft.is_free(k))
    return next((n for n in found if n and n.score >= 0.85), None)


def of_kind(draft: Draft, kind: MeasureKind, beside: int, *, spoken: bool = False) -> Named | None:
    """The number that an adjective or a noun such as "revenue" is about.

    Args:
        draft: The reading so far.
        kind: Money, a duration, or any number.
        beside: Position to link from where no word names it.
        spoken: Only where a word such as "revenue" is in the question.
    """
    words = {"money": _MONEY, "duration": DURATION_NOUNS}.get(kind, frozenset())
    said = [
        i
        for i in range(len(draft))
        if draft.is_free(i) and draft.stem(i) in words and draft.text(i) not in STOP | SELLING
    ]
    if spoken and not said:
        return None
    terms = preferred(draft, kind)
    if terms is None or (kind == "duration" and _is_of_part(draft, terms)):
        elapsed = durations.of_rows(draft) if kind == "duration" else None
        if elapsed or terms is None:
            return Named(elapsed, max(beside, 0), max(beside, 0), 0.9) if elapsed else None
    start = said[0] if said else max(beside, 0)
    if said:
        trades = bool(TRADE_WORDS & draft.scope.root.comment)
        score = 0.95 if trades or kind != "money" else 0.75
    else:
        score = 0.95 if kind != "duration" or _is_elapsed(terms) else IMPLIED
    return Named(terms.field, start, start + 1 if said else start, score)


def _is_of_part(draft: Draft, terms: FieldTerms) -> bool:
    """Whether `longest` and `duration` are rather of the rows' things than of `ping_ms`."""
    lasting = any(t.text in _LASTING for t in draft.tokens)
    return lasting and not is_own_length(terms.field.column)


def preferred(draft: Draft, kind: MeasureKind) -> FieldTerms | None:
    """The number of a kind that a question means when it names none."""
    numbers = [t for t in draft.scope.fields if not t.hops and is_measure(t)]
    if kind == "duration":
        return next((t for t in numbers if is_duration(t.field.column)), None)
    money = [t for t in numbers if is_money(t.field.column)] or [
        t for t in numbers if any(n in name_parts(t.field.name) for n in _MONEY_NAMES)
    ]
    for name in _MONEY_NAMES:
        for terms in money:
            if name in terms.field.name.lower():
                return terms
    if kind == "money" or money:
        return money[0] if money and kind == "money" else None
    return numbers[0] if len(numbers) == 1 else None


def of_adjective(draft: Draft, nouns: frozenset[str]) -> Field | None:
    """The number that a superlative such as `oldest` is about, by stems of its name."""
    return next((t.field for t in draft.scope.fields if is_about(t, nouns)), None)


def is_about(terms: FieldTerms, nouns: frozenset[str]) -> bool:
    """Whether a number of the rows is what an adjective is about."""
    return is_measure(terms) and not terms.hops and bool(nouns & {*terms.core, *terms.head})


def ranking_function(operand: Operand, otherwise: Function) -> Function:
    """How groups are compared by a number when the question does not say."""
    if isinstance(operand, Duration):
        return "avg"
    column = getattr(operand, "column", None)
    if column is None:
        return otherwise
    if is_duration(column):
        return "avg"
    return "sum" if is_additive(column) else otherwise


def _is_elapsed(terms: FieldTerms) -> bool:
    """Whether a duration is how long something took, by its name or its comment's first word."""
    first = name_parts(terms.field.column.comment)[:1]
    return bool({*terms.name, *first} & _ELAPSED)
