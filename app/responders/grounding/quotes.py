"""Quotes that no passage has.

Compared are words: case, white space, emphasis, dashes and the kind of quotation marks are left
out, since whoever quotes lays out anew; numbers are words with all their digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.markers import MARKER
from app.responders.grounding.corpus import Corpus
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Block, Text

_LEAST_WORDS = 4
_SHOWN = 60
_QUOTED = re.compile(
    r"“([^“”]{1,800})”|„([^„“”]{1,800})[“”]|«([^«»]{1,800})»"
    r'|(?<![\w"])"(?=\S)([^"]{1,800})(?<=\S)"(?![\w"])'
)
_GAP = re.compile(r"[\[(]?(?:…|\.\.\.)[\])]?")
_PREFIX = re.compile(r"^[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#[^\n]*$", re.MULTILINE)
_NO_PROSE = re.compile(r"^[ \t]*[#|][^\n]*$", re.MULTILINE)
_CREDIT = re.compile(r"\s*(?:—|–|--|-)\s*(.+)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ESCAPED = re.compile(r"\\([^\w\s])")
_DROPPED = re.compile(
    r"[*`~\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]|__"
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[^\W_]|_+(?=[^\W_]))*|[%€$£]")


def doubts(read: Text, corpus: Corpus) -> Iterator[Doubt]:
    """Blockquotes, and quotes of four words or more, that are nowhere in the evidence."""
    places = [
        *((b.start, b.end, _lines(read, b)) for b in read.blocks if b.kind == "quote"),
        *((start, end, [said]) for start, end, said in _inline(read)),
    ]
    if not places:
        return
    quotable = _Quotable(corpus)
    for start, end, lines in places:
        if not quotable.has(lines):
            said = " ".join(" ".join(lines).split())
            short = said if len(said) <= _SHOWN else f"{said[:_SHOWN].rstrip()}…"
            message = f"The quote “{short}” is not in the evidence."
            yield Doubt(start, end, read.text[start:end], message)


def _lines(read: Text, block: Block) -> list[str]:
    """The lines of a blockquote without what sets them off and points to their source."""
    written = _PREFIX.sub("", read.text[block.start : block.end])
    return [MARKER.sub("", line).rstrip("\\ ⚠") for line in written.splitlines()]


def _inline(read: Text) -> Iterator[tuple[int, int, str]]:
    for block in read.blocks:
        if block.kind in {"quote", "code"}:
            continue
        spans = read.spans_of(block)
        for match in _QUOTED.finditer(read.text, block.start, block.end):
            said = next(group for group in match.groups() if group is not None)
            in_code = any(s.start <= match.start() < s.end for s in spans)
            if not in_code and len(_words(said).split()) >= _LEAST_WORDS:
                yield match.start(), match.end(), MARKER.sub("", said)


class _Quotable:
    """What may be quoted, as words."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._found: dict[tuple[str, ...], bool] = {}
        self._labels = [_words(text) for text in corpus.labels]
        # Quoting leaves out headings, and tables that stand between sentences.
        self._texts = [
            [_words(text), *(_words(p.sub("", text)) for p in (_HEADING, _NO_PROSE))]
            for text in corpus.passages
        ]
        self._texts += [[_words(text)] for text in (*corpus.readings, *corpus.queries)]
        self._texts += [[label] for label in self._labels]

    def has(self, lines: list[str]) -> bool:
        """Whether the lines occur in one text, in one piece or each for itself."""
        kept = [line for line in lines if _words(line).strip() and not self._is_credit(line)]
        if not kept:
            return True
        key = tuple(kept)
        if key not in self._found:
            self._found[key] = self._occurs(kept)
        return self._found[key]

    def _occurs(self, kept: list[str]) -> bool:
        whole, each = _pieces(" ".join(kept)), [_pieces(line) for line in kept]
        for text in self._texts:
            if _is_in(whole, text) or all(_is_in(line, text) for line in each):
                return True
        return any(_is_in(whole, [_words(cell)]) for cell in self._cells_with(kept[0]))

    def _is_credit(self, line: str) -> bool:
        match = _CREDIT.fullmatch(line)
        if match is None:
            return False
        said = _words(match[1])
        return any(said in label for label in self._labels)

    def _cells_with(self, line: str) -> Iterator[str]:
        """The cells that have the longest word of a line: few of many."""
        longest = max(_words(line).split(), key=len)
        return (cell for cell in self._corpus.cells if longest in cell)


def _words(text: str) -> str:
    """The words of a text, case-folded, one space around each."""
    plain = _DROPPED.sub("", _LINK.sub(r"\1", _ESCAPED.sub(r"\1", text)))
    folded = unicodedata.normalize("NFKC", _PREFIX.sub("", plain)).casefold()
    return f" {' '.join(_WORD.findall(folded))} "


def _pieces(text: str) -> list[str]:
    """The stretches between the gaps of a quote; a word that a gap cuts may be cut short."""
    pieces: list[str] = []
    last = 0
    for match in [*_GAP.finditer(text), None]:
        end = match.start() if match else len(text)
        words = _words(text[last:end])
        if words.strip():
            opened = bool(last) and not text[last : last + 1].isspace()
            closed = match is not None and not text[end - 1 : end].isspace()
            words = words.lstrip() if opened else words
            pieces.append(words.rstrip() if closed else words)
        last = match.end() if match else end
    return pieces


def _is_in(pieces: list[str], layouts: list[str]) -> bool:
    return any(_in_order(pieces, text) for text in layouts)


def _in_order(pieces: list[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece) - 1
    return True
