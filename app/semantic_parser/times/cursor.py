"""The question's tokens as the rules look at them: words, numbers and units at a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from app.semantic_parser.tokens import Token, word_set

_HABITS = {
    "todays": "today",
    "yesterdays": "yesterday",
    "yday": "yesterday",
    "tomorrows": "tomorrow",
    "tommorow": "tomorrow",
    "tommorrow": "tomorrow",
    "tomorow": "tomorrow",
    "tonite": "tonight",
    "midday": "noon",
    "noontime": "noon",
    "afternoons": "afternoon",
    "till": "until",
    "til": "until",
    "lst": "last",
}
"""How people also write words of time."""

SMALL = word_set(
    "in on at of for to from with the that those this it what was were is are did do does had have"
    " we there been during within over and by or per each every as which how against today"
    " yesterday vs versus compared than count please"
)
"""A plain number before one of these counts nothing: `since 9 in Berlin`."""


class Cursor:
    """Looks at tokens; every place outside the question is empty."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._texts = [_HABITS.get(t.text, t.text) for t in tokens]

    def __len__(self) -> int:
        return len(self._tokens)

    def text(self, i: int) -> str:
        """The token in lower case."""
        return self._texts[i] if 0 <= i < len(self._texts) else ""

    def token(self, i: int) -> Token | None:
        """The token itself."""
        return self._tokens[i] if 0 <= i < len(self._tokens) else None

    def kind(self, i: int) -> str:
        """The token's kind."""
        token = self.token(i)
        return token.kind if token else ""

    def matches(self, i: int, words: str) -> bool:
        """Whether these words stand at `i`."""
        return all(self.text(i + k) == word for k, word in enumerate(words.split()))

    def skip(self, i: int, words: Collection[str]) -> int:
        """The next place with none of the words."""
        while self.text(i) and self.text(i) in words:
            i += 1
        return i

    def skip_one(self, i: int, words: Collection[str]) -> int:
        """The place after one of the words, or `i`."""
        return i + 1 if self.text(i) and self.text(i) in words else i

    def number(self, i: int) -> tuple[Decimal, int] | None:
        """A number in digits or words ("forty five"), and where it ends."""
        token = self.token(i)
        if token is None or token.number is None:
            return None
        after = self.token(i + 1)
        tens = token.kind == "word" and token.number in _TENS
        if tens and after and after.kind == "word" and after.number and after.number < 10:
            return token.number + after.number, i + 2
        return token.number, i + 1

    def digits(self, i: int) -> int | None:
        """A whole number of at most four digits."""
        token = self.token(i)
        is_plain = token and token.kind == "number" and token.text.isdecimal()
        return int(token.text) if token and is_plain and len(token.text) <= 4 else None

    def ends_phrase(self, i: int) -> bool:
        """Whether a number that ends here stands for itself."""
        return self.kind(i) in {"", "mark"} or self.text(i) in SMALL


_TENS = {Decimal(n) for n in range(20, 100, 10)}
