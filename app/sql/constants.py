"""How long a constant can get that Flink computes while it plans: an upper bound, from tokens.

Called by `app.sql.hazards` and `app.sql.patterns`. Columns of tables count for nothing, for they
have no value yet; a column of an inner query counts as the longest constant of that query.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.sql import nesting
from app.sql.lexer import Kind, Token
from app.sql.nesting import Block, Tokens

FACTOR = 4  # what a function not listed here may make of each argument, character by character
_SMALL = 32  # characters of a value that no literal gives, such as PI() or TRUE
_WIDTH = 1_000  # characters of one %s, its width limited by `hazards.unbounded_length`

# What gives nothing longer than its longest argument; the rest of the list are no functions.
FIXED = frozenset(
    """ABS APPROX_COUNT_DISTINCT AVG BTRIM CAST CEIL CEILING COALESCE COUNT DATE_FORMAT DAYOFMONTH
    DECIMAL ELT EXISTS EXTRACT FIRST_VALUE FLOOR GREATEST IF IFNULL IN INITCAP LAG LAST_VALUE LEAD
    LEAST LEFT LISTAGG LOWER LTRIM MAX MIN MOD NULLIF NUMERIC PERCENTILE POWER REGEXP REGEXP_COUNT
    REGEXP_EXTRACT REGEXP_INSTR REGEXP_SUBSTR REVERSE RIGHT ROUND ROW_NUMBER RTRIM SPLIT_INDEX SQRT
    SUBSTR SUBSTRING SUM TIMESTAMP TIMESTAMPADD TIMESTAMPDIFF TIMESTAMP_LTZ TO_DATE TO_TIMESTAMP
    TO_TIMESTAMP_LTZ TRIM TRUNCATE TRY_CAST TUMBLE HOP CUMULATE SESSION DESCRIPTOR UPPER VARBINARY
    VARCHAR AND AS BETWEEN BY CUBE DISTINCT ELSE FILTER FROM JOIN LATERAL LIKE NOT ON OR OVER
    PARTITION ROLLUP SELECT SETS TABLE THEN UNION UNNEST USING VALUES WHEN WHERE""".split()  # noqa: SIM905 - easier to read and to add to than a list of quoted words
)
PADDED_TYPES = frozenset({"BINARY", "CHAR", "CHARACTER", "NCHAR"})
_MULTIPLYING = {"ARRAY_JOIN", "REGEXP_REPLACE", "REPLACE"}
_PADDING = {"LPAD", "RPAD"} | PADDED_TYPES
_CLAUSES = {"FROM", "GROUP", "HAVING", "ON", "ORDER", "SELECT", "UNION", "WHERE"}


@dataclass(slots=True)
class Sizes:
    """Upper bounds, in characters.

    Attributes:
        longest: Of one constant.
        total: Of all that is computed on the way.
    """

    longest: int = 0
    total: int = 0


def sizes(tokens: Tokens) -> Sizes:
    """How long the constants of a text can get."""
    found = Sizes()
    _block(nesting.nest(tokens), {}, found, outer=0)
    return found


def _block(block: Block, known: dict[str, int], found: Sizes, outer: int) -> int:
    below = outer
    lateral = any(token.upper == "LATERAL" for token in block.tokens)
    for inner in block.inner:
        size = _block(inner, known, found, outer=below if lateral else outer)
        if inner.name:
            known[inner.name] = max(known.get(inner.name, 0), size)
        else:
            below = max(below, size)
    below = max([below, *(known.get(name, 0) for name in nesting.sources(block.tokens))])
    size = _longest(block.tokens, below, found)
    found.longest = max(found.longest, size)
    return size


@dataclass(slots=True)
class _Call:
    """A call of a function, or what else stands in parentheses, while its arguments are read."""

    name: str
    arguments: list[int] = field(default_factory=list)
    number: int = 0  # the last one written
    operand: int = -1
    joined: int = 1

    def add(self, size: int) -> None:
        self.operand = max(self.operand, size)

    def end_argument(self) -> None:
        if self.operand >= 0:
            self.arguments.append(self.operand * self.joined)
        self.operand, self.joined = -1, 1


def _longest(tokens: Tokens, column: int, found: Sizes) -> int:
    """The longest constant of one query whose columns hold up to so many characters each."""
    stack = [_Call("SELECT")]
    before = Token(Kind.SYMBOL, "", 0, 0)
    for token in tokens:
        if token.text in {"(", "["}:
            stack.append(_Call(_name(before) if token.text == "(" else "ARRAY["))
        elif token.text in {")", "]"} and len(stack) > 1:
            _close(stack.pop(), stack[-1], column, found)
        elif token.text == "," or token.upper in _CLAUSES:
            stack[-1].end_argument()
        else:
            _operand(token, before, stack[-1], column)
        before = token
    while len(stack) > 1:
        _close(stack.pop(), stack[-1], column, found)
    stack[0].end_argument()
    found.total += sum(stack[0].arguments)
    return max(stack[0].arguments, default=0)


def _name(before: Token) -> str:
    return before.name.upper() if before.kind in {Kind.WORD, Kind.QUOTED} else ""


def _operand(token: Token, before: Token, call: _Call, column: int) -> None:
    if token.text == "||":
        call.joined += 1
    elif token.kind is Kind.STRING:
        call.joined += before.kind is Kind.STRING  # 'a' 'b' is one literal
        call.add(len(token.text))
    elif token.kind is Kind.NUMBER:
        call.number = int(token.text) if token.text.isdecimal() and len(token.text) < 10 else 0
        call.add(len(token.text))
    elif token.kind is Kind.WORD and token.upper.startswith(("CURRENT_", "FALSE", "LOCAL", "TRUE")):
        call.add(max(column, _SMALL))
    elif token.kind in {Kind.WORD, Kind.QUOTED}:
        call.add(column)


def _close(call: _Call, outer: _Call, column: int, found: Sizes) -> None:
    call.end_argument()
    size = _result(call, column)
    found.total += size
    outer.add(size)


def _result(call: _Call, column: int) -> int:
    """The length of what a call gives, by its function."""
    if not call.arguments:
        return column if call.name in FIXED or not call.name else max(column, _SMALL)
    longest, together = max(call.arguments), sum(call.arguments)
    if call.name in FIXED:
        return longest
    if call.name in {"", "ARRAY[", "CONCAT"}:
        return together
    if call.name == "CONCAT_WS":
        return together + call.arguments[0] * len(call.arguments)
    if call.name == "REPEAT":
        return call.arguments[0] * max(call.number, 1)
    if call.name in _PADDING:
        return max(call.number, longest)
    if call.name in _MULTIPLYING:
        return (1 + call.arguments[0]) * (1 + call.arguments[-1])
    if call.name == "PRINTF":
        return together * _WIDTH
    return FACTOR * len(call.arguments) * longest
