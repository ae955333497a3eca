"""What is computed from the fields of one row."""

from __future__ import annotations

from app.semantic_parser.form import Arithmetic, Duration, Field, Operand, Unit
from app.semantic_parser.sql.moments import aligned
from app.semantic_parser.sql.scope import Scope
from app.semantic_parser.types import is_integer

SECONDS: dict[Unit, int] = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
}
_DAYS: dict[Unit, str] = {"month": "30.436875", "quarter": "91.310625", "year": "365.2425"}


def value(operand: Operand, scope: Scope) -> str:
    """An operand as an expression."""
    match operand:
        case Field():
            return scope.of(operand)
        case Duration():
            return _duration(operand, scope)
        case Arithmetic():
            return _arithmetic(operand, scope)


def double_value(operand: Operand, scope: Scope) -> str:
    """An operand whose average and quotient keep their fraction: Flink's keep the type."""
    expression = value(operand, scope)
    short = is_whole(operand) or _is_float(operand)
    return f"CAST({expression} AS DOUBLE)" if short else expression


def wide_value(operand: Operand, scope: Scope) -> str:
    """An operand whose sum neither runs over nor loses digits."""
    expression = value(operand, scope)
    if _is_float(operand):
        return f"CAST({expression} AS DOUBLE)"
    return f"CAST({expression} AS BIGINT)" if is_whole(operand) else expression


def is_whole(operand: Operand) -> bool:
    """Whether an operand is always an integer, to Flink."""
    match operand:
        case Field(column=column):
            return is_integer(column)
        case Arithmetic(left=left, operator=operator, right=right):
            return operator != "/" and is_integer(left.column) and is_integer(right.column)
        case Duration():
            return False


def _is_float(operand: Operand) -> bool:
    """Whether an operand has seven digits only."""
    return isinstance(operand, Field) and operand.column.type.startswith("FLOAT")


def _duration(duration: Duration, scope: Scope) -> str:
    """To the second; months and longer to the day, since seconds are an INT to Flink."""
    start, end = aligned((duration.start, duration.end), scope)
    by_day = duration.unit in _DAYS
    difference = f"TIMESTAMPDIFF({'DAY' if by_day else 'SECOND'}, {start}, {end})"
    size = _DAYS[duration.unit] if by_day else str(SECONDS[duration.unit])
    divided = f" / {size}" if size != "1" else ""
    return f"CAST({difference} AS DOUBLE){divided}"


def _arithmetic(operation: Arithmetic, scope: Scope) -> str:
    left, right = scope.of(operation.left), scope.of(operation.right)
    if operation.operator == "/":
        return f"CAST({left} AS DOUBLE) / NULLIF({right}, 0)"
    if operation.operator == "*" and is_whole(operation):
        left = f"CAST({left} AS BIGINT)"
    return f"{left} {operation.operator} {right}"
