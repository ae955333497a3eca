"""What the rules look at: one query, its tokens and nodes sorted once for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

from sqlglot import exp

from app.catalog.model import Catalog
from app.sql.dialect import Flink
from app.sql.dialect.words import RESERVED
from app.sql.lexer import Kind
from app.sql.names.model import Block, Field, Names
from app.sql.query import Query

Severity = Literal["error", "warning"]
Node = TypeVar("Node", bound=exp.Expr)


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to change in a query.

    Attributes:
        rule: Id of the rule, which is the name of its function.
        severity: `error` where Flink refuses the query or its result is wrong; else `warning`.
        message: What is wrong, with the names of the query.
        why: What Flink does with it.
        fix: The corrected form, as SQL where possible.
        start: Its first character in the text; -1 where it stands nowhere in particular.
        end: One past its last character.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    fix: str
    start: int = -1
    end: int = -1

    def __str__(self) -> str:
        return f"{self.message} Write: {self.fix}" if self.fix else self.message


class Call(NamedTuple):
    """A call as it stands in the tokens.

    Attributes:
        name: In upper case.
        at: Index of the name's token.
        close: Index of the closing parenthesis.
        args: First token and one past the last of each argument.
    """

    name: str
    at: int
    close: int
    args: tuple[tuple[int, int], ...]


class Subject:
    """A query under examination.

    Args:
        query: The query as `app.sql.query.read` gives it.
        catalog: The tables.
        continuous: Whether it is to run as a standing query rather than as a snapshot.
    """

    def __init__(self, query: Query, catalog: Catalog, continuous: bool) -> None:
        self.query = query
        self.catalog = catalog
        self.continuous = continuous
        self.text = query.text
        self.tokens = query.tokens
        self.words = [token.upper for token in query.tokens]
        self.starts = [token.start for token in query.tokens]
        self.cache: dict[str, Any] = {}  # what rules share among themselves, by name
        self.types: dict[int, tuple[exp.Expr | None, str]] = {}  # of nodes, by their identity

    @cached_property
    def names(self) -> Names | None:
        """What the names stand for; None where the query could not be read."""
        return self.query.names

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The SELECTs, inner ones first."""
        return self.names.blocks if self.names else ()

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for index, word in enumerate(self.words):
            places[word].append(index)
        return places

    @cached_property
    def _nodes(self) -> dict[type[exp.Expr], list[Any]]:
        buckets: dict[type[exp.Expr], list[Any]] = defaultdict(list)
        stack = [self.query.tree] if self.names and self.query.tree else []
        while stack:
            node = stack.pop()
            buckets[type(node)].append(node)
            for value in node.args.values():
                if isinstance(value, exp.Expr):
                    stack.append(value)
                elif isinstance(value, list):
                    stack.extend(item for item in value if isinstance(item, exp.Expr))
        return buckets

    def at(self, *words: str) -> Iterator[int]:
        """Where words or symbols stand among the tokens."""
        for word in words:
            yield from self._at.get(word, ())

    def has(self, index: int, *words: str) -> bool:
        """Whether these words stand from a token on."""
        return self.words[index : index + len(words)] == list(words) and index >= 0

    def kind(self, index: int) -> Kind | None:
        """The kind of a token; None outside of the text."""
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else None

    def nodes(self, *kinds: type[Node]) -> Iterator[Node]:
        """The nodes of exactly these classes."""
        for kind in kinds:
            yield from self._nodes.get(kind, ())

    def written(self, first: int, last: int) -> str:
        """The text from one token to another, the last one included."""
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def place(self, first: int, last: int) -> tuple[int, int]:
        """First character of one token and one past the last of another."""
        return self.tokens[first].start, self.tokens[min(last, len(self.tokens) - 1)].end

    def field(self, node: Any) -> Field | None:
        """What a column reference means; None for anything else."""
        if self.names is None or not isinstance(node, exp.Column):
            return None
        return self.names.field(node)

    @cached_property
    def _bracketed(self) -> tuple[dict[int, int], list[Call]]:
        """Which bracket belongs to which, both ways, and every `name(...)`."""
        partners: dict[int, int] = {}
        calls = []
        for opening, close, args in _brackets(self.words):
            partners[opening], partners[close] = close, opening
            name = opening - 1
            called = self.words[opening] == "(" and self.kind(name) is Kind.WORD
            if called and self.words[name] not in _NO_CALL:
                calls.append(Call(self.words[name], name, close, tuple(args)))
        return partners, calls

    @cached_property
    def calls_by_name(self) -> dict[str, list[Call]]:
        """The calls by their name in upper case."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self._bracketed[1]:
            found[call.name].append(call)
        return found

    def arguments(self, call: Call) -> list[str]:
        """The arguments of a call as written."""
        return [self.written(first, end - 1) for first, end in call.args]

    def before(self, index: int) -> int:
        """First token of the operand that ends just before a token; the token itself if none."""
        at = index - 1
        if at >= 0 and self.words[at] in {")", "]"}:
            at = self._bracketed[0].get(at, index)
            if (
                0 < at < index
                and self.kind(at - 1) in _NAMES
                and self.words[at - 1] not in _NO_CALL
            ):
                at -= 1
        elif self.kind(at) not in _OPERANDS:
            return index
        while at > 1 and self.words[at - 1] == "." and self.kind(at - 2) in _NAMES:
            at -= 2
        return max(at, 0)

    def after(self, index: int) -> int:
        """Last token of the operand that begins just after a token; the token itself if none."""
        at = index + 1
        if self.words[at : at + 1] in (["-"], ["+"]):
            at += 1
        if self.words[at : at + 1] == ["("]:
            return self._bracketed[0].get(at, index)
        if self.kind(at) not in _OPERANDS:
            return index
        if self.words[at] in _PREFIXES and self.kind(at + 1) is Kind.STRING:
            units = self.words[at] == "INTERVAL" and self.kind(at + 2) is Kind.WORD
            return at + 2 if units else at + 1
        while self.words[at + 1 : at + 2] == ["."] and self.kind(at + 2) in _NAMES:
            at += 2
        if self.words[at + 1 : at + 2] == ["("] and self.kind(at) in _NAMES:
            return self._bracketed[0].get(at + 1, index)
        return at


_FLINK = Flink()
Rule = Callable[[Subject], Iterator[Advice]]

_NAMES = {Kind.WORD, Kind.QUOTED}
_OPERANDS = {Kind.WORD, Kind.QUOTED, Kind.STRING, Kind.NUMBER}
_PREFIXES = {"TIMESTAMP", "DATE", "TIME", "INTERVAL"}
# Words that a parenthesis may follow without making a call.
_NO_CALL = frozenset(
    """
    ALL AND ANY AS BETWEEN BY DISTINCT ELSE EXCEPT EXISTS FILTER FROM GROUP HAVING IN INTERSECT IS
    JOIN LATERAL LIKE MINUS NOT ON OR OVER SELECT THEN UNION USING VALUES WHEN WHERE WITHIN
    """.split()  # noqa: SIM905 - easier to read than a list of quoted words
)


def _brackets(words: Sequence[str]) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Opening and closing of each pair of brackets, with what the commas in it set apart."""
    stack: list[tuple[int, list[tuple[int, int]]]] = []
    first: list[int] = []
    for index, word in enumerate(words):
        if word in {"(", "[", "{"}:
            stack.append((index, []))
            first.append(index + 1)
        elif stack and word in {")", "]", "}", ","}:
            opening, args = stack[-1]
            if index > first[-1]:
                args.append((first[-1], index))
            first[-1] = index + 1
            if word != ",":
                stack.pop()
                first.pop()
                yield opening, index, args


def sql(node: exp.Expr | None) -> str:
    """A node as Flink SQL."""
    if isinstance(node, exp.Column) and node.args.keys() <= {"this", "table"}:
        parts = (node.args.get("table"), node.this)
        if all(part is None or _plain(part) for part in parts):
            return ".".join(part.name for part in parts if part is not None)
    return _FLINK.generate(node) if node is not None else ""


def _plain(part: exp.Expr) -> bool:
    """Whether a name is written without back-ticks."""
    return (
        isinstance(part, exp.Identifier) and not part.quoted and part.name.upper() not in RESERVED
    )


def span(node: exp.Expr | None) -> tuple[int, int]:
    """First character and one past the last of the names within a node; (-1, -1) without any."""
    starts, ends = [], []
    stack = [node] if node is not None else []
    while stack:
        part = stack.pop()
        if "start" in part.meta:
            starts.append(part.meta["start"])
            ends.append(part.meta["end"] + 1)
        if not isinstance(part, exp.Identifier):
            stack.extend(part.iter_expressions())
    return (min(starts), max(ends)) if starts else (-1, -1)
