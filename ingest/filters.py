"""Which documents a search looks at, and the patterns that name documents by their ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

_GLOB = re.compile(r"(\*\*/)|(\*\*)|(\*)|(\?)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the documents of a search must be; a field left alone asks nothing.

    Attributes:
        sources: Glob patterns of ids, of which one must match.
        kinds: Formats, of which it must have one.
        tags: Tags, all of which it must have; upper and lower case are the same.
        since: Modified at this moment or later (aware).
        until: Modified before this moment (aware).
    """

    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Sight:
    """Which documents a caller may read.

    Attributes:
        labels: Her labels, beside which she reads what has none; None for all.
        rules: The access rules that hold now, by which a document may have to be labelled anew.
    """

    labels: tuple[str, ...] | None = None
    rules: Mapping[str, str] = field(default_factory=dict)


ALL = Sight()


def matches(pattern: str, id_: str) -> bool:
    """Whether a glob pattern matches a document's id as a whole.

    `*` and `?` stop at a `/`, `**` does not, `**/` also stands for no folder at all.

    >>> [matches("hr/**", i) for i in ("hr/pay.md", "hr/a/b.md", "hr", "x/hr/pay.md")]
    [True, True, False, False]
    >>> matches("**/*.pdf", "a.pdf"), matches("*.pdf", "a/b.pdf"), matches("a?.md", "ab.md")
    (True, False, True)
    """
    return _compiled(pattern).fullmatch(id_) is not None


def label_of(rules: Mapping[str, str], id_: str) -> str:
    """The access label of a document: that of the last pattern that matches, else none.

    >>> rules = {"hr/**": "hr", "hr/public/**": ""}
    >>> label_of(rules, "hr/pay.md"), label_of(rules, "hr/public/pay.md"), label_of(rules, "a.md")
    ('hr', '', '')
    """
    return next((rules[p] for p in reversed(list(rules)) if matches(p, id_)), "")


def text_of_rules(rules: Mapping[str, str]) -> str:
    """Access rules as the index remembers them; their order matters."""
    return json.dumps(list(rules.items()), ensure_ascii=False)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_translated(pattern)), re.DOTALL)


def _translated(pattern: str) -> Iterator[str]:
    meant = ("(?:.*/)?", ".*", "[^/]*", "[^/]")
    for match in _GLOB.finditer(pattern):
        number = match.lastindex or 0
        yield meant[number - 1] if number <= len(meant) else re.escape(match[0])
