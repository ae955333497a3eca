"""What is compared and measured: a column, the time between two, or two numbers together."""

from __future__ import annotations

from app.semantic_parser.form import Arithmetic, Duration, Field, Operand
from app.semantic_parser.types import is_number, is_time, spoken_unit
from app.semantic_parser.words.names import Names

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def say_operand(names: Names, operand: Operand) -> str:
    """An operand, such as `load`, `time from order to payment` or `(amount − shipping fee)`."""
    match operand:
        case Duration(start=start, end=end):
            return f"time from {_moment(names, start)} to {_moment(names, end)}"
        case Arithmetic(left=left, operator=operator, right=right):
            return f"({names.short(left)} {_SIGNS[operator]} {names.short(right)})"
        case _:
            return names.short(operand)


def unit(operand: Operand | None) -> str:
    """The unit of an operand's numbers as a sentence says it, or empty."""
    match operand:
        case None:
            return ""
        case Duration(unit=each):
            return f"{each}s"
        case Arithmetic(left=left, operator=operator, right=right):
            return _combined(spoken_unit(left.column), operator, spoken_unit(right.column))
        case _:
            return spoken_unit(operand.column) if is_number(operand.column) else ""


def is_moment(operand: Operand | None) -> bool:
    """Whether the operand is a point in time."""
    return isinstance(operand, Field) and is_time(operand.column)


def _combined(left: str, operator: str, right: str) -> str:
    if operator in "+-":
        return left if left == right else ""
    if operator == "*":
        return left if not right else (right if not left else "")
    return left if not right else ""


def _moment(names: Names, field: Field) -> str:
    """A time column as one end of a duration: the `order time` of an order is its `order`."""
    said = names.short(field)
    own, of, rows = said.partition(" of the ")
    bare = own.removesuffix(" time")
    table = names.tables.get(field.table)
    others = [c.name for c in table.columns if c.name != field.name] if table else []
    if any(bare == other.replace("_", " ") for other in others) or field.within:
        return said
    return bare if bare == rows else f"{bare}{of}{rows}"
