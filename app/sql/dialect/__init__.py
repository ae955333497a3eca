"""Apache Flink SQL for sqlglot: `sqlglot.parse_one(text, read="flink")`.

sqlglot ships no Flink dialect. This one takes its tokens from `app.sql.lexer`, so that it can never
see a comment or a string where Flink sees none, and reads `CREATE TABLE` by a grammar of its own
(sqlglot's is lenient where a broken definition has to be reported). Trees use sqlglot's node
classes only: compiled builds of sqlglot do not allow further ones.
"""

from __future__ import annotations

from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

from app.sql.dialect.generator import FlinkGenerator
from app.sql.dialect.tables import TableParser
from app.sql.dialect.tokenizer import FlinkTokenizer


class Flink(Dialect):
    """Apache Flink SQL."""

    NORMALIZATION_STRATEGY = NormalizationStrategy.CASE_SENSITIVE
    NULL_ORDERING = "nulls_are_small"
    SUPPORTS_USER_DEFINED_TYPES = False

    Tokenizer = FlinkTokenizer
    Parser = TableParser
    Generator = FlinkGenerator
