"""What is asked for each of: `per city`, `by carrier and status`, `for every carrier`."""

from __future__ import annotations

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, Equals
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import EXTREMES, GROUP_BY, LISTING, RANKS, STOP, TOP
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_boolean

_MORE: tuple[tuple[str, ...], ...] = (
    ("broken", "out", "by"), ("broken", "down", "per"), ("split", "up", "by"), ("split", "per"),
    ("divided", "by"), ("separated", "by"), ("segmented", "by"), ("separately", "for", "each"),
    ("separately", "for"), ("separately", "by"), ("separate", "for"), ("separate", "by"),
    ("on", "each"), ("on", "every"), ("at", "each"),
    ("at", "every"), ("from", "each"), ("from", "every"), ("to", "each"), ("to", "every"),
    ("by", "each"), ("by", "every"), ("within", "each"), ("of", "every"), ("in", "every"),
    ("with", "each"), ("with", "every"), ("for", "each", "of", "the"), ("in", "each", "of", "the"),
    ("as", "per"), ("depending", "on"), ("for", "the", "different"), ("for", "the", "various"),
    ("across", "the"), ("across", "different"), ("across", "our"), ("for", "all"),
    ("for", "all", "the"), ("for", "any", "given"), ("any", "given"), ("grouping", "by"),
    *((done, way) for done in ("split", "spread", "distributed", "divided")
      for way in ("over", "across", "among", "between")),
)  # fmt: skip
_PHRASES = tuple(sorted({*GROUP_BY, *_MORE}, key=len, reverse=True))
_MODIFIED = 0.8
_WEAK = ("by",)
_PLURAL_ONLY = (("for", "all"), ("for", "all", "the"), ("separately", "for"))
_SPLITTING = word_set(
    "break down breakdown split broken grouped group divided separated separately respectively"
    " individually segmented distribution spread distributed each figures list comparison"
)
_SINGLY = word_set("each separately separate separated respectively individually")
_LISTED = word_set("and , & plus")
_EACH = word_set("each every")
_CLAUSE = 8
_PREPOSITIONS = word_set("by per each every")
_DONE = word_set("paid sold bought sent made run done taken given held worked driven")


def groups(draft: Draft) -> None:
    """Finds the words for groups, from left to right."""
    _take_shown(draft)
    for i in range(len(draft)):
        if not draft.is_free(i):
            continue
        if draft.text(i) in {"by", "on"} and draft.text(i + 1) == "whether":
            _by_truth(draft, i)
            continue
        if draft.text(i) in _EACH and draft.text(i + 1) in {"one", "of"} and _each_one(draft, i):
            continue
        stop = things.says(draft, i, _PHRASES)
        if stop and draft.said(i - 2, i) in {"instead of", "rather than", "other than"}:
            _replaced(draft, i, stop)
        elif stop and _is_overall(draft, i, stop):
            thing = things.category_at(draft, things.skip_kinds(draft, stop))
            draft.take(i, thing.stop if thing else stop, "context")
        elif stop:
            _grouped(draft, i, stop)
        elif _is_twice(draft, i):
            _grouped(draft, i + 1, i + 2)
            draft.take(i, i + 1, "group")
    _after_bucket(draft)
    _each_value(draft)
    if draft.group or draft.bucket:
        _splitting(draft)


def _take_shown(draft: Draft) -> None:
    """`show me every order over 100 euros`: all of them, and no figure of each."""
    for i in range(1, len(draft)):
        k = i - 1 - (draft.text(i - 1) == "me")
        shown = draft.text(i) in _EACH and draft.is_free(i) and draft.text(k) in LISTING
        if shown and not things.asks_number(draft):
            draft.take(i, i + 1, "context")


def _splitting(draft: Draft) -> None:
    for i in range(len(draft)):
        if draft.is_free(i) and draft.text(i) in _SPLITTING:
            draft.take(i, i + 1, "group")


def _by_truth(draft: Draft, i: int) -> None:
    """`split by whether the order was refunded`: for yes and for no."""
    if any(draft.roles.get(k) == "group" for k in range(i + 2, i + 2 + _CLAUSE)):
        draft.take(i, i + 2, "group")
        return
    draft.distrust("what it is to be split by is not known")


def _each_one(draft: Draft, i: int) -> bool:
    """`how often each one came up`: of the groups that are known."""
    stop = i + 2 if draft.text(i + 1) == "one" else i + 3
    if draft.text(stop - 1) not in {"one", "them", "these", "those"} or not draft.group:
        return False
    draft.take(i, stop, "group")
    return True


def _replaced(draft: Draft, i: int, stop: int) -> None:
    """`per direction instead of per line`."""
    thing = things.category_at(draft, _noun(draft, stop))
    if thing is not None:
        draft.take(i - 2, thing.stop, "context")


def _is_overall(draft: Draft, i: int, stop: int) -> bool:
    """`across all cities` is over all of them together."""
    return draft.text(i) == "across" and draft.text(stop) == "all"


def _is_twice(draft: Draft, i: int) -> bool:
    """`carrier by carrier`."""
    same = draft.stem(i) == draft.stem(i + 2) and draft.tokens[i].kind == "word"
    return same and draft.text(i + 1) == "by"


def _grouped(draft: Draft, start: int, i: int) -> None:
    """What stands after `per`, and more of it after commas and `and`."""
    phrase = tuple(draft.text(k) for k in range(start, i))
    if _asks(draft, i):
        return
    while True:
        j = _noun(draft, i)
        thing = things.category_at(draft, j, least=0.5) or _modified(draft, j)
        if thing is None and j > i:
            j = i  # "by type and branch": it is no way to say something else
            thing = things.category_at(draft, j, least=0.5)
        if thing is None or thing.field in draft.group:
            if thing is not None and draft.ranking is not None and not _is_number(draft, thing):
                draft.take(start, thing.stop, "group", thing.score)
            _unknown(draft, phrase, i, j)
            return
        if not _is_meant(draft, thing, phrase, start):
            return
        draft.take(start, i, "group")
        _take_adjective(draft, i, j)
        things.take_kinds(draft, i, j)
        _add(draft, thing, start)
        phrase = ("per",)
        following = _next(draft, thing.stop)
        if following is None:
            return
        start, i = thing.stop, following


def _modified(draft: Draft, j: int) -> Thing | None:
    """`per sales channel`, where the field is only known as the channel."""
    plain = draft.is_free(j) and draft.tokens[j].kind == "word" and draft.text(j) not in STOP
    if not plain or draft.rows_at(j) or draft.field_at(j, least=0.75):
        return None
    thing = things.category_at(draft, j + 1, least=0.9)
    if thing is not None:
        draft.take(j, j + 1, "group", _MODIFIED)
    return thing


def _noun(draft: Draft, i: int) -> int:
    j = things.skip_kinds(draft, i)
    while draft.text(j) in {"its", "their", "a", "an", "individual", "single"}:
        j += 1
    return j


def _take_adjective(draft: Draft, i: int, j: int) -> None:
    for k in range(i, j):
        if draft.text(k) in {"individual", "single"}:
            draft.take(k, k + 1, "group")


def _is_meant(draft: Draft, thing: Thing, phrase: tuple[str, ...], start: int) -> bool:
    """Whether groups are meant, and not a number to rank by, an actor or a condition."""
    field = thing.field
    if field is None or _is_number(draft, thing):
        return False
    if is_boolean(field.column) and thing.score <= 0.8:
        draft.distrust(f"“{draft.text(thing.start)}” is not known as something to group by")
        return False  # a comment's words for a flag are a condition
    if phrase in _PLURAL_ONLY:
        if not things.is_plural(draft, thing.stop - 1):
            return False
        draft.doubt *= 0.9
    return phrase != _WEAK or not (
        _is_limited(draft, thing) or _ranks_by(draft, thing, start) or _acts(draft, start, thing)
    )


def _is_number(draft: Draft, thing: Thing) -> bool:
    """Whether a number is rather meant: `top 3 products by quantity`."""
    number = draft.field_at(thing.start, is_measure, least=0.6)
    rather = number and (draft.ranking is not None or number.field != thing.field)
    if not rather or number is None:
        return False
    return (number.stop, number.score) >= (thing.stop, thing.score)


def _is_limited(draft: Draft, thing: Thing) -> bool:
    """`by carriers other than X` says whose rows, and not to count them for each carrier."""
    excluded = any(
        isinstance(s.filter, Equals) and s.filter.negated and s.filter.field == thing.field
        for s in draft.filters
    )
    if excluded and draft.roles.get(thing.stop) == "filter":
        draft.take(thing.start, thing.stop, "filter", thing.score)
        return True
    return False


def _ranks_by(draft: Draft, thing: Thing, start: int) -> bool:
    """`top customers by orders`, `carriers by parcels`: how many of them there are ranks."""
    if not things.is_plural(draft, thing.stop - 1):
        return False
    if draft.ranking is not None and draft.group:
        return True
    noun = draft.noun_at(thing.start)
    if noun is None or noun.score < 0.85:
        return False
    head = next((t for t in (things.at(draft, k) for k in range(start)) if t), None)
    return head is not None and not head.is_rows and things.is_plural(draft, head.stop - 1)


def _acts(draft: Draft, start: int, thing: Thing) -> bool:
    """`ordered by customers who ...`: who did it; `delivered by carrier` is a group."""
    word = draft.text(start - 1)
    done = word.endswith("ed") or word in _DONE
    return done and draft.text(thing.stop) in {"who", "that", "with", "from", "named", "called"}


def _add(draft: Draft, thing: Thing, start: int) -> None:
    """A group; of what is ranked already it is for each of what."""
    ranked = draft.ranking is not None and draft.ranking.limit is not None
    if thing.field is None:
        return
    if draft.listing and draft.limit and draft.order:
        said = any(draft.tokens[i].number == draft.limit for i in range(len(draft)))
        draft.limit = draft.limit if said else 1
        draft.limit_per.append(thing.field)
        draft.take(thing.start, thing.stop, "group", thing.score)
        return
    before = draft.ranking is not None and draft.ranking.start < start
    if ranked and before and (draft.group or draft.bucket):
        draft.limit_per.append(thing.field)
        draft.group.insert(len(draft.limit_per) - 1, thing.field)
        draft.take(thing.start, thing.stop, "group", thing.score)
        return
    things.add_group(draft, thing)


def _next(draft: Draft, i: int) -> int | None:
    """Where another group may start: `and status`, `, per city`."""
    if draft.text(i) in {"per", "by"} and draft.is_free(i):
        return i + 1
    if draft.text(i) not in _LISTED or not draft.is_free(i):
        return None
    j = i + 1 + (draft.text(i + 1) == "and")
    j += draft.text(j) in _PREPOSITIONS
    if draft.text(i) == "," and draft.rows_at(j) is not None:
        return None  # "per channel, bookings made today"
    return None if _asks(draft, j) or _bucket(draft, j) else j


def _asks(draft: Draft, j: int) -> bool:
    word = draft.text(j)
    known = word in LISTING or word in EXTREMES or word in RANKS or word in TOP
    return known or bool(things.counts_at(draft, j) or things.aggregates_at(draft, j))


def _bucket(draft: Draft, j: int) -> bool:
    """`per channel and hour`."""
    unit = times.unit_of(draft.tokens[j]) if j < len(draft) and draft.is_free(j) else None
    if unit is None or draft.time_field is None or draft.bucket is not None:
        return False
    if things.category_at(draft, j, least=0.75) is not None:
        return False
    draft.bucket = Bucket(unit)
    draft.take(j, j + 1, "bucket")
    return True


def _unknown(draft: Draft, phrase: tuple[str, ...], i: int, j: int) -> None:
    """`per branch and account type`, where no column is known by the latter."""
    plain = draft.is_free(j) and draft.tokens[j].kind == "word" and draft.text(j) not in STOP
    if not plain or _asks(draft, j):
        return
    listed = draft.text(i - 1) == "and" and draft.group
    known = draft.field_at(j, least=0.75) or draft.rows_at(j)
    if known is None and (listed or phrase not in {_WEAK, ("each",), ("every",), ("across",)}):
        draft.distrust(f"“{draft.text(j)}” is not known as something to group by")


def _after_bucket(draft: Draft) -> None:
    """`per hour and channel`: the time was taken before."""
    for i, role in list(draft.roles.items()):
        if role != "bucket" or draft.roles.get(i + 1) == "bucket":
            continue
        if draft.text(i + 1) in {"and", ","} and draft.is_free(i + 1):
            j = i + 2 + (draft.text(i + 2) in _PREPOSITIONS)
            thing = things.category_at(draft, j, least=0.7)
            if thing is not None and not _asks(draft, j) and draft.rows_at(j) is None:
                draft.take(i + 1, j, "group")
                _add(draft, thing, i + 1)


def _each_value(draft: Draft) -> None:
    """`orders in Berlin and Hamburg each`, `separately`: for each of the values named."""
    if draft.group:
        return
    for i in range(len(draft)):
        if draft.text(i) not in _SINGLY:
            continue
        closing = i + 1 >= len(draft) or draft.tokens[i + 1].kind == "mark"
        closing = closing or (draft.text(i + 1) == "for" and draft.roles.get(i + 2) == "filter")
        several = [
            s.filter.field
            for s in draft.filters
            if isinstance(s.filter, Equals) and not s.filter.negated and len(s.filter.values) > 1
        ]
        if draft.is_free(i) and closing and len(several) == 1:
            draft.group.append(several[0])
            draft.take(i, i + 1, "group")
            return
