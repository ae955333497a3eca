from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunks import CHUNK_TOKENS, Chunked, Earlier, split
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


def _sentence(i: int, words: int = 10) -> str:
    return f"Item{i} " + " ".join(f"w{i}x{k}" for k in range(words - 2)) + " end."


PARAGRAPH = " ".join(_sentence(i) for i in range(1, 5))
ROWS = [f"| r{i} | {' '.join(f'c{i}x{k}' for k in range(16))} |" for i in range(40)]
TABLE = "\n".join(["| Name | Cells |", "|---|---|", *ROWS])


def _holds(text: str, part: str, *, markdown: bool = True) -> bool:
    """Whether one chunk has all of a part."""
    return any(part in chunk.text for chunk in _split(text, markdown=markdown).chunks)


FILLER = "\n\n".join(" ".join(_sentence(10 * p + i) for i in range(6)) for p in range(4))
CODE = "```python\n" + "\n".join(f"call_{i}(a, b, c)" for i in range(40)) + "\n```"
SMALL_TABLE = "\n".join(["| Name | Cells |", "|---|---|", *ROWS[:8]])
ITEM = "- One thing. " + _sentence(900)
WHOLE = [
    ("a paragraph", f"{FILLER}\n\n{PARAGRAPH}\n\n{FILLER}", PARAGRAPH),
    ("a sentence", PARAGRAPH * 9, _sentence(3)),
    ("a table", f"{FILLER}\n\n{SMALL_TABLE}\n\n{FILLER}", SMALL_TABLE),
    ("code", f"{FILLER}\n\n{CODE}\n\n{FILLER}", CODE),
    ("an item", f"{FILLER}\n\n- x {FILLER[:300]}\n{ITEM}\n- y {FILLER[300:600]}", ITEM[2:]),
    ("e.g.", "We sell many, e.g. Tents and " + "and so on and " * 30 + "more. " + FILLER, "e.g. T"),
    ("Dr.", "Dr. Lee " + "came and went and " * 24 + "slept. " + FILLER, "Dr. Lee"),
    ("a number", "See No. 5 " + "and so on and on " * 20 + "there. " + FILLER, "No. 5"),
    ("a decimal", "It is 2.50 " + "and so on and on " * 20 + "there. " + FILLER, "2.50"),
    ("an unclosed fence", f"{FILLER}\n\n```\nx = 1\n\ny = 2", "x = 1\n\ny = 2"),
]


@pytest.mark.parametrize(("text", "part"), [c[1:] for c in WHOLE], ids=[c[0] for c in WHOLE])
def test_what_belongs_together_is_not_cut(text: str, part: str) -> None:
    assert _holds(text, part)
    assert len(_split(text).chunks) > 1


def test_the_parts_of_a_long_table_are_embedded_with_its_column_names() -> None:
    chunks = _split(f"# T\n\n{TABLE}").chunks
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.text.startswith("| ")
        assert chunk.text.endswith(" |")
        assert chunk.embedded.startswith("T\n| Name | Cells |\n")
        assert chunk.embedded.count("| Name | Cells |") == 1


def test_code_is_cut_at_blank_lines() -> None:
    part = "\n".join(f"call_{i}(a, b, c, d, e, f, g, h)" for i in range(12))
    text = "```\n" + "\n\n".join([part] * 8) + "\n```"
    starts = [chunk.text.splitlines()[0] for chunk in _split(text).chunks]
    assert starts == ["```", *["call_0(a, b, c, d, e, f, g, h)"] * (len(starts) - 1)]


def test_long_sections_split_at_sentences() -> None:
    text = "One two three four five six seven eight nine ten. " * 36
    chunks = _split(text).chunks
    assert all(chunk.text.endswith("ten.") for chunk in chunks)
    assert max(_words(chunk.text) for chunk in chunks) <= CHUNK_TOKENS


PLAIN = [
    ("GETTING STARTED\n\nOpen the box.", ["GETTING STARTED"]),
    ("Start\n=====\nOpen it.\n\nThen\n----\nClose it.", ["Start", "Then"]),
    (
        "Intro.\n1. Service levels\nOn time.\n2.1 Details of it\nMore.",
        ["1. Service levels", "2.1 Details of it"],
    ),
    ("1. Open the shop\n2. Close the shop", []),
    ("1. Rinse it at once.\nThen dry it.", []),
    ("NOTE THAT THIS goes on.\n\nx", []),
    ("STOP\nor else", []),
]


@pytest.mark.parametrize(("text", "headings"), PLAIN)
def test_headings_of_plain_text(text: str, headings: list[str]) -> None:
    found = [
        chunk.heading_path[-1]
        for chunk in _split(text, markdown=False).chunks
        if chunk.heading_path
    ]
    assert found == headings


@pytest.mark.parametrize("text", ["x" * 50_000, "word " * 5_000, "日本語" * 3_000])
def test_chunks_fit_the_models_window(embedder: Embedder, text: str) -> None:
    heading = "A heading of some length that takes its part of the window " * 3
    chunked = split("d", f"# {heading}\n{text}", markdown=True, count_tokens=embedder.count_tokens)
    assert len(chunked.chunks) > 1
    for chunk in chunked.chunks:
        assert embedder.count_tokens(chunk.embedded) <= 254
        assert len(chunk.text) <= 8 * 254


HUGE = [
    "x" * 100_000,
    "# Head\n" * 3_000,
    "# Head\n\ntext\n\n" * 3_000,
    "```\n" + "code here\n" * 10_000,
    "- item\n" * 5_000,
    "One. Two! Three? " * 5_000,
    "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 3_000,
    "same line\n" * 10_000,
]


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_work_grows_with_the_text_and_not_faster(text: str) -> None:
    def counted(text: str) -> int:
        read = 0

        def count(part: str) -> int:
            nonlocal read
            read += len(part) + 1
            return len(part.split())

        split("d", text, markdown=True, count_tokens=count)
        return read

    assert counted(text) <= 2.2 * counted(text[: len(text) // 2]) + 1_000


def _new_chunks(before: str, after: str) -> int:
    chunks = _split(before).chunks
    earlier = Earlier(before, tuple(chunk.start for chunk in chunks))
    edited = split("folder/doc.md", after, markdown=True, count_tokens=_words, earlier=earlier)
    return len({chunk.embedded for chunk in edited.chunks} - {chunk.embedded for chunk in chunks})


EDITED = f"# A\n\n{FILLER}\n\n{TABLE}\n\n" + "\n".join(f"- {_sentence(i)}" for i in range(60, 90))
EDITS = [
    ("first words of a paragraph", "Item20 ", "Another thing "),
    ("middle of a paragraph", "w12x3", "some words that were not there"),
    ("end of a paragraph", "w15x7 end.", "w15x7 end, and a bit more."),
    ("a sentence added", "w22x7 end.", "w22x7 end. A further one is here."),
    ("a sentence gone", _sentence(13), ""),
    ("a cell", "c5x3", "other"),
    ("a row added", ROWS[20], f"{ROWS[20]}\n| new | row |"),
    ("a row gone", ROWS[7] + "\n", ""),
    ("an item", "w75x2", "w75x2 and more"),
    ("an item added", f"- {_sentence(66)}", f"- new one\n- {_sentence(66)}"),
    ("blank lines above", "# A", "\n\n# A"),
]


@pytest.mark.parametrize(("old", "new"), [e[1:] for e in EDITS], ids=[e[0] for e in EDITS])
def test_an_edit_of_one_sentence_changes_at_most_two_chunks(old: str, new: str) -> None:
    assert EDITED.count(old) == 1
    assert len(_split(EDITED).chunks) > 10
    assert _new_chunks(EDITED, EDITED.replace(old, new)) <= 2


_LENGTHS = st.lists(st.lists(st.integers(2, 40), min_size=1, max_size=8), min_size=1, max_size=30)


@settings(max_examples=300)
@given(lengths=_LENGTHS, marks=st.randoms(use_true_random=False))
def test_whichever_sentence_is_edited_at_most_two_chunks_change(
    lengths: list[list[int]], marks: Random
) -> None:
    blocks = [[_sentence(marks.randrange(10**6), words) for words in block] for block in lengths]
    starts = [marks.choice(["", "- "]) for _ in blocks]
    edited = blocks[marks.randrange(len(blocks))]
    at = marks.randrange(len(edited))
    change = marks.choice(["", f"New {edited[at]}", edited[at] + " also" * 30])

    def text() -> str:
        parts = [f"{mark}{' '.join(block)}" for mark, block in zip(starts, blocks, strict=True)]
        return "# A\n\n" + "\n\n".join(parts)

    before = text()
    edited[at] = change
    assert _new_chunks(before, text()) <= 2


def test_an_edit_changes_only_the_chunks_it_touches() -> None:
    before = "# A\nx\n## B\ny\n## C\nz\nsame\n## C\nz\nsame"
    texts = [chunk.embedded for chunk in _split(before).chunks]
    edited = [chunk.embedded for chunk in _split(before.replace("y", "longer than y")).chunks]
    assert len(set(texts)) == 3  # two are the same
    assert [a == b for a, b in zip(texts, edited, strict=True)] == [True, False, True, True]


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
