"""What rewriting rules are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp
from sqlglot.generator import Generator

Transform = Callable[[Generator, Any], str]


def call(name: str, *keys: str) -> Transform:
    """A call of `name` with the node's arguments of these keys."""
    keys = keys or ("this",)
    return lambda self, node: self.func(name, *(node.args.get(key) for key in keys))


def within(node: exp.Expression, text: str) -> str:
    """Text of low precedence, in parentheses where it is an operand."""
    parent = node.parent
    operand = isinstance(parent, exp.Binary | exp.Unary) and not isinstance(
        parent, exp.Predicate | exp.Connector | exp.Not | exp.Paren
    )
    return f"({text})" if operand else text


def operand(self: Generator, node: exp.Expression) -> str:
    """An operand, in parentheses unless it binds closely by itself."""
    text = self.sql(node)
    loose = isinstance(node, exp.Binary | exp.Unary) and not isinstance(node, exp.Paren | exp.Dot)
    return f"({text})" if loose else text
