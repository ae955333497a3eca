"""Cuts a text into tokens by Flink's lexical rules, which no other SQL dialect shares exactly.

The guard reads tokens so that what stands in a string or a comment counts for nothing; the loader
cuts files into statements; the sqlglot dialect builds its own tokens from these. The rules are
those of Calcite's `Parser.jj` in the lexical state that Flink uses (back-tick quoting).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

HINT_START = "/*+"
HINT_END = "*/"


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()  # `name`
    UNICODE = auto()  # U&"name"
    STRING = auto()
    NUMBER = auto()
    SYMBOL = auto()
    HINT = auto()  # the opening /*+; the hint's content follows as ordinary tokens
    ERROR = auto()  # what Flink's lexer refuses


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: What it is.
        text: As written.
        start: Index of its first character in the text.
        end: One past its last character.
    """

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The text in upper case where it is a bare word, else as written."""
        return self.text.upper() if self.kind is Kind.WORD else self.text

    @property
    def name(self) -> str:
        """The identifier that a word or a quoted name stands for, case kept."""
        if self.kind is Kind.QUOTED:
            return self.text[1:-1].replace("``", "`")
        return self.text

    @property
    def value(self) -> str:
        """The characters that a string literal stands for (prefixes other than E are ignored)."""
        quote = self.text.find("'")
        body = self.text[quote + 1 : -1].replace("''", "'")
        if self.text[:quote] in {"E", "e"}:
            return _ESCAPE.sub(_unescaped, body)
        return body


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL
)


def _unescaped(match: re.Match[str]) -> str:
    short, long, byte, octal, char = match.groups()
    if char is not None:
        return _ESCAPES.get(char, char)
    code = int(octal, 8) if octal else int(short or long or byte, 16)
    return chr(code) if code <= sys.maxunicode else match[0]


# A `/**` takes the next character with it unless that is `/`, so `/***/` is still open after its
# slash; `/*+` opens a hint, not a comment. CR alone ends a line comment, U+2028 does not.
_TOKEN = re.compile(
    r"""
      (?P<SKIP>    [ \t\r\n\f]+ | (?:--|//)[^\r\n]*
                 | /\*(?!\+)(?:\*[^/]|(?!\*[^/]))[\s\S]*?\*/ )
    | (?P<UNICODE> [uU]&"(?:[^"\r\n]|"")+" )
    | (?P<STRING>  [eE]'(?:[^'\\]|\\[\s\S]|'')*'
                 | (?:[uU]&|[nNxX]|_[A-Za-z0-9_:.-]{1,40})?'(?:[^']|'')*' )
    | (?P<QUOTED>  `(?:[^`\r\n]|``)+` )
    | (?P<NUMBER>  (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
    | (?P<WORD>    [^\W0-9][\w$]* | \$[\w$]* )
    | (?P<HINT>    /\*\+ )
    | (?P<OPEN>    /\*[\s\S]* | '[\s\S]* )
    | (?P<SYMBOL>  \*/ | <> | <= | >= | != | == | => | -> | \|\| | ::
                 | [-+*/%=<>(){}\[\],.;:?|&!"^@\#~] )
    | (?P<ERROR>   [\s\S] )
    """,
    re.VERBOSE,
)
_KINDS = {kind.name: kind for kind in Kind} | {"OPEN": Kind.ERROR}


def scan(text: str) -> Iterator[Token]:
    """Yields the tokens of a text; white space and comments are left out.

    A comment or a string that is never closed is one ERROR token up to the end of the text.

    >>> [token.text for token in scan("SELECT 'it''s' -- a comment")]
    ['SELECT', "'it''s'"]
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "SKIP":
            yield Token(_KINDS[str(match.lastgroup)], match[0], match.start(), match.end())


def statements(text: str) -> Iterator[tuple[Token, ...]]:
    """Yields the tokens of each statement that is not empty, without the `;` that ends it.

    >>> [len(tokens) for tokens in statements("SELECT 1; ; SELECT ';'")]
    [2, 2]
    """
    tokens: list[Token] = []
    for token in scan(text):
        if token.text != ";":
            tokens.append(token)
        elif tokens:
            yield tuple(tokens)
            tokens = []
    if tokens:
        yield tuple(tokens)


def quote(name: str) -> str:
    """A name in back-ticks."""
    return "`" + name.replace("`", "``") + "`"


def literal(value: str) -> str:
    """A string literal that stands for exactly these characters."""
    return "'" + value.replace("'", "''") + "'"
