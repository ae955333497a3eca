"""What documents cost: taking them in beside the embedding model alone, and searching many.

Run as a module, it searches an index that is there, so that its memory is that of a fresh process.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np

from ingest import intake
from ingest.chunks import Chunk, split
from ingest.demo.shop import DOCUMENTS
from ingest.documents import SourceFile
from ingest.embeddings import Embedder, default_embedder
from ingest.formats import DocumentText
from ingest.index import DocumentIndex, SyncReport
from ingest.store import NewDocument
from tests.bench.report import Line, faster, within
from tests.bench.timing import once, once_beside

FILES = 1_000
CHUNKS = 100_000
_CHUNKS_EACH = 10
_GROUP = 5_000
_CLUSTERS = 2_000
_SEARCHES = 60
_PAGE_BYTES = 4_096


def lines(folder: Path) -> list[Line]:
    """Measures an ingest, an ingest again, an edit, and searches."""
    embedder = default_embedder(folder / "model")
    embedder.embed(["warm"])
    found = _search(folder, embedder)
    docs = folder / "docs"
    texts = _write(docs)
    with DocumentIndex(folder / "few", embedder) as index:
        index.sync([])
        model = partial(embedder.embed, list(_embedded(texts, embedder)))
        taken_in, alone = once_beside(model, partial(index.sync, [docs]))
        again = min(index.sync([docs]).seconds for _ in range(3))
        edited = _edit(index, docs)
    return [
        faster(f"{FILES:,} documents taken in", taken_in, alone, 0.9),
        within(f"{FILES:,} unchanged documents looked at", again, 1.0),
        Line(
            f"one changed sentence: {edited.chunks_embedded} chunks embedded",
            *(edited.seconds, None, None, "<= 2", edited.chunks_embedded <= 2),
        ),
        within(
            f"a search of {CHUNKS:,} chunks ({found['megabytes']:.0f} MB)", found["median"], 0.025
        ),
    ]


def documents_of(embedder: Embedder) -> tuple[dict[str, str], list[str]]:
    """The documents by their names, and what the model is given of them."""
    texts = dict(_texts())
    return texts, list(_embedded(texts, embedder))


def _embedded(texts: dict[str, str], embedder: Embedder) -> Iterator[str]:
    for name, text in texts.items():
        chunked = split(name, text, markdown=True, count_tokens=embedder.count_tokens)
        yield from (chunk.embedded for chunk in chunked.chunks)


def _edit(index: DocumentIndex, docs: Path) -> SyncReport:
    path = docs / "17.md"
    path.write_text(path.read_text().replace(". ", ". One more sentence. ", 1))
    return index.sync([docs])


def _write(docs: Path) -> dict[str, str]:
    docs.mkdir()
    texts = dict(_texts())
    for name, text in texts.items():
        (docs / name).write_text(text)
    return texts


def _texts() -> Iterator[tuple[str, str]]:
    rng = random.Random(5)
    for n in range(FILES):
        yield f"{n}.md", f"# Document {n}\n\n{_prose(rng, 110)}"


def _prose(rng: random.Random, words: int) -> str:
    """Words of the sample documents as they come there: a few of them are nearly everywhere."""
    chosen = rng.choices(_vocabulary(), k=words)
    for n in range(0, words, 12):
        chosen[n] = chosen[n].capitalize()
    return " ".join(f"{word}." if n % 12 == 11 else word for n, word in enumerate(chosen))


@cache
def _vocabulary() -> list[str]:
    """With a thousand numbers beside, as rare as names and codes are."""
    text = " ".join(path.read_text() for path in sorted(DOCUMENTS.glob("*.md")))
    return [*re.findall(r"[a-z]+", text.lower()), *map(str, range(1_000, 2_000))]


def _search(folder: Path, embedder: Embedder) -> dict[str, float]:
    _fill(folder / "many", embedder)
    command = [sys.executable, "-m", "tests.bench.documents", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _fill(directory: Path, embedder: Embedder) -> None:
    """An index of many chunks, whose vectors are random around some centres."""
    rng, draw = random.Random(7), np.random.default_rng(7)
    centres = draw.standard_normal((_CLUSTERS, embedder.dimensions), dtype=np.float32)
    with DocumentIndex(directory, embedder) as index:
        index.sync([])
        for first in range(0, CHUNKS, _GROUP):
            vectors = centres[draw.integers(0, _CLUSTERS, _GROUP)]
            vectors = vectors + 0.7 * draw.standard_normal(vectors.shape, dtype=np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            documents = [_document(rng, first + n) for n in range(0, _GROUP, _CHUNKS_EACH)]
            keys = {key: "" for one in documents for key, _ in one.chunks}
            index._vectors.put(keys, vectors)
            index._store.put(documents, 0)
        intake.settle(index._store, index._vectors, {})


def _document(rng: random.Random, number: int) -> NewDocument:
    texts = [_prose(rng, 90) for _ in range(_CHUNKS_EACH)]
    text, chunks, start = "\n\n".join(texts), [], 0
    for part in texts:
        heading = (f"Document {number}",)
        chunk = Chunk(heading, start, start + len(part), part, part)
        chunks.append((intake.key_of("", f"{number} {start}"), chunk))
        start += len(part) + 2
    digest = hashlib.sha256(text.encode()).hexdigest()
    file = SourceFile(f"{number}.md", Path(f"{number}.md"), len(text), 0)
    content = DocumentText(text, digest, markdown=True, kind="markdown")
    return NewDocument(file, content, "", f"Document {number}", tuple(chunks))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def main(folder: Path) -> None:
    """Searches with as many questions as it takes, each of them new to the embedding model."""
    rng = random.Random(11)
    embedder = default_embedder(folder / "model")
    embedder.embed(["warm"])
    before = _resident()
    with DocumentIndex(folder / "many", embedder) as index:
        reader = index.reader(())
        questions = [f"What is {_prose(rng, 7).lower()}?" for _ in range(_SEARCHES + 5)]
        times = [once(partial(reader.search, question)) for question in questions][5:]
        megabytes = (_resident() - before) / 1e6
    print(json.dumps({"median": statistics.median(times), "megabytes": megabytes}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
