"""The examples that a model is shown: alike in words, of the same kind of time, and unbroken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.errors import EngineUnavailable, InvalidQuery, TributaryError
from app.memory.examples import Examples
from app.memory.verdicts import Verdicts
from app.responders.recall import ALIKE, Recall
from app.semantic_parser.times.forms import without_times
from app.semantic_parser.tokens import tokenize
from ingest.embeddings import Embedder, default_embedder
from tests.samples import NOW

KEPT = (
    "How many orders were cancelled in the last hour?",
    "How many orders were cancelled in the last day?",
    "How many orders were cancelled today?",
    "How many orders were cancelled?",
    "How many orders were cancelled on Friday?",
    "How many orders were confirmed in the last hour?",
    "How many orders per hour today?",
    "Which carriers have the most late parcels in the last hour?",
    "p95 load time per page in the last hour",
)
ASKED = [
    ("Number of cancelled orders over the past 60 minutes", [0]),
    ("How many orders were cancelled within the last hour?", [0, 5]),
    ("Number of cancelled orders in the past 24 hours", [1]),
    ("cancelled orders so far today", [2]),
    ("How many cancelled orders are there?", [3]),
    ("How many orders were cancelled on 21 November?", [4]),
    ("How many orders were cancelled last week?", []),
    ("How many orders were cancelled per hour?", []),
    ("hourly order counts today", [6]),
    ("late parcels per carrier in the last hour", [7]),
    ("95th percentile of page load time for each page in the last hour", [8]),
    ("How do I care for a cast-iron pan?", []),
    ("in the last hour", []),
    ("", []),
    ("?!", []),
]
ALIKE_PAIRS = [
    ("How many orders were cancelled", "Number of cancelled orders"),
    ("Which carriers have the most late parcels", "Late parcels per carrier"),
    ("Total amount per city", "What is the revenue in each city?"),
    ("What percentage of payments failed, per method?", "failure rate of payments by method"),
    ("show the five latest failed payments", "list the 5 most recent payments that failed"),
    ("How many parcels are late?", "number of late parcels"),
    ("top 3 products per city", "best selling three products in every city"),
]
UNLIKE_PAIRS = [
    ("How many orders were cancelled?", "How many payments failed?"),
    ("How many orders were cancelled?", "Which carriers have the most late parcels?"),
    ("Total amount per city", "Total amount per channel"),
    ("Total amount per city", "p95 load time per page"),
    ("How many page views were there?", "How many payments failed?"),
    ("Are there any failed payments?", "Which cities had more than 5 late parcels?"),
    ("How many orders without a payment?", "How do I care for a cast-iron pan?"),
]


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return default_embedder(tmp_path_factory.mktemp("models"))


class Counting:
    """Keeps which texts were embedded, and which queries planned."""

    def __init__(self, embedder: Embedder, error: TributaryError | None = None) -> None:
        self.embedder = embedder
        self.error = error
        self.embedded: list[str] = []
        self.planned: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.embedded += texts
        return self.embedder.embed(texts)

    def check(self, sql: str) -> None:
        self.planned.append(sql)
        if self.error:
            raise self.error


Make = Callable[..., tuple[Recall, Examples, Counting]]


@pytest.fixture
def make(tmp_path: Path, embedder: Embedder) -> Make:
    def of(error: TributaryError | None = None) -> tuple[Recall, Examples, Counting]:
        examples = Examples(tmp_path)
        for number, question in enumerate(KEPT):
            examples.approve(examples.propose(question, f"SELECT {number}", NOW).id)
        counting = Counting(embedder, error)
        verdicts = Verdicts(counting.check, lambda: "tables")
        return Recall(examples, verdicts, counting.embed), examples, counting

    return of


@pytest.mark.parametrize(("question", "numbers"), ASKED)
def test_the_nearest_of_the_same_time_form(make: Make, question: str, numbers: list[int]) -> None:
    recall, _, _ = make()
    assert [e.sql for e in recall.nearest(question)] == [f"SELECT {n}" for n in numbers]


@pytest.mark.parametrize(
    ("pair", "is_alike"), [*((p, True) for p in ALIKE_PAIRS), *((p, False) for p in UNLIKE_PAIRS)]
)
def test_the_threshold_parts_paraphrases_from_others(
    embedder: Embedder, pair: tuple[str, str], is_alike: bool
) -> None:
    one, other = embedder.embed([without_times(tokenize(text)) for text in pair])
    assert (float(one @ other) >= ALIKE) is is_alike


def test_texts_are_embedded_once_and_queries_planned_once(make: Make) -> None:
    recall, examples, counting = make()
    question = "Number of orders cancelled over the past hour"
    for _ in range(3):
        recall.nearest(question)
    assert counting.planned == ["SELECT 0"]
    assert counting.embedded.count("Number of orders cancelled") == 3
    assert counting.embedded.count("How many orders were cancelled") == 1
    for example in examples.all():
        examples.reject(example.id)
    assert recall.nearest(question) == ()


def test_no_more_than_asked_for_and_no_more_planned(make: Make) -> None:
    recall, _, counting = make()
    assert [e.sql for e in recall.nearest(KEPT[0], limit=1)] == ["SELECT 0"]
    assert counting.planned == ["SELECT 0"]


def test_proposals_and_files_of_no_use_are_no_examples(make: Make, tmp_path: Path) -> None:
    recall, examples, _ = make()
    examples.propose("How many orders were lost last year?", "SELECT 1", NOW)
    (tmp_path / "bad.sql").write_text("-- question: How many orders were lost last year?")
    assert recall.nearest("How many orders were lost last year?") == ()


def test_broken_examples_are_set_aside(make: Make) -> None:
    recall, _, counting = make(InvalidQuery("No column of that name."))
    assert recall.nearest(KEPT[0]) == ()
    assert recall.nearest(KEPT[0]) == ()
    assert counting.planned == ["SELECT 0", "SELECT 5"]


def test_without_flink_nothing_counts_as_broken(make: Make) -> None:
    recall, _, counting = make(EngineUnavailable("There is no Flink."))
    assert len(recall.nearest(KEPT[0])) == 2
    counting.error = None
    assert len(recall.nearest(KEPT[0])) == 2


def test_hostile_questions_find_nothing(make: Make) -> None:
    recall, _, _ = make()
    for question in ("'; DROP TABLE orders; --", "🦄" * 50, "a " * 2000, "../../etc/passwd\n\0"):
        assert recall.nearest(question) == ()
