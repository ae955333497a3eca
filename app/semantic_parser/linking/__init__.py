"""Question words to tables, fields, values and things.

`vocabulary` prepares a catalog once and `scope` what can be reached from one table of it; the
others look words up in that. Scores run from 0 to 1: an exact name is sure, a word of a COMMENT is
a hint, and a field of another table is worth less than one of the table itself.
"""

from __future__ import annotations

from app.semantic_parser.linking.embedded import Embed, fields_like
from app.semantic_parser.linking.likely import tables_knowing
from app.semantic_parser.linking.names import Accept, fields_at, says_head
from app.semantic_parser.linking.nouns import key_of, nouns_at
from app.semantic_parser.linking.prepare import vocabulary
from app.semantic_parser.linking.scopes import scope
from app.semantic_parser.linking.terms import (
    FieldTerms,
    Link,
    Meant,
    Noun,
    Reach,
    Scope,
    TableTerms,
    ValueLink,
    Vocabulary,
)
from app.semantic_parser.linking.values import values_at

__all__ = [
    "Accept",
    "Embed",
    "FieldTerms",
    "Link",
    "Meant",
    "Noun",
    "Reach",
    "Scope",
    "TableTerms",
    "ValueLink",
    "Vocabulary",
    "fields_at",
    "fields_like",
    "key_of",
    "nouns_at",
    "says_head",
    "scope",
    "tables_knowing",
    "values_at",
    "vocabulary",
]
