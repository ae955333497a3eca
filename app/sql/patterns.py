"""Patterns that keep Flink's planner busy: it matches constants while it plans, on its one thread.

Java backtracks. A pattern with q unbounded quantifiers takes some n^(q+1) / (q+1)! steps over a
text of n characters, one with a repeated group 2^n. Called by `app.sql.checks`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import factorial

from app.sql import constants, nesting
from app.sql.lexer import Kind, Token
from app.sql.nesting import Tokens

MAX_STEPS = 100_000_000  # about a second
_SHORT = 32  # what a text may well hold though no literal says so, such as a time

# Functions, and where in their arguments regular expressions stand; REGEXP* have them in second.
_ALSO_MATCHING = {"PARSE_URL": (2,), "RLIKE": (1,), "SPLIT_REGEX": (1,), "STR_TO_MAP": (1, 2)}
_LIKES = {"ILIKE", "LIKE"}
_JSON_PATHS = {"JSON_EXISTS", "JSON_QUERY", "JSON_VALUE"}
_CHECKED = {"SIMILAR", *_LIKES, *_ALSO_MATCHING, *_JSON_PATHS}
_ESCAPED = re.compile(r"\\(?:c.|.)", re.DOTALL)
_QUANTIFIER = re.compile(r"(?:[*+]|\{\d+,\})[?+]?")
_CHOICE = re.compile(r"[?|]|\{\d+,\d+\}")
_EXPONENTIAL = re.compile(r"\)\s*[*+{]|\(\?\w*x")  # (?x) lets comments stand before a quantifier


def slow(tokens: Tokens) -> str | None:
    """The first function or operator whose pattern can take too long, by name."""
    if not any(_is_checked(nesting.function(token)) for token in tokens):
        return None
    longest = max(constants.sizes(tokens).longest, _SHORT)
    operators = (_slow_operator(tokens, index, longest) for index in range(len(tokens)))
    computed = any(_is_computed(tokens, index) for index in range(len(tokens)))
    if computed and not _quick_computed(tokens, longest):
        return "LIKE"
    calls = (
        _slow_call(name, arguments, longest)
        for name, arguments in nesting.calls(tokens, _is_checked)
    )
    return next((name for name in (*operators, *calls) if name), None)


def _is_checked(name: str) -> bool:
    return name.startswith("REGEXP") or name in _CHECKED


def _slow_call(name: str, arguments: list[Tokens], longest: int) -> str | None:
    if name in _JSON_PATHS:  # a path may hold a regular expression
        paths = (t for argument in arguments[1:] for t in argument if t.kind is Kind.STRING)
        return name if any("=~" in path.value or _opaque(path) for path in paths) else None
    if not name.startswith("REGEXP") and name not in _ALSO_MATCHING:
        return None
    for place in _ALSO_MATCHING.get(name, (1,)):
        if place < len(arguments) and not _quick(arguments[place], longest):
            return name
    return name if len(arguments) < 2 and name not in _ALSO_MATCHING else None


def _slow_operator(tokens: Tokens, index: int, longest: int) -> str | None:
    name = tokens[index].upper
    if name == "SIMILAR":
        return "SIMILAR TO"
    if name not in _LIKES and name != "RLIKE":
        return None
    following = tokens[index + 1 : index + 3]
    literal = _is_literal(following)
    if name == "RLIKE":  # RLIKE(...) is seen as a call
        is_call = following[:1] and following[0].text == "("
        return None if is_call or (literal and _quick(following[:1], longest)) else name
    if not literal:
        return None
    # Flink looks for the parts between % one after the other unless there is a _ or an ESCAPE.
    escaped = following[1:2] and following[1].upper == "ESCAPE"
    plain = "_" not in following[0].text and not escaped and not _opaque(following[0])
    return None if plain or _quick_like(following[:1], longest) else name


def _is_literal(following: Tokens) -> bool:
    """Whether a pattern is one literal, from the two tokens that follow its operator."""
    joined = len(following) > 1 and (following[1].text == "||" or following[1].kind is Kind.STRING)
    return len(following) > 0 and following[0].kind is Kind.STRING and not joined


def _is_computed(tokens: Tokens, index: int) -> bool:
    return tokens[index].upper in _LIKES and not _is_literal(tokens[index + 1 : index + 3])


def _quick_computed(tokens: Tokens, longest: int) -> bool:
    """Whether no LIKE pattern that is put together from this text takes long."""
    if any(_makes_text(token, following) for token, following in pairwise(tokens)):
        return False
    return _quick_like([token for token in tokens if token.kind is Kind.STRING], longest)


def _makes_text(token: Token, following: Token) -> bool:
    """Whether a call could give characters that no literal of the text shows."""
    if following.text != "(" or not nesting.function(token):
        return False
    return nesting.function(token) not in constants.FIXED | {"CONCAT"}


def _quick(pattern: Tokens, longest: int) -> bool:
    """Whether a regular expression is one plain literal, and none that takes long."""
    if len(pattern) != 1 or pattern[0].kind is not Kind.STRING or _opaque(pattern[0]):
        return False
    text = _ESCAPED.sub("x", pattern[0].value)
    if _EXPONENTIAL.search(text):
        return False
    choices = len(_CHOICE.findall(_QUANTIFIER.sub("", text)))
    return _steps(len(_QUANTIFIER.findall(text)), longest) << min(choices, 64) <= MAX_STEPS


def _quick_like(literals: Tokens, longest: int) -> bool:
    if any(_opaque(token) for token in literals):
        return False
    return _steps(sum(token.text.count("%") for token in literals), longest) <= MAX_STEPS


def _steps(quantifiers: int, length: int) -> int:
    power = min(quantifiers, 100) + 1
    return int(length**power) // factorial(power) if quantifiers else length


def _opaque(literal: Token) -> bool:
    """Whether escapes hide what a literal stands for, as U& and E do."""
    return not literal.text.startswith("'") and "\\" in literal.text
