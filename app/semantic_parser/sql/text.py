"""Names and constants as Flink writes them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.catalog.model import Column
from app.semantic_parser.form import Constant
from app.sql import lexer

_NUMBERS = ("TINYINT", "SMALLINT", "INT", "BIGINT", "DEC", "NUMERIC", "FLOAT", "DOUBLE")


def literal(value: Constant) -> str:
    """A constant; the quote doubled is the only escape that Flink knows.

    >>> literal("it's"), literal(True), literal(Decimal("2.50"))
    ("'it''s'", 'TRUE', '2.50')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value, "f")
    return lexer.literal(value)


def constant(value: Constant, column: Column) -> str:
    """A constant of a column's type; Flink compares no text with a number or a date.

    >>> constant(Decimal(42), Column("line", "STRING")), constant("2026-11-22", Column("d", "DATE"))
    ("'42'", "DATE '2026-11-22'")
    """
    if isinstance(value, Decimal) and column.type.startswith(("STRING", "VARCHAR", "CHAR")):
        return literal(format(value, "f"))
    if isinstance(value, str) and column.type.startswith("DATE"):
        return f"DATE {literal(value)}"
    if isinstance(value, str) and column.type.startswith("TIMESTAMP"):
        return f"TIMESTAMP {literal(value)}"
    if isinstance(value, str) and column.type.startswith(_NUMBERS):
        return _as_number(value)
    return literal(value)


def timestamp(moment: datetime) -> str:
    """A local moment as a literal, to the second."""
    return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"


def double(number: Decimal | int) -> str:
    """A number as a DOUBLE, so that dividing by it keeps the fraction.

    >>> double(60), double(Decimal("0.25"))
    ('60e0', '0.25e0')
    """
    return f"{Decimal(number).normalize():f}e0"


def _as_number(value: str) -> str:
    try:
        return literal(Decimal(value))
    except InvalidOperation:
        return literal(value)
