"""What is among several values: `wifi among their extras`, `error code E31`."""

from __future__ import annotations

from app.semantic_parser.form import Member
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.slots import is_array
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import Link
from app.semantic_parser.types import element_of, text_of

_AMONG: near.Phrases = tuple(
    (*words, whose)
    for words in (("among",), ("amongst",), ("in",), ("within",), ("as", "part", "of"))
    for whose in ("their", "its", "the", "his", "her")
)
_HOLDING: near.Phrases = (
    ("contains",), ("contain",), ("containing",), ("include",), ("includes",), ("including",),
    ("with",), ("like",), ("has",), ("have",),
)  # fmt: skip


def members(draft: Draft) -> None:
    """Elements that no sample knows, as they are written."""
    if not any(is_array(t) for t in draft.scope.fields):
        return
    for i in range(len(draft)):
        if draft.is_free(i):
            _among(draft, i) or _named(draft, i)


def _among(draft: Draft, i: int) -> bool:
    """`wifi among their extras`."""
    after = near.phrase_at(draft, i, _AMONG)
    link = next(draft.fields_at(after, is_array, least=0.75), None) if after else None
    if link is None or not _is_element(draft, i - 1, link):
        return False
    return _add(draft, i - 1, (i - 1, link.stop), link)


def _named(draft: Draft, i: int) -> bool:
    """`error code E31`, `extras include wifi`."""
    for link in draft.fields_at(i, is_array, least=0.75):
        stop = near.phrase_at(draft, link.stop, _HOLDING)
        is_code = link.stop < len(draft) and draft.tokens[link.stop].kind == "code"
        at = stop or (link.stop if is_code else 0)
        if at and _is_element(draft, at, link):
            return _add(draft, at, (link.start, at + 1), link)
    return False


def _is_element(draft: Draft, i: int, link: Link) -> bool:
    plain = draft.is_free(i) and draft.tokens[i].kind in {"word", "code"}
    return plain and draft.text(i) not in STOP and text_of(element_of(link.field.column))


def _add(draft: Draft, at: int, position: tuple[int, int], link: Link) -> bool:
    turned = near.negation(draft, position[0], link.field)
    if turned:
        draft.take(*turned, "filter")
    value = draft.tokens[at].raw
    draft.add_filter(Member(link.field, (value,), turned is not None), *position)
    draft.take(*position, "filter", 0.9)
    return True
