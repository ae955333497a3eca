"""What a COMMENT says of when a field is null, true or false: `null while the alert is open`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import stem, tokenize, word_set

_CLAUSE = re.compile(
    r"\b(null|empty|true|false)(?: \(\w+\))?,?\s*"
    r"(=|:|means|while|where|when|whenever|if|for|until|unless|as long as|before|once|after)\s+"
    r"([^;.()]*)(?:\(([^()]*)\))?",
    re.IGNORECASE,
)
_NEGATIVE = word_set("not never no nobody none nothing without cannot neither")
_TURNING = word_set("until unless before")
_MEANING = word_set("= : means")
_RELATIVE = re.compile(r".*\b(?:who|that|which|whose)\b")
_NOUN = re.compile(r"\b(?:the|a|an|any|its|their) [^\W\d_]+\b(?= [a-z])", re.IGNORECASE)
_UN = re.compile(r"(?:an? |the |any )?(un\w{3,}ed)\b", re.IGNORECASE)
"""What rows are that lack something, right behind `null for`: `uninsured animals`."""
_PARTICLES = word_set("on over in out off")
_GOING = {"goes": "go", "going": "go", "gone": "go", "runs": "run"}


@dataclass(frozen=True, slots=True)
class State:
    """A word for a state of rows.

    Attributes:
        word: Its stem.
        particle: What goes with a small verb, as in `goes on`; empty mostly.
        holds: Whether the field is in the case that the clause is about where the word holds;
            otherwise it is where the word does not hold: `null where it was not measured`.
    """

    word: str
    particle: str = ""
    holds: bool = True


@lru_cache(maxsize=20_000)
def states(comment: str, case: str) -> tuple[State, ...]:
    """The states that a comment gives for a case: `null`, `true` or `false`.

    >>> states("Verdict; null while the alert is open", "null")
    (State(word='open', particle='', holds=True),)
    >>> states("Customer; null for a visitor who is not signed in", "null")
    (State(word='sign', particle='', holds=False),)
    >>> states("Moderator, null = unassigned", "null")
    (State(word='unassign', particle='', holds=True),)
    """
    found: list[State] = []
    for what, joint, said, inside in _CLAUSE.findall(comment):
        known = what.lower().replace("empty", "null")
        # In such a list the next meaning follows: null is open, 1 is closed.
        text = re.split(r"[,/|]", said)[0] if joint in _MEANING else said
        if known == case:
            if joint.lower() != "for" or _RELATIVE.search(text):  # "null for other orders"
                found += _state(text, turned=joint.lower() in _TURNING)
            elif un := _UN.match(text):
                found.append(State(stem(un[1].lower())))
            found += [s for part in (inside or "").split(",") for s in _state(part, turned=False)]
    return tuple(found)


def _state(text: str, *, turned: bool) -> list[State]:
    text = _NOUN.sub(" ", _RELATIVE.sub("", text))
    words = [t.text for t in tokenize(text) if t.kind == "word"]
    negative = any(w in _NEGATIVE for w in words)
    last = next((w for w in reversed(words) if _is_content(w)), "")
    if not last or words[-1] in _NEGATIVE:
        return []  # "where the page shows none" says no more than that there is none
    following = words[len(words) - words[::-1].index(last) :][:1]
    particle = following[0] if last in _GOING and following else ""
    particle = particle if particle in _PARTICLES else ""
    if last in _GOING and not particle:
        return []
    return [State(_GOING.get(last, stem(last)), particle, holds=negative == turned)]


def _is_content(word: str) -> bool:
    return word in _GOING or (word not in STOP | _NEGATIVE and len(word) > 1 and word != "yet")
