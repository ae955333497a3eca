"""Which query stands within which, from tokens alone, and what multiplies along the way.

Called by `app.sql.hazards` on texts that no parser has accepted yet, so nothing here can fail: a
text that makes no sense gives some tree, and Flink's parser refuses it later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.sql.lexer import Kind, Token

Tokens = Sequence[Token]


@dataclass(slots=True)
class Block:
    """One query.

    Attributes:
        name: What a WITH query is called; empty for any other.
        tokens: Its own tokens, those of inner queries left out.
        inner: The queries within, in order.
        is_query: Whether it is one at all, not just something in parentheses.
    """

    name: str = ""
    tokens: list[Token] = field(default_factory=list)
    inner: list[Block] = field(default_factory=list)
    is_query: bool = False


def nest(tokens: Tokens) -> Block:
    """The outermost query of a text."""
    stack = [Block()]
    for index, token in enumerate(tokens):
        if token.text == "(":
            stack[-1].tokens.append(token)
            stack.append(Block(_name_before(tokens, index)))
        elif token.text == ")" and len(stack) > 1:
            _close(stack.pop(), stack[-1])
            stack[-1].tokens.append(token)
        else:
            stack[-1].is_query |= token.upper in {"SELECT", "TABLE", "VALUES"}
            stack[-1].tokens.append(token)
    while len(stack) > 1:
        _close(stack.pop(), stack[-1])
    return stack[0]


def blocks(tokens: Tokens) -> Iterator[Tokens]:
    """The tokens of each query of a text."""
    waiting = [nest(tokens)]
    while waiting:
        block = waiting.pop()
        yield block.tokens
        waiting.extend(block.inner)


def along_path(block: Block, measure: Callable[[Tokens], int]) -> int:
    """The largest product of a measure from a query down through those that it reads from."""
    return _product(block, measure, {})


def planned(block: Block) -> int:
    """How many queries there are once every use of a WITH query is written out."""
    return _planned(block, defaultdict(int))


def selects(tokens: Tokens) -> Iterator[Tokens]:
    """The parts of a query that UNION and its like put side by side."""
    start = 0
    for index, token in enumerate(tokens):
        if token.upper == "SELECT":
            yield tokens[start:index]
            start = index
    yield tokens[start:]


def sources(tokens: Tokens) -> Iterator[str]:
    """Names that stand where a query says what it reads (and some that do not)."""
    for before, token in pairwise(tokens):
        if before.upper in {"FROM", "JOIN", "TABLE", ",", "("} and _is_name(token):
            yield token.name


def calls(tokens: Tokens, wanted: Callable[[str], bool]) -> Iterator[tuple[str, list[Tokens]]]:
    """The wanted calls of functions, inner ones first: the name, and each argument's tokens."""
    # Each frame: the function, and where each of its arguments begins.
    frames: list[tuple[str, list[int]]] = []
    for index, token in enumerate(tokens):
        if token.text in {"(", "["}:
            name = function(tokens[index - 1]) if index and token.text == "(" else ""
            frames.append((name, [index + 1]))
        elif token.text in {")", "]"} and frames:
            name, starts = frames.pop()
            if wanted(name):
                yield name, _between(tokens, [*starts, index + 1])
        elif token.text == "," and frames:
            frames[-1][1].append(index + 1)
    for name, starts in reversed(frames):
        if wanted(name):
            yield name, _between(tokens, [*starts, len(tokens) + 1])


def function(token: Token) -> str:
    """The function that a token may name, in upper case."""
    return token.name.upper() if _is_name(token) else ""


def _between(tokens: Tokens, starts: list[int]) -> list[Tokens]:
    return [tokens[first : following - 1] for first, following in pairwise(starts)]


def _close(block: Block, outer: Block) -> None:
    if block.is_query:
        outer.inner.append(block)
    else:
        outer.tokens.extend(block.tokens)
        outer.inner.extend(block.inner)


def _name_before(tokens: Tokens, opening: int) -> str:
    """The name in `name [(columns)] AS (`, or nothing."""
    before = opening - 2
    if before < 0 or tokens[opening - 1].upper != "AS":
        return ""
    if tokens[before].text == ")":
        before = next((i for i in range(before, 0, -1) if tokens[i].text == "("), 0) - 1
    return tokens[before].name if before >= 0 and _is_name(tokens[before]) else ""


def _product(block: Block, measure: Callable[[Tokens], int], known: dict[str, int]) -> int:
    below = 1
    for inner in block.inner:
        product = _product(inner, measure, known)
        if inner.name:
            known[inner.name] = max(known.get(inner.name, 1), product)
        else:
            below = max(below, product)
    below = max([below, *(known.get(name, 1) for name in sources(block.tokens))])
    return below * max(measure(part) for part in selects(block.tokens))


def _planned(block: Block, known: dict[str, int]) -> int:
    number = 1
    for inner in block.inner:
        weight = _planned(inner, known)
        if inner.name:
            known[inner.name] = max(known[inner.name], weight)
        else:
            number += weight
    return number + sum(known[name] for name in sources(block.tokens) if name in known)


def _is_name(token: Token) -> bool:
    return token.kind in {Kind.WORD, Kind.QUOTED}
