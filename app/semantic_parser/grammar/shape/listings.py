"""Rows and names to be shown: `list all orders on fraud hold`, `what are the payment methods`."""

from __future__ import annotations

from app.semantic_parser.form import Equals, Field, Newest
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import orders, shown, things
from app.semantic_parser.grammar.shape.holders import is_log
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.shape.which import names
from app.semantic_parser.lexicon import GROUP_BY, LISTING, MONEY_WORDS, STOP
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_number, is_text

_WANTED = (*((word,) for word in LISTING), ("give", "me"), ("i", "need"), ("return",), ("name",))
_WHAT = (
    ("what", "are"), ("what", "were"), ("which", "are"), ("what", "is"), ("what", "was"),
    ("what", "kinds", "of"), ("what", "kind", "of"), ("what", "types", "of"), ("what",),
)  # fmt: skip
_EVERYBODY = word_set("everybody everyone")
_THERE = word_set("there exist exists available known do we have used")


def wanted(draft: Draft) -> None:
    """`give me order number and customer`: columns, before they are taken for figures."""
    verb = _verb(draft)
    figures = things.asks_number(draft, but="number") or draft.bucket or draft.listing
    if verb is None or figures or _is_grouped(draft) or _rows_with(draft, verb):
        return
    found = shown.fields(draft, verb[1])
    if len(found) < 2 or any(is_number(link.field.column) for link in found[1:]):
        return
    draft.take(*verb, "ask")
    draft.listing = draft.distinct = True
    draft.intent = 1.0
    draft.columns = list(dict.fromkeys(link.field for link in found))
    for link in found:
        draft.take(link.start, link.stop, "noun", link.score)


def _rows_with(draft: Draft, verb: tuple[int, int]) -> bool:
    """`list the orders of today, with number and amount`: columns that rows are shown with."""
    k = things.skip_taken(draft, draft.skip(verb[1]))
    rows = draft.rows_at(k)
    if rows is None or not things.is_plural(draft, rows.stop - 1):
        return False
    for i in range(rows.stop, len(draft)):
        stop = things.says(draft, i, shown.WITH)
        found = shown.fields(draft, stop) if stop else []
        if len(found) > 1 and things.closes(draft, found[-1].stop):
            _show(draft, found, key=shown.key(draft))
            draft.take(*verb, "ask")
            draft.take(i, stop, "ask")
            draft.take(rows.start, rows.stop, "noun", rows.score)
            return True
    return False


def _show(draft: Draft, found: list[Link], key: list[Field]) -> None:
    draft.listing = True
    draft.intent = 1.0
    draft.columns = list(dict.fromkeys((*key, *(link.field for link in found))))
    for link in found:
        draft.take(link.start, link.stop, "noun", link.score)


def rows_shown(draft: Draft) -> None:
    """`show orders sorted by amount`: rows, before a number in it is added up."""
    verb = _verb(draft)
    computed = draft.group or draft.bucket or draft.measures or draft.listing or draft.comparison
    if verb is None or computed or things.asks_number(draft):
        return
    k = things.skip_taken(draft, things.skip_kinds(draft, draft.skip(verb[1])))
    thing = things.at(draft, k)
    ids = {t.field for t in draft.scope.fields if t.is_id}
    by = any(draft.text(i) == "by" and draft.is_free(i) for i in range(len(draft)))
    if thing is None or draft.stem(k) in MONEY_WORDS or not (thing.is_rows or thing.field in ids):
        return
    if by and orders.by_field(draft):
        draft.take(thing.start, thing.stop, "noun", thing.score)
        draft.listing = True


def _is_grouped(draft: Draft) -> bool:
    return any(things.says(draft, i, GROUP_BY) for i in range(len(draft)))


def listings(draft: Draft) -> None:
    """Lists rows or names where nothing is computed, with the columns that are asked for."""
    verb = _verb(draft)
    computed = draft.measures or draft.group or draft.bucket or draft.comparison
    if verb is not None:
        draft.take(*verb, "ask")
        draft.intent = max(draft.intent, 1.0)
        if not computed and not draft.listing:
            _list(draft, verb[1])
    elif not computed and not draft.listing and not draft.asks_whether:
        _what_are(draft)
    if draft.listing and not computed:
        shown.columns(draft)
        _row_count(draft)


def _verb(draft: Draft) -> tuple[int, int] | None:
    """`show`, `list` at the head or after a mark: `orders above 1000 euro, give me ...`."""
    head = next((i for i in range(len(draft)) if draft.text(i) not in STOP - LISTING), 0)
    for i in range(len(draft)):
        leads = i == head or draft.tokens[i - 1].kind == "mark" or draft.text(i - 1) == "please"
        stop = things.says(draft, i, _WANTED) if leads else 0
        if stop:
            return i, stop
    return None


def _list(draft: Draft, i: int) -> None:
    """What follows the verb: rows, or the different names of things."""
    if draft.text(i) in {"them", "these", "those"}:
        draft.listing = True
        return
    if any(draft.rows_at(k) for k in range(len(draft))) and not _names_first(draft, i):
        draft.listing = True
        return
    thing = _first(draft, i)
    if thing is not None and thing.field is not None and not thing.is_rows:
        _names(draft, thing, i)
    else:
        draft.listing = True


def _names_first(draft: Draft, i: int) -> bool:
    """`list the different cities of orders`: names come before the rows."""
    j = things.skip_kinds(draft, things.skip_taken(draft, i))
    kinds = any(draft.text(k) in {"different", "distinct", "unique"} for k in range(i, j))
    thing = _first(draft, i)
    plain = thing is not None and not thing.is_rows and thing.field is not None
    if not plain or thing is None:
        return False
    own = draft.rows_at(thing.stop)
    return kinds or (own is None and draft.text(thing.stop) not in {",", "and"})


def _first(draft: Draft, i: int) -> Thing | None:
    """The first noun from `i` on."""
    for k in range(i, len(draft)):
        if draft.is_filler(k) or draft.text(k) in shown.ARTICLES or things.skip_kinds(draft, k) > k:
            continue
        return things.at(draft, k)
    return None


def _names(draft: Draft, thing: Thing, i: int) -> None:
    if thing.field is None:
        return
    things.take_kinds(draft, i, thing.start)
    draft.take(thing.start, thing.stop, "group", thing.score)
    names(draft, [thing.field])


def _what_are(draft: Draft) -> None:
    """`what are the payment methods`, `what kinds of page are there`, `status of order O-1`."""
    i = next((k for k in range(min(4, len(draft))) if things.says(draft, k, _WHAT)), None)
    if i is None:
        _lookup(draft, 0) or _names_of(draft) or _rows_and_columns(draft)
        return
    stop = things.says(draft, i, _WHAT)
    if _lookup(draft, stop):
        draft.take(i, stop, "ask")
        return
    j = things.skip_kinds(draft, stop)
    kinds = any(draft.text(k) in {"kinds", "types", "kind"} for k in range(i, j))
    thing = things.at(draft, j, rows_first=not kinds)
    if thing is None or thing.is_rows:
        return
    one = draft.text(i + 1) in {"is", "was"} or not things.is_plural(draft, thing.stop - 1)
    if one and not kinds:
        return
    draft.take(i, stop, "ask")
    _names(draft, thing, i)
    for k in range(thing.stop, len(draft)):
        if draft.text(k) in _THERE:
            draft.take(k, k + 1, "ask")


def _names_of(draft: Draft) -> bool:
    """`names of the sites without solar panels`, `names and teams of everybody`."""
    i = 0
    while draft.text(i) in shown.ARTICLES:
        i += 1
    link = draft.field_at(i, _is_label, least=0.85) if draft.is_free(i) else None
    link = link or shown.own_name(draft, i)
    if link is None:
        return False
    listed = shown.fields(draft, i)
    found = listed if [f.field for f in listed[:1]] == [link.field] else [link]
    if not (_are_told(draft, link) or _are_of_rows(draft, found)):
        return False
    for each in found:
        draft.take(each.start, each.stop, "noun", each.score)
    names(draft, list(dict.fromkeys(each.field for each in found)))
    return True


def _are_of_rows(draft: Draft, found: list[Link]) -> bool:
    """Whether what follows says whose names they are."""
    i, stop = found[0].start, found[-1].stop
    of = next((k for k in range(i + 1, stop + 1) if draft.text(k) == "of"), None)
    if of is None or not things.is_plural(draft, i):
        return False
    if draft.text(of + 1) in _EVERYBODY:
        draft.take(of + 1, of + 2, "noun")
        return True
    return any(draft.rows_at(k, taken=True) for k in range(i + 1, len(draft)))


def _rows_and_columns(draft: Draft) -> bool:
    """`incidents of today, id and service only`: rows, and what is to be shown of them."""
    k = things.skip_taken(draft, draft.skip(0))
    rows = draft.rows_at(k)
    if rows is None or not things.is_plural(draft, rows.stop - 1) or things.asks_number(draft):
        return False
    for i in range(rows.stop, len(draft)):
        if shown.trails(draft, i):
            draft.take(rows.start, rows.stop, "noun", rows.score)
            _show(draft, shown.fields(draft, i), key=shown.key(draft))
            return True
    return False


def _are_told(draft: Draft, link: Link) -> bool:
    """`titles that nobody has read`: a clause about what has such names."""
    clause = draft.text(link.stop) in {"that", "which"} and draft.filters
    parts = draft.scope.terms(link.field).name
    rows = draft.rows_at(link.start)
    plain = (rows is None or rows.stop < link.stop) and things.is_plural(draft, link.stop - 1)
    return bool(clause and plain and parts and parts[-1] in {"titl", "nam"})


def _is_label(terms: FieldTerms) -> bool:
    return not terms.hops and (is_text(terms.field.column) or terms.is_id)


def _lookup(draft: Draft, i: int) -> bool:
    """`status of parcel S-1`, `the carrier for order O-1`: a field of what an id names."""
    entity = _identified(draft)
    fields = shown.fields(draft, i) if entity is not None else []
    if entity is None or not fields or draft.text(fields[-1].stop) not in {"of", "for", "from", ""}:
        return False
    draft.columns = [entity, *(link.field for link in fields)]
    draft.listing = draft.distinct = True
    draft.intent = 1.0
    for link in fields:
        draft.take(link.start, link.stop, "noun", link.score)
    if is_log(draft, entity):
        draft.newest = Newest((entity,))
        draft.notes.append("Of several rows about it only the newest was looked at.")
    return True


def _identified(draft: Draft) -> Field | None:
    ids = {t.field for t in draft.scope.fields if t.is_id and not t.hops}
    for stated in draft.filters:
        condition = stated.filter
        if isinstance(condition, Equals) and not condition.negated and condition.field in ids:
            return condition.field
    return None


def _row_count(draft: Draft) -> None:
    """`show 20 orders`."""
    if draft.limit is not None or draft.distinct:
        return
    for i in range(len(draft)):
        number = things.whole(draft, i)
        rows = draft.rows_at(things.skip_taken(draft, i + 1), taken=True)
        if number is not None and rows is not None:
            draft.limit = number
            draft.take(i, i + 1, "order")
            return
