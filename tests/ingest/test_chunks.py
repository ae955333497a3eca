from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunks import CHUNK_TOKENS, Chunked, split
from ingest.embeddings import Embedder


def _words(text: str) -> int:
    return len(text.split())


def _split(text: str, *, markdown: bool = True) -> Chunked:
    return split("folder/doc.md", text, markdown=markdown, count_tokens=_words)


CASES: list[tuple[str, str, list[tuple[tuple[str, ...], str]]]] = [
    ("plain text", "doc.md", [((), "plain text")]),
    ("# A\nx\n## B\ny\n# C\nz", "A", [(("A",), "x"), (("A", "B"), "y"), (("C",), "z")]),
    ("intro\n# A\nx", "A", [((), "intro"), (("A",), "x")]),
    ("# A\n```\n# no\n```", "A", [(("A",), "```\n# no\n```")]),
    ("A\n===\nx\n\nB\n---\ny", "A", [(("A",), "x"), (("A", "B"), "y")]),
    ("## **A** [b](http://c) `d`\nx", "A b d", [(("A b d",), "x")]),
    ("---\nowner: me\n---\n# A\nx", "A", [((), "---\nowner: me\n---"), (("A",), "x")]),
    ("# A\n## Call 555\n## B\ny", "A", [(("A", "Call 555"), "## Call 555"), (("A", "B"), "y")]),
    ("### C\nx\n# A\ny", "C", [(("C",), "x"), (("A",), "y")]),
    ("> # quoted\n\nx", "doc.md", [((), "> # quoted\n\nx")]),
    ("#\nx", "doc.md", [((), "x")]),
    ("   \n", "doc.md", []),
]


@pytest.mark.parametrize(("text", "title", "expected"), CASES)
def test_splits_at_headings(
    text: str, title: str, expected: list[tuple[tuple[str, ...], str]]
) -> None:
    chunked = _split(text)
    assert chunked.title == title
    assert [(chunk.heading_path, chunk.text) for chunk in chunked.chunks] == expected


def test_a_given_title_stands_in_for_a_missing_heading() -> None:
    for text, title in (("x", "Terms"), ("# A\nx", "A")):
        chunked = split("doc.md", text, markdown=True, title="Terms", count_tokens=_words)
        assert chunked.title == title
        assert chunked.chunks[0].embedded == f"{title}\nx"


def test_text_has_no_headings() -> None:
    assert [chunk.text for chunk in _split("# a\nx", markdown=False).chunks] == ["# a\nx"]


def test_long_sections_split_at_paragraphs_then_sentences() -> None:
    paragraph = "One two three four five six seven eight nine ten. " * 12
    chunks = _split(f"# T\n\n{paragraph}\n\n{paragraph}").chunks
    assert [_words(chunk.text) for chunk in chunks] == [120, 120]
    chunks = _split(paragraph * 3).chunks
    assert all(chunk.text.endswith("ten.") for chunk in chunks)
    assert max(_words(chunk.text) for chunk in chunks) <= CHUNK_TOKENS


@pytest.mark.parametrize("text", ["x" * 50_000, "word " * 5_000, "日本語" * 3_000])
def test_chunks_fit_the_models_window(embedder: Embedder, text: str) -> None:
    heading = "A heading of some length that takes its part of the window " * 3
    chunked = split("d", f"# {heading}\n{text}", markdown=True, count_tokens=embedder.count_tokens)
    assert len(chunked.chunks) > 1
    for chunk in chunked.chunks:
        assert embedder.count_tokens(chunk.embedded) <= 254
        assert len(chunk.text) <= 8 * (CHUNK_TOKENS + 1)


def test_an_edit_changes_only_the_ids_it_touches() -> None:
    before = "# A\nx\n## B\ny\n## C\nz\nsame\n## C\nz\nsame"
    ids = [chunk.id for chunk in _split(before).chunks]
    edited = [chunk.id for chunk in _split(before.replace("y", "longer than y")).chunks]
    assert len(set(ids)) == 4
    assert [a == b for a, b in zip(ids, edited, strict=True)] == [True, False, True, True]


_LINES = st.sampled_from(
    ["# Head", "## Sub *x*", "", "text here. More!", "```", "- item", "Setext", "===", "---"]
)
_TEXTS = st.one_of(
    st.lists(_LINES | st.text(max_size=30), max_size=30).map("\n".join), st.text(max_size=300)
)


@given(text=_TEXTS.map(lambda t: t.replace("\r", "\n")), markdown=st.booleans())
def test_offsets_are_exact_and_nothing_is_lost(text: str, markdown: bool) -> None:
    covered = [False] * len(text)
    end = 0
    for chunk in _split(text, markdown=markdown).chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text.strip() == chunk.text != ""
        assert chunk.start >= end
        end = chunk.end
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
    lost = "".join(c if not seen else "\n" for c, seen in zip(text, covered, strict=True))
    if not markdown:
        assert lost.strip() == ""
    for line in filter(str.strip, lost.split("\n")):
        assert (
            line.lstrip().startswith("#") or not line.strip("=- \t") or "\n" + line in "\n" + text
        )
