"""Makes text fit for Streamlit's Markdown: it may have structure, it can never act.

An answer's text quotes documents and cells. The responder escapes those; the page does not rely on
it. What survives is prose: emphasis, lists, headings, quotations, tables, plain code and the `[1]`
markers. Links, pictures, HTML, formulas, colours and icons come out as the characters they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.highlight import pieces

_TOKEN = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<hard_break>\\\n)"
    # Only such code as is harmless even if Markdown should read its backticks otherwise.
    r"|(?P<code>(?<!`)`[\w ,()*='\"+/-]{1,200}`(?!`))"
    r"|(?P<marker>\[\d{1,3}\])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_FENCES = {"```": "```text", "```text": "```text", "```sql": "```sql"}
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ALWAYS_TEXT = frozenset("\\`[]<{}$&~^")
_TEXT_IF_LITERAL = _ALWAYS_TEXT | frozenset("*_#+-.!|>=)")
_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the text: `literal` says that it is no Markdown, `ready` that it stays as is."""

    text: str
    literal: bool = False
    ready: bool = False


def safe_markdown(text: str) -> str:
    r"""Markdown in which only structure and source markers are active.

    >>> print(safe_markdown("**Late** ![x](http://a.b/c.png) [1]").replace("\u2060", "|"))
    **Late** !\[x\](http:|//a.b/c.png) :primary-badge[1]
    """
    lines = _visible(text).strip("\n").split("\n")
    parts, prose, at = [], list[str](), 0
    while at < len(lines):
        end = _fence_end(lines, at)
        if end is None:
            prose.append(lines[at])
            at += 1
            continue
        parts += [_prose("\n".join(prose)), *_fenced(lines[at : end + 1])]
        prose, at = [], end + 1
    return "\n".join([*parts, _prose("\n".join(prose))]).strip("\n")


def plain(text: str, limit: int = 300) -> str:
    r"""One line in which every character stands for itself, for labels and captions.

    >>> print(plain("a *b* :red[c]").replace("\u2060", "|"))
    a \*b\* :|red\[c\]
    """
    line = " ".join(_visible(text).split())
    line = line if len(line) <= limit else f"{line[: limit - 1]}…"
    return _emit([_Token(character, literal=True) for character in line])


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> str:
    r"""HTML of a text as it stands, with stretches of it marked; no part of the text is HTML.

    Args:
        text: Any text.
        spans: Start and end of each stretch, in order.

    >>> highlighted("a <b> c", [(2, 5)])
    '<div class="quoted">a <mark>&lt;b&gt;</mark> c</div>'
    """
    escaped = ((html.escape(_visible(piece)), used) for piece, used in pieces(text, spans))
    inner = "".join(f"<mark>{piece}</mark>" if used else piece for piece, used in escaped)
    return f'<div class="quoted">{inner}</div>'


def _visible(text: str) -> str:
    """Without control characters, among them those that turn the direction of writing."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _fence_end(lines: list[str], start: int) -> int | None:
    """The closing line of the code block that opens at `start`, if one does."""
    if lines[start] not in _FENCES:
        return None
    for at in range(start + 1, len(lines)):
        if "```" in lines[at]:
            return at if lines[at] == "```" else None
    return None


def _fenced(lines: list[str]) -> list[str]:
    """A code block; its language is one that is shown as text, never drawn as a diagram."""
    return ["", _FENCES[lines[0]], *lines[1:], ""]


def _prose(text: str) -> str:
    return _emit(list(_tokens(text)))


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        found = match.group()
        match match.lastgroup:
            case "escaped":
                yield _Token(found[1], literal=True)
            case "code" | "hard_break":
                yield _Token(found, ready=True)
            case "marker":
                yield _Token(f":primary-badge{found}", ready=True)
            case _:
                yield _Token(found)


def _emit(tokens: list[_Token]) -> str:
    """Escapes what must not be Markdown.

    A backslash does not stop what looks at the finished text: bare addresses become links and
    `:name:` becomes an icon there. An unseen word joiner takes those apart.
    """
    out, said = [], ""
    following = [*(token.text[0] for token in tokens[1:]), ""]
    for token, after in zip(tokens, following, strict=False):
        if token.ready:
            out.append(token.text)
            said = ""
            continue
        if token.text == "." and said.lower().endswith("www"):
            out.append(_JOINER)
        active = _TEXT_IF_LITERAL if token.literal else _ALWAYS_TEXT
        out.append(f"\\{token.text}" if token.text in active else token.text)
        if token.text == "@" or (token.text == ":" and _names(said, after)):
            out.append(_JOINER)
        said = (said + token.text)[-3:]
    return "".join(out)


def _names(before: str, after: str) -> bool:
    """Whether a colon could begin a name or an address; in a time of day it cannot."""
    if after.isdigit():
        return not before[-1:].isdigit()
    return after.isalpha() or after in {"/", "+", "-", "_", ":"}
