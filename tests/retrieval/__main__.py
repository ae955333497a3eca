"""`python -m tests.retrieval`: measures configurations and prints the tables of README.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ingest.chunks import CHUNK_TOKENS
from ingest.embeddings import Embedder, default_embedder
from tests.retrieval import calibration, corpora, pipelines, stability
from tests.retrieval.corpora import Corpus, Question
from tests.retrieval.measure import BUDGETS, Range, Score, average, interval, score
from tests.retrieval.pipelines import Built, CachedEmbedder, Cut, Order, tributary

CACHE = Path(tempfile.gettempdir()) / "tributary-retrieval"

Configuration = tuple[str, Cut, Order]
Answered = list[tuple[Question, list[Range]]]

MAIN: tuple[Configuration, ...] = (
    ("LangChain's default", pipelines.langchain, pipelines.dense),
    ("dense alone", tributary(CHUNK_TOKENS), pipelines.dense),
    ("BM25 alone", tributary(CHUNK_TOKENS), pipelines.by_words),
    ("Tributary", tributary(CHUNK_TOKENS), pipelines.hybrid),
)
SWEEP: tuple[Configuration, ...] = (
    *((f"{n} tokens", tributary(n), pipelines.hybrid) for n in (80, 100, 150, 200, 250)),
    *((f"{n} tokens, dense", tributary(n), pipelines.dense) for n in (150, 200, 250)),
    *((f"100, overlap {n}", tributary(100, n), pipelines.hybrid) for n in (20, 40)),
    ("100, RRF 60", tributary(100), pipelines.reciprocal(60)),
    ("100, RRF 20", tributary(100), pipelines.reciprocal(20)),
    ("100, RRF 60, dense 2:1", tributary(100), pipelines.reciprocal(60, 2)),
)


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", choices=corpora.NAMES, action="append")
    parser.add_argument("--sweep", action="store_true", help="sizes, overlaps, fusions")
    parser.add_argument("--calibrate", action="store_true", help="the threshold of relevance")
    parser.add_argument("--stability", action="store_true", help="chunks embedded after an edit")
    chosen = parser.parse_args()
    names = chosen.corpus or corpora.NAMES
    embedder = CachedEmbedder(default_embedder(CACHE), CACHE / "vectors.sqlite3")
    with tempfile.TemporaryDirectory() as folder:
        if chosen.calibrate:
            print(calibration.report(names, embedder, Path(folder)))
        elif chosen.stability:
            print(stability.report(names, embedder))
        else:
            print(_header())
            for name, cut, order in SWEEP if chosen.sweep else MAIN:
                measured = [corpora.load(n) for n in names]
                answered = answers(measured, cut, order, embedder, Path(folder) / name)
                print("\n".join(_rows(name, answered, by_corpus=not chosen.sweep)), flush=True)


def answers(
    measured: Sequence[Corpus], cut: Cut, order: Order, embedder: Embedder, folder: Path
) -> Answered:
    """What a configuration returns for every question that has an answer."""
    answered = []
    for corpus in measured:
        (folder / corpus.name).mkdir(parents=True)
        built = Built(corpus, cut, embedder, folder / corpus.name)
        asked = [question for question in corpus.questions if question.excerpts]
        answered += [(question, order(built, question.text)) for question in asked]
    return answered


def scores(answered: Answered, budget: int) -> list[Score]:
    """Of each question, at so many tokens."""
    return [score(question, returned, budget) for question, returned in answered]


def _header() -> str:
    cells = [f"recall@{b} | precision | IoU" for b in BUDGETS]
    return f"| | questions | {' | '.join(cells)} |\n|---|---|{'---|' * 3 * len(BUDGETS)}"


def _rows(name: str, answered: Answered, *, by_corpus: bool) -> list[str]:
    parts = {
        "tuned on": [a for a in answered if not a[0].held_out],
        "held out": [a for a in answered if a[0].held_out],
    }
    if by_corpus:
        parts |= {n: [a for a in answered if a[0].corpus == n] for n in corpora.NAMES}
    return [f"| {name}, {p} | {len(a)} | {_cells(a)} |" for p, a in parts.items() if a]


def _cells(answered: Answered) -> str:
    cells = []
    for budget in BUDGETS:
        each = scores(answered, budget)
        mean = average(each)
        low, high = interval([s.recall for s in each])
        cells.append(f"{mean.recall:.1%} ({low:.1%} to {high:.1%})".replace("%", ""))
        cells += [f"{100 * mean.precision:.2f}", f"{100 * mean.iou:.2f}"]
    return " | ".join(cells)


if __name__ == "__main__":
    main()
