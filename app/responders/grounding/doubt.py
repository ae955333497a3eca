"""What is doubted of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a text that the evidence does not bear out.

    Attributes:
        start: Its first character in the text.
        end: One past its last.
        text: As written there.
        message: One plain sentence, for a user to read or a model to correct itself by.
    """

    start: int
    end: int
    text: str
    message: str
