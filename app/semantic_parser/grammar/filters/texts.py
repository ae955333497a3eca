"""Texts within texts: `contains 'Tent'`, `starting with invoice`, `mentions a brake`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.semantic_parser.form import Contains
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.slots import is_wording
from app.semantic_parser.lexicon import PASSING, STOP
from app.semantic_parser.linking import FieldTerms, Link
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_text

Place = Literal["anywhere", "start", "end"]

_ASKS: tuple[tuple[tuple[str, ...], Place], ...] = tuple(
    (tuple(words.split()), place)  # type: ignore[misc]
    for place, phrases in (
        ("anywhere", "contains|contain|containing|contained|mentions|mention|mentioning|mentioned"),
        ("anywhere", "has the word|have the word|with the word|had the word|include the word"),
        ("anywhere", "has the words|with the words|includes the word|including the word"),
        ("anywhere", "with the text|has the text|with the term|with the phrase|matching|matches"),
        ("start", "starts with|start with|starting with|started with|begins with|begin with"),
        ("start", "beginning with|with prefix|with the prefix|prefixed with|prefixed by"),
        ("end", "ends with|end with|ending with|ends in|ending in|end in|ends on|ending on"),
        ("end", "with suffix|with the suffix"),
    )
    for words in phrases.split("|")
)
_BY_FIRST: dict[str, list[tuple[tuple[str, ...], Place]]] = {}
for _words, _place in _ASKS:
    _BY_FIRST.setdefault(_words[0], []).append((_words, _place))
_PLAIN_WITH = word_set("with having including")
_HAVING = word_set("have has had")
_NUMBERS = word_set("number numbers code codes id ids")
_KIND_OF_TEXT = word_set("the word words text string letters term phrase prefix a an substring")
_NAME_WORDS = word_set("name names title titles label labels")
_DOMAINS = word_set("com org net edu gov io de fr uk eu")
_MAILBOXES = word_set("address addresses email emails mail mails account accounts")
_MAIL = word_set("email mail")
_NAMES = word_set("nam titl label")
_PROSE = word_set("note descript text comment messag subject referenc remark memo content summari")


@dataclass(frozen=True, slots=True)
class _Text:
    words: str
    stop: int


def contained(draft: Draft) -> None:
    """Every condition on part of a text."""
    for i in range(len(draft)):
        if not draft.is_free(i) or _mail_domain(draft, i):
            continue
        for words, place in _BY_FIRST.get(draft.text(i), ()):
            stop = near.phrase_at(draft, i, (words,))
            if stop and _condition(draft, i, stop, place):
                break
        else:
            if draft.text(i) in _PLAIN_WITH or _has_name(draft, i):
                _within(draft, i)


def _mail_domain(draft: Draft, i: int) -> bool:
    """`with a gmail.com address`: the end of an e-mail address."""
    named = draft.text(i + 1) in _DOMAINS and draft.text(i + 2) in _MAILBOXES
    own = _mailbox(draft) if named else None
    if own is None:
        return False
    start = i - 1 if draft.text(i - 1) in {"a", "an", "the"} else i
    link = near.implied(own, i, 0.9)
    _add(draft, (start, i + 3), link, f"{draft.text(i)}.{draft.text(i + 1)}", "end")
    return True


def _mailbox(draft: Draft) -> FieldTerms | None:
    """The one e-mail address of the rows."""
    own = [t for t in draft.scope.root.fields if is_wording(t) and _MAIL & {*t.name}]
    return own[0] if len(own) == 1 else None


def _condition(draft: Draft, start: int, i: int, place: Place) -> bool:
    text = _text_at(draft, i)
    if text is None:
        return False
    stop, place = _at_place(draft, text.stop, place)
    named = _named_in(draft, stop)
    link = named or _named_before(draft, start)
    if link and not named and _name_word(draft, stop) and _is_id(draft, link):
        link = None  # "lessons with the word Yoga in the name" are not those of such an id
    if link is None and draft.text(i - 1) in {"in", "on"}:
        return False  # "sessions that end in error" say how and not what they are called
    link = link or _name_like(draft, start, draft.text(start))
    if link is None:
        return False
    end = named.stop if named else _name_word(draft, stop) or stop
    _add(draft, (start, end), link, text.words, place)
    return True


def _has_name(draft: Draft, i: int) -> bool:
    """`have Metall in their name`, and nothing else that things have in some place."""
    text = _text_at(draft, i + 1) if draft.text(i) in _HAVING else None
    return text is not None and bool(_name_word(draft, text.stop))


def _within(draft: Draft, i: int) -> bool:
    """`with "Bag" at the end of the name`, `with rent in the reference`."""
    text = _text_at(draft, i + 1)
    if text is None:
        return False
    stop, place = _at_place(draft, text.stop, "anywhere")
    if stop == text.stop and draft.text(stop) not in {"in", "within"}:
        return False
    link = _named_in(draft, stop) if stop == text.stop else None
    name = _name_word(draft, stop) or (stop if stop > text.stop else 0)
    if link is None and not name:
        return False
    if link is None:
        link = _named_before(draft, i)
        link = None if link and name > stop and _is_id(draft, link) else link
    link = link or _name_like(draft, i, "")
    if link is None:
        return False
    _add(
        draft, (i, max(stop, name, link.stop if link.start >= i else stop)), link, text.words, place
    )
    return True


def _add(draft: Draft, position: tuple[int, int], link: Link, text: str, place: Place) -> None:
    turned = near.negation(draft, position[0], link.field)
    if turned:
        draft.take(*turned, "filter")
    filter_ = Contains(link.field, text, place, negated=turned is not None)
    draft.add_filter(filter_, *position)
    asked = near.is_grouped(draft, link.start) and link.stop <= position[0]
    draft.take(*position, "filter")
    if not asked:  # "which site names contain": they are what is to be listed
        near.take(draft, link.start, link.stop, link.score)


def _text_at(draft: Draft, i: int) -> _Text | None:
    """The text looked for: one word, or several that are written as a name."""
    while draft.text(i) in _KIND_OF_TEXT:
        i += 1
    if draft.text(i) == "." and draft.text(i + 1) in _DOMAINS and draft.is_free(i, i + 2):
        return _Text(f".{draft.text(i + 1)}", i + 2)
    if not draft.is_free(i) or draft.tokens[i].kind not in {"word", "code", "number"}:
        return None
    if draft.text(i) in STOP and not draft.tokens[i].raw[:1].isupper():
        return None
    stop = i + 1
    while draft.is_free(stop) and _goes_on(draft, stop):
        stop += 1
    return _Text(" ".join(t.raw for t in draft.tokens[i:stop]), stop)


def _goes_on(draft: Draft, i: int) -> bool:
    token = draft.tokens[i]
    return token.kind == "code" or (token.kind == "word" and token.raw[:1].isupper())


def _at_place(draft: Draft, i: int, place: Place) -> tuple[int, Place]:
    """`at the end of the name`, `at the start`."""
    if draft.text(i) in {"at", "in"} and draft.text(i + 1) == "the":
        found = {"end": "end", "start": "start", "beginning": "start"}.get(draft.text(i + 2))
        if found:
            i += 3
            return _name_word(draft, i) or i, found  # type: ignore[return-value]
    return i, place


def _name_word(draft: Draft, i: int) -> int:
    """Where `in their name`, `of the name` stops; 0 where it is not said."""
    if draft.text(i) not in {"in", "of", "within"}:
        return 0
    i += 1
    i += draft.text(i) in {"the", "its", "their", "his", "her"}
    return i + 1 if draft.text(i) in _NAME_WORDS else 0


def _named_in(draft: Draft, i: int) -> Link | None:
    """`... in the reference`, `... in their name`: the field behind the text."""
    if draft.text(i) not in {"in", "within", "as"}:
        return None
    i += 1
    i += draft.text(i) in {"the", "its", "their"}
    return draft.field_at(i, is_wording, least=0.75)


def _named_before(draft: Draft, i: int) -> Link | None:
    i = _clause(draft, i)
    if draft.text(i - 1) in _NAME_WORDS:
        named = near.before(draft, i - 1, _is_title, least=0.75)
        if named:
            draft.take(i - 1, i, "filter")
            return named
    k = i - 1 - (draft.text(i - 1) in {"that", "which"})
    if draft.text(k) in {"address", "addresses"} and (own := _mailbox(draft)):
        start = k - (draft.text(k - 1) in _MAIL)
        return Link(own.field, start, k + 1, 0.9)
    if draft.text(i - 1) in _NUMBERS and (numbered := _number_of(draft, i)):
        return numbered
    found = near.before(draft, i, is_wording)
    noun = draft.rows_at(found.start) if found else None
    if found and noun and noun.stop >= found.stop and found.score < noun.score:
        return None  # "bookings that mention ..." are rows and no booking numbers
    return found


def _clause(draft: Draft, i: int) -> int:
    """Where `that people have ordered` before `i` starts: its verb names nothing."""
    if draft.text(i - 1) in {"that", "which"} and draft.text(i - 2).endswith("ed"):
        return i - 2  # "was a code used that starts with"
    if not draft.text(i - 1).endswith("ed"):
        return i
    for k in range(i - 2, max(0, i - 7), -1):
        if draft.text(k) in {"that", "which", "who"}:
            return k
        if draft.text(k) not in STOP | PASSING and draft.noun_at(k) is None:
            break
    return i


def _is_id(draft: Draft, link: Link) -> bool:
    return near.terms_of(draft, link.field).is_id


def _is_title(terms: FieldTerms) -> bool:
    """Whether a field may hold the names of things, and not their numbers."""
    return is_wording(terms) and not terms.is_id


def _number_of(draft: Draft, i: int) -> Link | None:
    """`items whose number starts with`: what tells the thing before apart."""
    if draft.text(i - 2) not in {"whose", "the"}:
        return None
    named = [near.ending(draft, s, i - 2, is_wording, least=0.75) for s in range(max(0, i - 5), i)]
    own = next((n for n in named if n and not draft.rows_at(n.start)), None)
    if own is not None:
        draft.take(i - 1, i, "filter")
        return Link(own.field, i, i, own.score)
    thing = near.thing_before(draft, i - 1)
    if thing is None or len(thing.key) != 1 or not is_text(thing.key[0].column):
        return None
    draft.take(i - 1, i, "filter")
    return Link(thing.key[0], i, i, thing.score)


def _name_like(draft: Draft, i: int, asked: str) -> Link | None:
    """The text that rows go by, or for what is mentioned the one that is prose."""
    own = [t for t in draft.scope.fields if not t.hops and is_wording(t)]
    prose = asked.startswith(("mention", "contain"))
    for stems in (_PROSE, _NAMES) if prose else (_NAMES, _PROSE):
        fitting = [t for t in own if _ends_in(t, stems)]
        if len(fitting) == 1:
            return near.implied(fitting[0], i, 0.75)
    return None


def _ends_in(terms: FieldTerms, stems: frozenset[str]) -> bool:
    return bool(terms.name) and terms.name[-1] in stems
