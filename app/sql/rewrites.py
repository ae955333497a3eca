"""How often the planner writes out a part of an expression, an upper bound from tokens.

Flink has no BETWEEN, NULLIF or `CASE x WHEN ...` of its own: it writes the operand out once for
each comparison that they stand for, so that a short text nests them to billions of terms. Called by
`app.sql.hazards`.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.sql.lexer import Kind, Token
from app.sql.nesting import Tokens

_CALLS = {"NULLIF": 2, "CAST": 2, "TRY_CAST": 2}  # a BOOLEAN is cast by a CASE
_OPERATORS = {"BETWEEN": 2, "SYMMETRIC": 2, "OVERLAPS": 16, "DISTINCT": 2}
_LISTS = {"ALL", "ANY", "IN", "SOME"}
# What begins another operand, to which the operators before it do not belong.
_BREAKS = frozenset(
    {",", "AND", "ELSE", "FROM", "GROUP", "HAVING", "ON", "OR", "ORDER", "QUALIFY", "SELECT"}
    | {"THEN", "UNION", "USING", "WHEN", "WHERE"}
)
_OPENING = {"(", "[", "CASE"}
_CLOSING = {")", "]", "END"}
_NONE = Token(Kind.SYMBOL, "", 0, 0)
_CAP = 10**9


@dataclass(slots=True, eq=False)
class _Part:
    """A stretch of tokens between two commas or the like, on one level.

    Attributes:
        outer: The part that it stands in; begun before it.
        factor: How often what stands in it is written out, by its own operators.
        branches: Likewise, by the list or the WHENs that it is compared with.
        call: The function whose argument it is, in upper case; CASE within one.
        is_list: Whether it is in a list such as that of IN.
        operand: What the CASE that it is in compares.
        product: All factors from the outermost to this one, once they are known.
        longest: The most branches among these.
    """

    outer: _Part | None
    factor: int = 1
    branches: int = 1
    call: str = ""
    is_list: bool = False
    operand: _Part | None = None
    product: int = 1
    longest: int = 1

    def settle(self) -> None:
        """Computes the product, that of `outer` being known."""
        product, longest = (self.outer.product, self.outer.longest) if self.outer else (1, 1)
        self.product = min(product * self.factor * self.branches, _CAP)
        self.longest = max(longest, self.branches)


def weights(tokens: Tokens) -> list[int]:
    """For each token, how often it is written out."""
    return [part.product for part in _parts(tokens)]


def nested(tokens: Tokens) -> int:
    """The most that rewritings multiply within each other: one long list of IN is harmless."""
    return max((part.product // part.longest for part in _parts(tokens)), default=1)


def _parts(tokens: Tokens) -> list[_Part]:
    """The part that each token is in."""
    begun = [_Part(None)]
    stack = [begun[0]]  # the current part of each level
    found: list[_Part] = []

    def begin(part: _Part) -> _Part:
        begun.append(part)
        return part

    for index, token in enumerate(tokens):
        word, before = token.upper, tokens[index - 1] if index else _NONE
        top = stack[-1]
        found.append(top)
        if word in _OPENING:
            following = tokens[index + 1].upper if index + 1 < len(tokens) else ""
            stack.append(begin(_opened(top, word, before, following)))
        elif word in _CLOSING and len(stack) > 1:
            stack.pop()
        elif word in _BREAKS and not (word == "FROM" and before.upper == "DISTINCT"):
            stack[-1] = begin(_following(top, word))
        elif word != "DISTINCT" or before.upper in {"IS", "NOT"}:
            top.factor = min(top.factor * _OPERATORS.get(word, 1), _CAP)
    for part in begun:
        part.settle()
    return found


def _opened(top: _Part, word: str, before: Token, following: str) -> _Part:
    if word == "CASE":
        # The operand between CASE and the first WHEN is compared in each branch.
        return _Part(top, call="" if following == "WHEN" else "CASE")
    name = before.upper if word == "(" else ""
    is_list = name in _LISTS and following not in {"SELECT", "TABLE", "VALUES", "WITH"}
    return _Part(top, _CALLS.get(name, 1), call=name, is_list=is_list)


def _following(part: _Part, word: str) -> _Part:
    """The next part on the level; what it adds to the comparisons is counted."""
    operand = part.operand
    if part.call == "CASE":
        if operand is None:
            operand = part
        elif word in {"WHEN", ","}:
            operand.branches += 1
    if part.is_list and word == "," and part.outer is not None:
        part.outer.branches += 1
    factor = _CALLS.get(part.call, 1)
    return _Part(part.outer, factor, call=part.call, is_list=part.is_list, operand=operand)
