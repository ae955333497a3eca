"""Which of several keys leads to another table: to the one who reported, or was reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.semantic_parser.form import Field, Join
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import wordforms
from app.semantic_parser.tokens import stem, word_set

_SUFFERED = re.compile(r"\b(?:was|were|is|are|been|being|gets?|got) (\w+ed)\b", re.IGNORECASE)
_DID = re.compile(r"\b(?:who|that|which) (\w+ed|\w+s)\b", re.IGNORECASE)
_BE = word_set("was were is are been being get gets got")


def chosen(draft: Draft, join: Join) -> Join:
    """The join to a table by the key that the question speaks of; the given one where by none."""
    ways = _ways(draft, join)
    fitting = [w for w in ways if _is_said(draft, _key(w, ways), [_key(o, ways) for o in ways])]
    return fitting[0] if len(fitting) == 1 else join


def is_clear(draft: Draft, join: Join) -> bool:
    """Whether there is one way only, or the question says which."""
    ways = _ways(draft, join)
    keys = [_key(w, ways) for w in ways]
    return len(ways) < 2 or sum(_is_said(draft, key, keys) for key in keys) == 1


def _ways(draft: Draft, join: Join) -> Sequence[Join]:
    """The joins that lead to the table as well; of keys that are called alike the first is meant.

    A key called just as the other table's is the plain one: `player_id` beside `mvp_player_id`.
    """
    ways = draft.scope.ambiguous(join.table.name)
    plain = [w for w in ways if all(own.name == theirs.name for own, theirs in w.on)]
    return () if plain else ways


def _key(way: Join, ways: Sequence[Join]) -> Field:
    """The field by which a way differs from the others."""
    own = {pair[0] for w in ways for pair in w.on}
    return way.on[0][0] if len(own) > 1 else way.on[0][1]


def _is_said(draft: Draft, key: Field, keys: Sequence[Field]) -> bool:
    """Whether words of the question say what only one of the keys is of."""
    others = [k for k in keys if k != key]
    own = _words(draft, key).difference(*(_words(draft, k) for k in others))
    comment = key.column.comment
    done = _verbs(_SUFFERED, comment).difference(
        *(_verbs(_SUFFERED, k.column.comment) for k in others)
    )
    doing = _verbs(_DID, comment).difference(*(_verbs(_DID, k.column.comment) for k in others))
    for i, token in enumerate(draft.tokens):
        acts = token.text.endswith("ed") or draft.text(i + 1) == "by"
        suffered = draft.text(i - 1) in _BE and draft.text(i + 1) != "by"
        if acts and token.stem in (done if suffered else doing):
            return True
        said = {token.stem, wordforms.root(token.stem)}
        if token.text not in STOP and token.kind == "word" and said & own:
            return True
    return False


def _words(draft: Draft, key: Field) -> frozenset[str]:
    terms = near.terms_of(draft, key)
    slots = (word for at in terms.parts for word in terms.slots[at])
    verbs = _verbs(_SUFFERED, key.column.comment) | _verbs(_DID, key.column.comment)
    return frozenset({*slots, *terms.head}) - verbs


@lru_cache(maxsize=2_000)
def _verbs(pattern: re.Pattern[str], comment: str) -> frozenset[str]:
    return frozenset(stem(verb.lower()) for verb in pattern.findall(comment))


def unclear(draft: Draft, joins: Sequence[Join]) -> str:
    """The table that it is not clear how to get to; empty where all ways are."""
    return next((j.table.name for j in joins if not is_clear(draft, j)), "")
