"""Question to Flink SQL without a model."""

from __future__ import annotations

from app.semantic_parser.definitions import Definition
from app.semantic_parser.linking import Embed
from app.semantic_parser.parser import choices, parse
from app.semantic_parser.reading import CONFIDENT, Reading

__all__ = ["CONFIDENT", "Definition", "Embed", "Reading", "choices", "parse"]
