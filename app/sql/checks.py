"""What is refused from the text alone, before anything parses it: one small function each.

Called by `app.sql.guard`; what would exhaust a parser or the planner is in `app.sql.limits`. To
add a check, write a function and add its line to `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.sql import hazards, lexer, limits
from app.sql.lexer import Kind, Token
from app.sql.limits import MAX_CHARACTERS, Check
from app.sql.refusal import ONE_QUERY, Refusal, first_named, not_a_query

# The hints that steer how a query runs; OPTIONS, which changes what it reads, is not among them.
HINTS = frozenset(
    {
        "BROADCAST",
        "LOOKUP",
        "NEST_LOOP",
        "SHUFFLE_HASH",
        "SHUFFLE_MERGE",
        "STATE_TTL",
    }
)

# First words of statements that are no queries. What is missing here, Flink's parser tells.
COMMANDS = frozenset(
    """ADD ALTER ANALYZE BEGIN CALL COMPILE CREATE DELETE DESC DESCRIBE DROP END EXPLAIN GRANT HELP
    INSERT LOAD MERGE QUIT REMOVE REPLACE RESET SET SHOW STOP TRUNCATE UNLOAD UPDATE UPSERT USE
    """.split()  # noqa: SIM905 - easier to read and to add to than a list of quoted words
)


def first_refusal(text: str) -> Refusal | None:
    """What the first check that does not let the text pass says, or None."""
    # The length decides before anything else is spent on the text.
    tokens = tuple(lexer.scan(text)) if len(text) <= MAX_CHARACTERS else ()
    return next((refusal for one in CHECKS if (refusal := one(text, tokens))), None)


def _empty(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    if any(token.text != ";" for token in tokens):
        return None
    return Refusal("empty", "The text holds no query.", ONE_QUERY)


def _control_characters(text: str, tokens: tuple[Token, ...]) -> Refusal | None:
    raw = (i for i, c in enumerate(text) if (ord(c) < 32 and c not in _SPACES) or c in _REORDERING)
    stray = (t.start for t in tokens if t.kind is Kind.ERROR and t.text in _INVISIBLE)
    at = next(raw, next(stray, -1))
    if at < 0:
        return None
    return Refusal(
        "control_character",
        f"The query holds the invisible character U+{ord(text[at]):04X}.",
        "Type the query anew; use plain spaces and line breaks.",
        start=at,
        end=at + 1,
    )


# What makes a text read otherwise than it runs (Unicode's bidirectional controls).
_REORDERING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_INVISIBLE = frozenset("\x7f\x85\xa0\u2000\u2009\u200b\u200c\u200d\u202f\u2060\u3000\ufeff")
_SPACES = "\t\n\r\f"


def _several_statements(text: str, _: tuple[Token, ...]) -> Refusal | None:
    found = list(lexer.statements(text))
    if len(found) <= 1:
        return None
    message = f"The text holds {len(found)} statements."
    return Refusal("not_one_statement", message, ONE_QUERY).at(found[1][0], found[1][-1])


def _command(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    words = [token for token in tokens if token.text != ";"][:2]
    if words[0].upper not in COMMANDS:
        return None
    words = words[: 2 if words[0].upper in _TWO_WORDS else 1]
    return not_a_query(" ".join(token.upper for token in words)).at(words[0], words[-1])


_TWO_WORDS = frozenset({"ADD", "ALTER", "CREATE", "DELETE", "DROP", "INSERT", "SHOW", "USE"})


def _unicode_names(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    found = next((token for token in tokens if token.kind is Kind.UNICODE), None)
    if found is None:
        return None
    return Refusal(
        "unicode_name",
        'A name is written as U&"...", which hides what it is.',
        "Write names plainly or in `backticks`.",
    ).at(found)


def _options_hint(text: str, _: tuple[Token, ...]) -> Refusal | None:
    # On the raw text, so that nothing hangs on where comments and strings end. Java compares
    # hint names by both cases of each character: `upper` and İ cover its odd letters.
    hint = text.find(lexer.HINT_START)
    if hint < 0 or "OPTIONS" not in text[hint:].upper().replace("İ", "I"):
        return None
    return options_hint(hint, hint + len(lexer.HINT_START))


def options_hint(start: int, end: int) -> Refusal:
    """The refusal of an OPTIONS hint between these characters."""
    return Refusal(
        "options_hint",
        "The query holds an OPTIONS hint, which could make a table read something else.",
        "Leave the hint out: tables are read as catalogued.",
        start=start,
        end=end,
    )


def _unknown_hint(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    found = next((token for token in _hint_names(tokens) if token.upper not in HINTS), None)
    return unknown_hint(found.upper, found.start, found.end) if found else None


def unknown_hint(name: str, start: int, end: int) -> Refusal:
    """The refusal of a hint that is not among `HINTS`."""
    return Refusal(
        "unknown_hint",
        f"The query holds the hint {name[:40]}, which is not one of those known to be harmless.",
        f"Leave it out, or use one of {', '.join(sorted(HINTS))}.",
        start=start,
        end=end,
    )


def _hint_names(tokens: tuple[Token, ...]) -> Iterator[Token]:
    """What stands in hints outside of parentheses."""
    inside, depth = False, 0
    for token in tokens:
        if token.kind is Kind.HINT:
            inside, depth = True, 0
        elif inside and token.text == lexer.HINT_END:
            inside = False
        elif inside:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0 and token.text not in {",", ")"}:
                yield token


def _java_type(_: str, tokens: tuple[Token, ...]) -> Refusal | None:
    found = hazards.foreign_type(tokens)
    if found is None:
        return None
    return Refusal(
        "java_type",
        f"The type {found} names a Java class, which a question has no use for.",
        "Cast to an ordinary SQL type.",
    ).at(first_named(tokens, found))


CHECKS: tuple[Check, ...] = (
    limits.too_long,
    _empty,
    _control_characters,
    _several_statements,
    _command,
    limits.too_deep,
    limits.too_many_tokens,
    _unicode_names,
    _options_hint,
    _unknown_hint,
    _java_type,
    limits.huge_constant,
    limits.slow_pattern,
    limits.too_many_plans,
    limits.too_many_copies,
    limits.too_wide,
    limits.many_groupings,
    limits.long_quantifier,
)
