"""Which columns a listing shows: `with their cities`, `order number and customer`."""

from __future__ import annotations

from app.semantic_parser.form import Field
from app.semantic_parser.grammar import naming
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.linking import Link
from app.semantic_parser.tokens import word_set

WITH = (
    ("along", "with"), ("together", "with"), ("with",), ("including",), ("and", "their"),
    ("and", "its"), ("with", "their"), ("with", "its"), ("with", "the"),
)  # fmt: skip
ARTICLES = word_set("the a an its their me us all just only of please")


def columns(draft: Draft) -> None:
    """`with their cities`, `give me order number and customer`."""
    if draft.columns:
        _more(draft)
        return
    for i in range(len(draft)):
        stop = things.says(draft, i, WITH)
        verb = draft.roles.get(i - 1) == "ask" and draft.is_free(i)
        if not stop and not verb and not trails(draft, i):
            continue
        found = fields(draft, stop or i)
        rows = draft.rows_at(found[-1].stop) if found else None
        if not found or (verb and not stop and (rows or not _is_enough(draft, found))):
            continue
        own = key(draft) if stop else []
        draft.columns = list(dict.fromkeys((*own, *(link.field for link in found))))
        if stop:
            draft.take(i, stop, "ask")
        for link in found:
            draft.take(link.start, link.stop, "noun", link.score)
        draft.distinct = draft.distinct or not draft.order
        return


def trails(draft: Draft, i: int) -> bool:
    """Whether columns are named from `i` on, behind a mark: `the biggest order, id and product`."""
    if i < 1 or draft.tokens[i - 1].kind != "mark" or not draft.is_free(i):
        return False
    found = fields(draft, i)
    return len(found) > 1 and things.closes(draft, found[-1].stop)


def _is_enough(draft: Draft, found: list[Link]) -> bool:
    """Whether fields behind a verb are columns: two, or one that something follows."""
    closing = things.closes(draft, found[-1].stop)
    return len(found) > 1 or closing or draft.text(found[-1].stop) in {"of", "for", "from"}


def _more(draft: Draft) -> None:
    """Names `with their cities`: further columns."""
    for i in range(len(draft)):
        stop = things.says(draft, i, WITH)
        behind = draft.distinct and not stop and trails(draft, i)
        found = fields(draft, stop or i) if stop or behind else []
        if found:
            draft.take(i, stop or i, "ask")
            for link in found:
                draft.take(link.start, link.stop, "noun", link.score)
                if link.field not in draft.columns:
                    draft.columns.append(link.field)


def fields(draft: Draft, i: int) -> list[Link]:
    """Fields named from `i` on: `order number, city and customer`."""
    found: list[Link] = []
    while True:
        while draft.text(i) in ARTICLES:
            i += 1
        link = draft.field_at(i, least=0.7) if draft.is_free(i) else None
        rows = draft.rows_at(i)
        link = _own_id(draft, i) or own_name(draft, i) or link
        is_rows = rows is not None and link is not None and rows.stop >= link.stop
        if is_rows and rows and link and found and link.score >= 0.95:
            is_rows = rows.score > link.score  # "with id, test and value", of tests
        if link is None or is_rows:
            return found
        found.append(link)
        i = link.stop
        if draft.text(i) not in {"and", ",", "&"}:
            return found
        i += 1 + (draft.text(i + 1) == "and")


def _own_id(draft: Draft, i: int) -> Link | None:
    """`id`, or `number` where columns are listed: what the rows go by."""
    key = draft.scope.root.table.primary_key
    listed = draft.text(i + 1) in {"and", ",", "&"} or draft.text(i - 1) in {"and", ",", "&"}
    if not listed or len(key) != 1 or not draft.is_free(i):
        return None
    if draft.text(i) not in {"id", "ids", "number", "numbers"}:
        return None
    terms = next((t for t in draft.scope.root.fields if t.field.name == key[0]), None)
    return Link(terms.field, i, i + 1, 0.9) if terms else None


def own_name(draft: Draft, i: int) -> Link | None:
    """`name`, where the rows have just one: `full_name` of agents."""
    if draft.text(i) not in {"name", "names"} or not draft.is_free(i):
        return None
    named = [t.field for t in draft.scope.root.fields if naming.is_name(t.field)]
    return Link(named[0], i, i + 1, 0.9) if len(named) == 1 else None


def key(draft: Draft) -> list[Field]:
    """What tells the listed rows apart."""
    for i in range(len(draft)):
        rows = draft.rows_at(i, taken=True)
        if rows is not None and rows.key:
            return list(rows.key)
    return []
