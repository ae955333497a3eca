"""Which sentences of a passage a text used, by their words and numbers; no model is asked.

Every claim of the text that carries the passage's marker is taken apart into terms. The fewest
sentences of the passage that supply these are the ones used, and so is every sentence that the
claim quotes or repeats nearly whole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from app.markers import MARKER, numbers, without

Span = tuple[int, int]

_REPEATED = 0.8
"""Share of a sentence's terms, by weight, from which a claim repeats it."""
_SUPPLIED = 0.25
"""Least share of a claim's terms, by weight, that a sentence adds to those found so far."""
_QUOTED = 12
"""Least letters and digits of a sentence to be quoted; fewer may stand in a claim by chance."""
_NUMBER_WEIGHT = 2.0
_STEM_CHARACTERS = 6
"""Words are told apart by their beginnings, which does for most languages what a stemmer does."""

_BLOCK = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"\n(?=[ \t]*(?:[-*+|#]|\d{1,3}[.)][ \t]))")
_END = r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]]))"
# A marker behind the full stop belongs to the sentence before it.
_CLAIM = re.compile(
    rf".+?(?:[.!?…][\"'”’)*]*(?:\s*{MARKER.pattern})*(?=\s+[^\sa-z])|\Z)", re.DOTALL
)
_CUT = re.compile(rf"{_BLOCK.pattern}|{_ITEM.pattern}|{_END}\s+(?=[^\sa-z])")
_HEADING = re.compile(r"\s*(?:#[^\n]*(?:\n|\Z)\s*)*")
_TERM = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_STOP = frozenset(
    _TERM.findall(
        "about after all also and any are been before both but can could does each for from had has"
        " have her his how into its may more most not nor off one only other our out over own same"
        " she should some such than that the their them then there these they this those through"
        " too under until upon very was were what when where which while who whom whose why will"
        " with would you your"
    )
)


def used(text: str, number: int, passage: str) -> tuple[Span, ...]:
    """The stretches of a passage that a text goes back to where it cites it.

    Args:
        text: Markdown with `[n]` markers.
        number: The passage's number in it.
        passage: The passage's text.

    Returns:
        Start and end of each stretch in the passage, in order, none touching another; empty where
        the text has no words of it.

    >>> policy = "Parcels are late after 2 hours. We owe 5 EUR. Lost parcels are another matter."
    >>> [policy[a:b] for a, b in used("It costs us 5 EUR [1].", 1, policy)]
    ['We owe 5 EUR.']
    """
    spans = list(_sentences(passage))
    sentences = [_terms(passage[start:end]) for start, end in spans]
    bare = [folded(passage[start:end]) for start, end in spans]
    weights = _weights(sentences)
    found: set[int] = set()
    for claim in _claims(text, number):
        quoted = folded(claim)
        found |= {i for i, one in enumerate(bare) if len(one) >= _QUOTED and one in quoted}
        found |= _sources(_terms(claim), sentences, weights)
    return _joined(passage, [spans[i] for i in sorted(found)])


def pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the stretches.

    >>> list(pieces("Late. We owe 5.", [(6, 15)]))
    [('Late. ', False), ('We owe 5.', True)]
    """
    ends = [0, *(end for span in spans for end in span), len(text)]
    for number, (start, end) in enumerate(pairwise(ends)):
        if start < end:
            yield text[start:end], number % 2 == 1


def folded(text: str) -> str:
    """The letters and digits of a text, without its markup, spaces and line ends."""
    return "".join(filter(str.isalnum, text))


def _claims(text: str, number: int) -> Iterator[str]:
    """The sentences, list items, table rows and quotations that carry a marker."""
    for block in _BLOCK.split(text):
        if number not in numbers(block):
            continue
        is_quotation = block.lstrip().startswith(">")
        lines = [block] if is_quotation else _ITEM.split(block)
        for line in lines:
            parts = [line] if is_quotation else (m[0] for m in _CLAIM.finditer(line))
            yield from (without(part) for part in parts if number in numbers(part))


def _sentences(passage: str) -> Iterator[Span]:
    """Where the sentences, list items and table rows of a passage stand; headings are none."""
    at = 0
    ends = [*((m.start(), m.end()) for m in _CUT.finditer(passage)), (len(passage),) * 2]
    for end, following in ends:
        heading = _HEADING.match(passage, at, end)
        start = heading.end() if heading else at
        piece = passage[start:end].rstrip()
        if any(c.isalnum() for c in piece):
            yield start, start + len(piece)
        at = following


def _terms(text: str) -> frozenset[str]:
    """What tells one sentence from another: its numbers, and the stems of its longer words."""
    return frozenset(_stem(word) for word in _TERM.findall(text.casefold()) if _tells(word))


def _tells(word: str) -> bool:
    return word[0].isdigit() or (len(word) > 2 and word not in _STOP)


def _stem(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    return (word.removesuffix("s") if len(word) > 3 else word)[:_STEM_CHARACTERS]


def _weights(sentences: Sequence[Collection[str]]) -> dict[str, float]:
    """How much each term tells: the rarer in the passage the more, and numbers twice that."""
    counts = Counter(term for sentence in sentences for term in sentence)
    return {
        term: math.log(1 + len(sentences) / count) * (_NUMBER_WEIGHT if term[0].isdigit() else 1)
        for term, count in counts.items()
    }


def _sources(
    claim: AbstractSet[str],
    sentences: Sequence[frozenset[str]],
    weights: Mapping[str, float],
) -> set[int]:
    """The sentences that a claim repeats, and the fewest others that supply the rest of it."""

    def weight(terms: AbstractSet[str]) -> float:
        return math.fsum(weights[term] for term in terms)

    found = {
        i
        for i, terms in enumerate(sentences)
        if len(terms) > 2 and weight(terms & claim) >= _REPEATED * weight(terms)
    }
    known = claim & weights.keys()
    rest = known.difference(*(sentences[i] for i in found))
    while rest:
        best = max(range(len(sentences)), key=lambda i: (weight(sentences[i] & rest), -i))
        added = sentences[best] & rest
        if len(sentences[best] & claim) < 2 or weight(added) < _SUPPLIED * weight(known):
            break
        found.add(best)
        rest -= added
    return found


def _joined(passage: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours in one paragraph with nothing but space between them as one."""
    joined: list[Span] = []
    for start, end in spans:
        gap = passage[joined[-1][1] : start] if joined else "."
        if not gap.strip() and not _BLOCK.search(gap):
            start = joined.pop()[0]  # noqa: PLW2901 - the same stretch, longer
        joined.append((start, end))
    return tuple(joined)
