"""What would exhaust a parser or Flink's planner, seen in the tokens: one small function each.

Listed in `app.sql.checks`.
"""

from __future__ import annotations

from collections.abc import Callable

from app.sql import constants, hazards, patterns
from app.sql.lexer import Token
from app.sql.refusal import Refusal, first_named

MAX_CHARACTERS = 20_000
MAX_TOKENS = 3_000
MAX_DEPTH = 64
MAX_UNIONS = 100
MAX_OPERATORS = 300  # in a row; the planner's stack overflows at a few hundred more

Check = Callable[[str, tuple[Token, ...]], Refusal | None]


def too_long(text: str, _: tuple[Token, ...]) -> Refusal | None:
    """More characters than are read at all."""
    if len(text) <= MAX_CHARACTERS:
        return None
    return Refusal(
        "too_long",
        f"The query has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
        "Ask for less in one query.",
        start=MAX_CHARACTERS,
        end=len(text),
    )


def too_many_tokens(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """More words and symbols than are parsed in good time."""
    if len(tokens) <= MAX_TOKENS:
        return None
    return Refusal(
        "too_many_tokens",
        f"The query has {len(tokens):,} words and symbols; at most {MAX_TOKENS:,} are read.",
        "Ask for less in one query.",
    ).at(tokens[MAX_TOKENS], tokens[-1])


def too_deep(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """More levels, unions or operators in a row than stacks hold."""
    depth = deepest = prefixes = unions = 0
    for token in tokens:
        word = token.upper
        depth += (word in _OPENING) - (word in _CLOSING)
        prefixes = prefixes + 1 if word in _PREFIXES else 0
        unions += word in _SETS
        deepest = max(deepest, depth, prefixes)
    if deepest <= MAX_DEPTH and unions <= MAX_UNIONS and _longest_chain(tokens) <= MAX_OPERATORS:
        return None
    return Refusal(
        "too_deep",
        f"The query nests more than {MAX_DEPTH} levels, joins more than {MAX_UNIONS} queries or "
        f"chains more than {MAX_OPERATORS} operators.",
        "Write it flatter, for example with IN (...) instead of many ORs.",
    )


def _longest_chain(tokens: tuple[Token, ...]) -> int:
    """The most operators in one expression, those in parentheses within it left out."""
    chains, longest = [0], 0
    for token in tokens:
        if token.upper in _OPERATORS:
            chains[-1] += 1
            longest = max(longest, chains[-1])
        if token.text in {"(", "["}:
            chains.append(0)
        elif token.text in {")", "]"} and len(chains) > 1:
            chains.pop()
        elif token.text == ",":
            chains[-1] = 0
    return longest


_OPENING = {"(", "[", "CASE"}
_CLOSING = {")", "]", "END"}
_OPERATORS = frozenset(
    """AND BETWEEN IN IS JOIN LIKE OR [ + - * / % || = < > <= >= <> ! != ->""".split()  # noqa: SIM905
)
_PREFIXES = {"NOT", "-", "+"}
_SETS = {"UNION", "INTERSECT", "EXCEPT", "MINUS"}


def huge_constant(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Constants that planning would compute and could not hold."""
    name = hazards.unbounded_length(tokens)
    if name is not None:
        return Refusal(
            "huge_constant",
            f"{name} asks for a length that is not a whole number up to {hazards.MAX_LENGTH:,}.",
            "Write a small number as its length.",
        ).at(first_named(tokens, name))
    if constants.sizes(tokens).total <= hazards.MAX_CONSTANT:
        return None
    return Refusal(
        "huge_constant",
        "The constants of this query could grow beyond what the planner can hold.",
        "Use shorter texts, and nest fewer functions around them.",
    )


def slow_pattern(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Patterns that planning would match without end."""
    name = patterns.slow(tokens)
    if name is None:
        return None
    return Refusal(
        "slow_pattern",
        f"The pattern of {name} could keep the planner busy without end.",
        "Use a plain pattern in quotes, with few of * + % and no repeated group.",
    ).at(first_named(tokens, name))


def too_many_plans(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Inner queries that planning would write out without end."""
    planned, copies = hazards.planned_queries(tokens), hazards.copies(tokens)
    if planned <= hazards.MAX_PLANNED and copies <= hazards.MAX_COPIES:
        return None
    return Refusal(
        "too_many_plans",
        "Its inner queries use each other so often that planning it would not end.",
        "Use each inner query, and each of its columns, fewer times.",
    )


def too_many_copies(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Comparisons within comparisons, and DISTINCT aggregates, that planning multiplies."""
    distincts = hazards.distincts(tokens)
    if hazards.rewritten(tokens) <= hazards.MAX_REWRITTEN and distincts <= hazards.MAX_DISTINCTS:
        return None
    return Refusal(
        "too_many_copies",
        "BETWEEN, IN, NULLIF, CAST and CASE nest so deeply, or there are so many DISTINCT "
        "aggregates, that planning it would not end.",
        f"Nest fewer comparisons; use at most {hazards.MAX_DISTINCTS} DISTINCT aggregates.",
    )


def too_wide(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Tables in one FROM, or stars in one SELECT, that multiply what has to be planned."""
    if hazards.widest(tokens) <= hazards.MAX_WIDTH:
        return None
    return Refusal(
        "too_wide",
        f"One query names more than {hazards.MAX_WIDTH} tables, or as many times *.",
        "Join fewer tables; name the columns that are needed.",
    )


def many_groupings(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Grouping sets that multiply."""
    if hazards.groupings(tokens) <= hazards.MAX_GROUPINGS:
        return None
    return Refusal(
        "many_groupings",
        f"CUBE, ROLLUP and GROUPING SETS come to more than {hazards.MAX_GROUPINGS} groupings.",
        "Group by fewer columns, or write out the few GROUPING SETS that matter.",
    )


def long_quantifier(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    """Repetitions in a row pattern that planning would unroll."""
    if not hazards.long_quantifier(tokens):
        return None
    return Refusal(
        "long_quantifier",
        f"A row pattern repeats something more than {hazards.MAX_REPETITIONS} times.",
        "Use + or *, or a smaller number.",
    )
