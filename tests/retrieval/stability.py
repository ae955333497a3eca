"""How many chunks are embedded anew when one sentence, row or item of a document is edited."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import pairwise

from ingest.blocks import blocks
from ingest.chunks import Chunked, Earlier, split
from ingest.embeddings import Embedder
from ingest.formats.base import DocumentText
from tests.retrieval import corpora

_EDITS = 200  # of each document


def report(names: Sequence[str], embedder: Embedder) -> str:
    """Of how many edits so many chunks are new."""
    count = cache(embedder.count_tokens)
    draw = random.Random(1)
    new: Counter[int] = Counter()
    for name in names:
        for id_, document in corpora.load(name).documents.items():
            cut = partial(split, id_, markdown=document.markdown, count_tokens=count)
            before = cut(document.text)
            earlier = Earlier(document.text, tuple(chunk.start for chunk in before.chunks))
            edits = list(_edits(document, draw))
            for text in draw.sample(edits, min(_EDITS, len(edits))):
                new[len(_texts(cut(text, earlier=earlier)) - _texts(before))] += 1
    few = sum(times for chunks, times in new.items() if chunks <= 2) / new.total()
    table = "\n".join(f"{chunks} chunks: {times} edits" for chunks, times in sorted(new.items()))
    return f"{table}\nat most 2 chunks: {few:.1%} of {new.total()} edits"


def _texts(chunked: Chunked) -> set[str]:
    return {chunk.embedded for chunk in chunked.chunks}


def _edits(document: DocumentText, draw: random.Random) -> Iterator[str]:
    """The text with one of its units changed: a word, its first word, longer, shorter."""
    text = document.text
    found = blocks(text, markdown=document.markdown)
    named = [(heading.start, heading.end + 1) for heading in found.headings]
    named += [(table.start, table.body) for table in found.tables]
    for start, end in pairwise([0, *(offset for offset, _ in found.breaks), len(text)]):
        words = list(re.finditer(r"\w+", text[start:end]))
        if len(words) < 4 or any(start < last and first < end for first, last in named):
            continue
        first, any_, last = words[0], draw.choice(words[1:]), words[-1]
        cut, put = draw.choice(
            [
                (any_.span(), "changed"),
                (first.span(), "Then"),
                ((any_.start(), any_.start()), "some more words that were not there "),
                ((words[len(words) // 2].start(), last.end()), ""),
                ((last.end(), last.end()), ". A further sentence says something else"),
                ((last.end(), last.end()), ". " + " ".join(map(str, range(1, 30)))),
            ]
        )
        yield text[: start + cut[0]] + put + text[start + cut[1] :]
