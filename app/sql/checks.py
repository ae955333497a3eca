"""What is refused from the text alone, before Flink's parser is asked: one small function each.

Called by `app.sql.guard`. To add a check, write a function and add its line to `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.sql import constants, hazards, lexer, patterns
from app.sql.lexer import Kind, Token

MAX_CHARACTERS = 20_000
MAX_DEPTH = 64
MAX_UNIONS = 100
MAX_OPERATORS = 300  # in a row; the planner's stack overflows at a few hundred more

# The hints that steer how a query runs; OPTIONS, which changes what it reads, is not among them.
HINTS = frozenset(
    {
        "BROADCAST",
        "LOOKUP",
        "MULTI_JOIN",
        "NEST_LOOP",
        "SHUFFLE_HASH",
        "SHUFFLE_MERGE",
        "STATE_TTL",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a check does not let a text pass; see `UnsafeQuery`."""

    reason: str
    message: str
    hint: str = ""


ONE_QUERY = "Write one SELECT statement."

# First words of statements that are no queries. What is missing here, Flink's parser tells.
COMMANDS = frozenset(
    """ADD ALTER ANALYZE BEGIN CALL COMPILE CREATE DELETE DESC DESCRIBE DROP END EXPLAIN GRANT HELP
    INSERT LOAD MERGE QUIT REMOVE REPLACE RESET SET SHOW STOP TRUNCATE UNLOAD UPDATE UPSERT USE
    """.split()  # noqa: SIM905 - easier to read and to add to than a list of quoted words
)

Check = Callable[[str, tuple[Token, ...]], Refusal | None]


def first_refusal(text: str) -> Refusal | None:
    """What the first check that does not let the text pass says, or None."""
    # The length decides before anything else is spent on the text.
    tokens = tuple(lexer.scan(text)) if len(text) <= MAX_CHARACTERS else ()
    return next((refusal for one in CHECKS if (refusal := one(text, tokens))), None)


def _too_long(text: str, _: tuple[Token, ...]) -> Refusal | None:
    if len(text) <= MAX_CHARACTERS:
        return None
    return Refusal(
        "too_long",
        f"The query has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
        "Ask for less in one query.",
    )


def _empty(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    if any(token.text != ";" for token in tokens):
        return None
    return Refusal("empty", "The text holds no query.", ONE_QUERY)


def _control_characters(text: str, tokens: tuple[Token, ...]) -> Refusal | None:
    raw = (c for c in text if (ord(c) < 32 and c not in "\t\n\r\f") or c in _REORDERING)
    stray = (t.text for t in tokens if t.kind is Kind.ERROR and t.text in _INVISIBLE)
    bad = next(raw, None) or next(stray, None)
    if bad is None:
        return None
    return Refusal(
        "control_character",
        f"The query holds the invisible character U+{ord(bad):04X}.",
        "Type the query anew; use plain spaces and line breaks.",
    )


def _several_statements(text: str, _: tuple[Token, ...]) -> Refusal | None:
    number = len(list(lexer.statements(text)))
    if number <= 1:
        return None
    return Refusal("not_one_statement", f"The text holds {number} statements.", ONE_QUERY)


def _command(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    words = [token.upper for token in tokens if token.text != ";"][:2]
    if words[0] not in COMMANDS:
        return None
    return not_a_query(" ".join(words[: 2 if words[0] in _TWO_WORDS else 1]))


_TWO_WORDS = frozenset({"ADD", "ALTER", "CREATE", "DELETE", "DROP", "INSERT", "SHOW", "USE"})


def not_a_query(kind: str) -> Refusal:
    """The refusal of a statement of another kind, such as `DROP TABLE`."""
    article = "an" if kind[:1] in "AEIOU" else "a"
    return Refusal("not_a_query", f"This is {article} {kind}, not a query.", ONE_QUERY)


# What makes a text read otherwise than it runs (Unicode's bidirectional controls).
_REORDERING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_INVISIBLE = frozenset("\x7f\x85\xa0\u2000\u2009\u200b\u200c\u200d\u202f\u2060\u3000\ufeff")


def _too_deep(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
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


def _unicode_names(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    if not any(token.kind is Kind.UNICODE for token in tokens):
        return None
    return Refusal(
        "unicode_name",
        'A name is written as U&"...", which hides what it is.',
        "Write names plainly or in `backticks`.",
    )


def _options_hint(text: str, _: tuple[Token, ...]) -> Refusal | None:
    # On the raw text, so that nothing hangs on where comments and strings end. Java compares
    # hint names by both cases of each character: `upper` and İ cover its odd letters.
    hint = text.find(lexer.HINT_START)
    if hint < 0 or "OPTIONS" not in text[hint:].upper().replace("İ", "I"):
        return None
    return Refusal(
        "options_hint",
        "The query holds an OPTIONS hint, which could make a table read something else.",
        "Leave the hint out: tables are read as catalogued.",
    )


def _unknown_hint(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    name = next((n for n in _hint_names(tokens) if n not in HINTS), None)
    if name is None:
        return None
    return Refusal(
        "unknown_hint",
        f"The query holds the hint {name[:40]}, which is not one of those known to be harmless.",
        f"Leave it out, or use one of {', '.join(sorted(HINTS))}.",
    )


def _hint_names(tokens: tuple[Token, ...]) -> list[str]:
    """What stands in hints outside of parentheses; an empty hint counts as a nameless one."""
    names: list[str] = []
    inside, depth = False, 0
    for token in tokens:
        if token.kind is Kind.HINT:
            inside, depth = True, 0
        elif inside and token.text == lexer.HINT_END:
            inside = False
        elif inside:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0 and token.text not in {",", ")"}:
                names.append(token.upper)
    return names


def _java_type(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    found = hazards.foreign_type(tokens)
    if found is None:
        return None
    return Refusal(
        "java_type",
        f"The type {found} names a Java class, which a question has no use for.",
        "Cast to an ordinary SQL type.",
    )


def _huge_constant(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    name = hazards.unbounded_length(tokens)
    if name is not None:
        return Refusal(
            "huge_constant",
            f"{name} asks for a length that is not a whole number up to {hazards.MAX_LENGTH:,}.",
            "Write a small number as its length.",
        )
    if constants.sizes(tokens).total <= hazards.MAX_CONSTANT:
        return None
    return Refusal(
        "huge_constant",
        "The constants of this query could grow beyond what the planner can hold.",
        "Use shorter texts, and nest fewer functions around them.",
    )


def _slow_pattern(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    name = patterns.slow(tokens)
    if name is None:
        return None
    return Refusal(
        "slow_pattern",
        f"The pattern of {name} could keep the planner busy without end.",
        "Use a plain pattern in quotes, with few of * + % and no repeated group.",
    )


def _too_many_plans(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    planned, copies = hazards.planned_queries(tokens), hazards.copies(tokens)
    if planned <= hazards.MAX_PLANNED and copies <= hazards.MAX_COPIES:
        return None
    return Refusal(
        "too_many_plans",
        "Its inner queries use each other so often that planning it would not end.",
        "Use each inner query, and each of its columns, fewer times.",
    )


def _many_groupings(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    if hazards.groupings(tokens) <= hazards.MAX_GROUPINGS:
        return None
    return Refusal(
        "many_groupings",
        f"CUBE, ROLLUP and GROUPING SETS come to more than {hazards.MAX_GROUPINGS} groupings.",
        "Group by fewer columns, or write out the few GROUPING SETS that matter.",
    )


def _long_quantifier(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    if not hazards.long_quantifier(tokens):
        return None
    return Refusal(
        "long_quantifier",
        f"A row pattern repeats something more than {hazards.MAX_REPETITIONS} times.",
        "Use + or *, or a smaller number.",
    )


CHECKS: tuple[Check, ...] = (
    _too_long,
    _empty,
    _control_characters,
    _several_statements,
    _command,
    _too_deep,
    _unicode_names,
    _options_hint,
    _unknown_hint,
    _java_type,
    _huge_constant,
    _slow_pattern,
    _too_many_plans,
    _many_groupings,
    _long_quantifier,
)
