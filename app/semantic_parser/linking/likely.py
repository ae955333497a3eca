"""Which tables know a word, by whatever it may mean."""

from __future__ import annotations

from collections.abc import Mapping

from app.semantic_parser.linking import wordforms
from app.semantic_parser.linking.terms import Vocabulary
from app.semantic_parser.tokens import Token


def tables_knowing(vocabulary: Vocabulary, token: Token) -> Mapping[int, float]:
    """The positions of the tables that know a word, with how well, from 0 to 1.

    A word that tables know as it is means just that; only another is taken for its synonyms, or
    for what an unusual part of a name may be short for.
    """
    found: dict[int, float] = {}
    for stem, worth in wordforms.said_as(token.stem):
        for position in vocabulary.postings.get(stem, ()):
            found[position] = max(worth, found.get(position, 0.0))
    if len(token.text) > 3 and 1.0 not in found.values():
        for part, positions in vocabulary.odd.items():
            worth = wordforms.abbreviates(part, token.text)
            for position in positions if worth else ():
                found[position] = max(worth, found.get(position, 0.0))
    return found
