"""Question to Flink SQL without a model."""

from __future__ import annotations

from app.semantic_parser.parser import parse
from app.semantic_parser.reading import Reading

__all__ = ["Reading", "parse"]
