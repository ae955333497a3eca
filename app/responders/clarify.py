"""The texts of not knowing: what could be meant, what was not understood, what can be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.markdown import escape, numbered
from app.responders.mentions import Mentions
from app.semantic_parser import Reading

_MOST_WORDS = 6
_LONGEST_WORD = 40
_LONGEST_HALF = 120
_LEAST_LIKELY = 0.18
_FIGURES = re.compile(
    r"\b(how many|number of|count|total|average|rate|share|percentage|compare)\b", re.IGNORECASE
)


def which(readings: Sequence[Reading], half: str = "") -> str:
    """The one question that asks what is meant, with the readings to choose from.

    Args:
        readings: Two or more, the likeliest first.
        half: The half of the question that it is about, where the others are answered.
    """
    about = f"As for {_quoted(half, _LONGEST_HALF)}: which" if half else "Which"
    listed = numbered([reading.words for reading in readings])
    if len(readings) == 1:
        return f"{_unknown(readings[0].unexplained)} Do you mean this?\n\n{listed}".lstrip()
    asked = f"{about} of these do you mean?\n\n{listed}"
    return f"{_unknown(readings[0].unexplained)} {asked}".lstrip()


def unclear(reading: Reading | None, mentions: Mentions) -> str:
    """What was not understood, by name.

    Args:
        reading: The best of what is not sure enough, if there is any.
        mentions: What the words of the question are to the tables.
    """
    if reading is None and not mentions.tables:
        return "I found no table or column that it is about."
    if reading is None:
        return _unknown(mentions.unknown) or "I know its words, but not what is asked of them."
    said = [_unknown(reading.unexplained)] if reading.unexplained else []
    if reading.reasons:
        reasons = "; ".join(escape(r) for r in reading.reasons)
        said.append(f"I am not sure what is asked: {reasons}.")
    return " ".join(said) or "I am not sure enough of what is asked."


def cannot(why: str, examples: Sequence[str]) -> str:
    """That there is no answer, why, and what could be asked instead.

    Args:
        why: What `unclear` says.
        examples: Questions that are understood.
    """
    lines = [f"I cannot answer that without a chat model. {why}"]
    if examples:
        bullets = "\n".join(f"- {escape(q)}" for q in examples)
        lines.append(f"Without one I count, sum, average, rank and list, such as:\n\n{bullets}")
    lines.append("I quote the documents where a question is about what they say.")
    return "\n\n".join(lines)


def not_computed(why: str) -> str:
    """That the documents are all there is on a question that asks for figures."""
    return f"I could not compute this from the streams. {why}"


def left_over(half: str, why: str) -> str:
    """That the streams have no answer to a half of the question, and why."""
    return f"I could not compute {_quoted(half, _LONGEST_HALF)} from the streams. {why}"


def asks_for_figures(question: str, reading: Reading | None) -> bool:
    """Whether a question that no reading is sure of wants rows, not what documents say."""
    if reading and reading.confidence >= _LEAST_LIKELY:
        return bool(reading.unexplained or reading.reasons)
    return _FIGURES.search(question) is not None


def _unknown(words: Sequence[str]) -> str:
    named = ", ".join(_quoted(w, _LONGEST_WORD) for w in words[:_MOST_WORDS])
    return f"I did not understand {named}." if named else ""


def _quoted(text: str, limit: int) -> str:
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return f"“{escape(cut)}”"
