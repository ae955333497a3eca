"""A form in plain words: one line that says it whole, and the phrases that sentences are made of.

`say` is what a user sees before the SQL, and the label of a reading she may choose. The others
are what `responders.results` writes its sentences with.
"""

from app.semantic_parser.words.filters import attached, say_filter
from app.semantic_parser.words.line import ends, say, say_each, say_group, say_having, say_measure
from app.semantic_parser.words.measures import (
    base,
    differing,
    first_metric,
    measure_unit,
    measure_words,
    rows_of,
    share_of,
)
from app.semantic_parser.words.names import Names, say_bucket, say_column, say_constant, say_time
from app.semantic_parser.words.nouns import counted, plural, singular, with_unit

__all__ = [
    "Names",
    "attached",
    "base",
    "counted",
    "differing",
    "ends",
    "first_metric",
    "measure_unit",
    "measure_words",
    "plural",
    "rows_of",
    "say",
    "say_bucket",
    "say_column",
    "say_constant",
    "say_each",
    "say_filter",
    "say_group",
    "say_having",
    "say_measure",
    "say_time",
    "share_of",
    "singular",
    "with_unit",
]
