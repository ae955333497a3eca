"""That what README.md says of retrieval still holds on a part of one corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.chunks import CHUNK_TOKENS
from ingest.embeddings import default_embedder
from tests.retrieval import corpora, pipelines
from tests.retrieval.__main__ import answers, scores
from tests.retrieval.corpora import Corpus, Excerpt, Question
from tests.retrieval.measure import Score, average, interval, score, token_range
from tests.retrieval.pipelines import CachedEmbedder, Cut, Order, tributary


@pytest.mark.parametrize("name", corpora.NAMES)
def test_every_excerpt_occurs_once(name: str) -> None:
    corpus = corpora.load(name)  # raises where one does not
    unanswered = [question for question in corpus.questions if not question.excerpts]
    assert len(corpus.questions) >= 60
    assert len(unanswered) >= 8
    assert len({question.text for question in corpus.questions}) == len(corpus.questions)


def test_half_of_two_corpora_is_held_out() -> None:
    held = {n: sum(q.held_out for q in corpora.load(n).questions) for n in corpora.NAMES}
    assert held == {"handbook": 0, "manuals": 0, "minutes": 70, "reference": 63, "shop": 0}


def test_a_perfect_answer_and_a_useless_one() -> None:
    document, text = next(iter(corpora.load("shop").documents.items()))
    one = (document, 0, len(text.text) // 2)
    question = Question("shop", "?", (Excerpt(*one),))
    tokens = len(token_range("shop", one))
    assert score(question, [one], tokens) == Score(1, 1, 1)
    assert score(question, [(document, one[2], one[2] + 100)], tokens) == Score(0, 0, 0)
    half = score(question, [one, one], tokens // 2)
    assert half.recall == pytest.approx(0.5, abs=0.01)
    assert half.precision == 1
    assert score(question, [one, one], 2 * tokens).precision == 0.5  # what is returned twice
    assert average([Score(1, 0, 0), Score(0, 0, 0)]).recall == 0.5
    assert interval([1.0] * 9 + [0.0]) == pytest.approx((0.7, 1.0))


_SMALL = frozenset(
    {"cs40-errors.md", "hw-fault-codes.md", "kp-spare-parts.md"}
    | {"sb-2403-cs40-firmware.txt", "td-drive-manual.md"}
)


def test_both_legs_together_find_more_than_either_and_than_langchain(tmp_path: Path) -> None:
    manuals = corpora.load("manuals")
    documents = {id_: text for id_, text in manuals.documents.items() if id_ in _SMALL}
    asked = [q for q in manuals.questions if all(e.document in _SMALL for e in q.excerpts)]
    part = Corpus("manuals", documents, tuple(asked))
    embedder = CachedEmbedder(default_embedder(tmp_path), tmp_path / "vectors.sqlite3")

    def recall(name: str, cut: Cut, order: Order) -> Score:
        found = answers([part], cut, order, embedder, tmp_path / name)
        assert len(found) == 47
        return average(scores(found, 400))

    ours = tributary(CHUNK_TOKENS)
    both = recall("both", ours, pipelines.hybrid)
    others = {
        "dense": recall("dense", ours, pipelines.dense),
        "words": recall("words", ours, pipelines.by_words),
        "langchain": recall("langchain", pipelines.langchain, pipelines.dense),
    }
    assert both.recall > 0.88
    for name, other in others.items():
        assert both.recall > other.recall, name
        assert both.iou > other.iou, name
