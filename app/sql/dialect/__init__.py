"""Apache Flink SQL for sqlglot: `sqlglot.parse_one(text, read="flink")`.

sqlglot ships no Flink dialect. This one takes its tokens from `app.sql.lexer`, so that it can never
see a comment or a string where Flink sees none. Its parser is a chain of classes, one a module:
`types`, `expressions`, `table_functions`, `relations`, `matching`, `queries`, `tables` and
`statements`.
Expressions lean on sqlglot's parser; from FROM upwards the grammar is Flink's own, which needs no
backtracking. Trees use sqlglot's node classes only, since compiled builds of sqlglot do not allow
further ones; where a shape is not the obvious one, the module that reads it says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

from app.sql.dialect.generator import FlinkGenerator
from app.sql.dialect.statements import StatementParser, kind
from app.sql.dialect.tokenizer import FlinkTokenizer
from app.sql.lexer import Token

__all__ = ["Flink", "kind"]


class Flink(Dialect):
    """Apache Flink SQL."""

    NORMALIZATION_STRATEGY = NormalizationStrategy.CASE_SENSITIVE
    NULL_ORDERING = "nulls_are_small"
    NORMALIZE_FUNCTIONS = False
    INDEX_OFFSET = 1
    TYPED_DIVISION = True
    STRICT_STRING_CONCAT = True
    CONCAT_WS_COALESCE = True
    NORMALIZE_NOT_NULL = True
    SUPPORTS_USER_DEFINED_TYPES = False

    Tokenizer = FlinkTokenizer
    Parser = StatementParser
    Generator = FlinkGenerator

    def parse_tokens(self, tokens: Sequence[Token], text: str) -> list[exp.Expr | None]:
        """The statements of a text that `lexer.scan` has already cut into tokens."""
        return self.parser().parse(FlinkTokenizer(dialect=self).converted(tokens, text), text)
