"""Why a text cannot be read, and where: sqlglot's errors in the terms of the text."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot.errors import ParseError, TokenError


class Fault(NamedTuple):
    """What keeps a text from being read.

    Attributes:
        reason: A sentence without its full stop.
        start: The character of the text where it shows; -1 if nowhere in particular.
    """

    reason: str
    start: int


def fault(error: ParseError | TokenError, text: str) -> Fault:
    """What an error says of the text that was parsed."""
    if isinstance(error, TokenError):
        return Fault(_plain(str(error)), error.start or 0)
    first = error.errors[0] if error.errors else {}
    reason = _plain(str(first.get("description") or "It cannot be read"))
    return Fault(reason, _offset(text, first.get("line"), first.get("col")))


def _plain(reason: str) -> str:
    return reason.strip().rstrip(".")


def _offset(text: str, line: object, column: object) -> int:
    """Where a line and a column, both from 1, are."""
    if not isinstance(line, int) or not isinstance(column, int):
        return -1
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + max(column - 1, 0), len(text))
