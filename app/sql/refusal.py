"""Why a check does not let a text pass; the guard makes an error of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from app.sql.lexer import Token

ONE_QUERY = "Write one SELECT statement."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a check does not let a text pass.

    Attributes:
        reason: See `UnsafeQuery`.
        message: What is refused, in words.
        hint: What would be accepted.
        start: Index of the first character that is refused; -1 where there is no place.
        end: One past the last such character.
        invalid: Whether the text is no valid SQL, rather than unsafe.
    """

    reason: str
    message: str
    hint: str = ""
    start: int = -1
    end: int = -1
    invalid: bool = False

    def at(self, first: Token | None, last: Token | None = None) -> Self:
        """The same at the place of a token, or of a token up to another."""
        if first is None:
            return self
        return replace(self, start=first.start, end=(last or first).end)


def not_a_query(kind: str) -> Refusal:
    """The refusal of a statement of another kind, such as `DROP TABLE`."""
    article = "an" if kind[:1] in "AEIOU" else "a"
    return Refusal("not_a_query", f"This is {article} {kind}, not a query.", ONE_QUERY)


def first_named(tokens: tuple[Token, ...], name: str) -> Token | None:
    """The first token that is this word or, quoted or not, this name."""
    word = name.split(maxsplit=1)[0]
    return next((token for token in tokens if token.name.upper() == word), None)
