"""Time formats: from the `%Y-%m-%d` that sqlglot keeps them in to the `yyyy-MM-dd` of Flink."""

from __future__ import annotations

import re

_PATTERNS = {
    "Y": "yyyy", "y": "yy", "m": "MM", "-m": "M", "B": "MMMM", "b": "MMM", "h": "MMM",
    "d": "dd", "-d": "d", "e": "d", "j": "DDD", "-j": "D", "A": "EEEE", "a": "EEE",
    "H": "HH", "-H": "H", "k": "H", "I": "hh", "-I": "h", "l": "h", "M": "mm", "-M": "m",
    "S": "ss", "-S": "s", "f": "SSSSSS", "p": "a", "W": "ww", "U": "ww", "V": "ww", "G": "YYYY",
    "u": "u", "z": "Z", "Z": "z",
    "F": "yyyy-MM-dd", "T": "HH:mm:ss", "R": "HH:mm", "D": "MM/dd/yy", "%": "%",
}  # fmt: skip
# sqlglot marks as strict what must have two digits.
_PIECE = re.compile(r"%(-?[A-Za-z]|%)(?:strict)?|([A-Za-z']+)|([^%A-Za-z']+|%)")


def to_java(strftime: str) -> str:
    """A format in the letters of Java's `DateTimeFormatter`.

    >>> to_java("%Y-%m-%dT%H:%M")
    "yyyy-MM-dd'T'HH:mm"
    """
    pieces = []
    for directive, letters, other in _PIECE.findall(strftime):
        if directive:
            pieces.append(_PATTERNS.get(directive, f"%{directive}"))
        elif letters:
            pieces.append("'" + letters.replace("'", "''") + "'")
        else:
            pieces.append(other)
    return "".join(pieces)
