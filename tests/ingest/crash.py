"""Syncs that are killed, each in a process of its own: prints what was found after each, as JSON.

Run as a module of its own, so that no thread of a test is there when it forks, and so that Chroma
is loaded once for all of the processes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import chromadb  # noqa: F401 - before the forks
import numpy as np

from ingest.embeddings import Vectors
from ingest.index import DocumentIndex
from ingest.store import Store
from ingest.vectors import VectorStore

STEPS: tuple[tuple[type, str], ...] = (
    (VectorStore, "put"),
    (VectorStore, "delete"),
    (VectorStore, "publish"),
    (Store, "put"),
    (Store, "remove"),
    (Store, "publish"),
    (Store, "remember"),
)
DELAYS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6)
"""Seconds after which a sync is killed wherever it is."""

RULES = {"hr/**": "hr"}
_MANY = 60
_QUERIES = ("when is a parcel late", "wash wool", "salary band of a driver", "new what is")


class Hashing:
    """Vectors of words, without a model."""

    name = "hashing"
    dimensions = 32

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[sum(word.encode()) % self.dimensions] += 1
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return rows

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def main(folder: Path) -> None:
    """Kills syncs at every step and at some moments, and prints a line for each."""
    docs, before, index = folder / "docs", folder / "before", folder / "index"
    _write_before(docs)
    _forked(lambda: _sync(before, docs, {}))
    _write_after(docs)
    anew = _forked(lambda: _made_good(folder / "fresh", docs))
    for name, kill in (*_at_steps(), *_at_moments()):
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(before, index)
        killed = _forked(partial(kill, lambda: _sync(index, docs, RULES)))
        again = _forked(lambda: _made_good(index, docs))
        print(json.dumps({"name": name, "killed": killed is None, **again, "anew": anew["state"]}))


def _made_good(index: Path, docs: Path) -> dict[str, Any]:
    """What is found before a sync, and what there is after it."""
    with DocumentIndex(index, Hashing(), access=RULES) as opened:
        between = _wrong(opened)
        opened.sync([docs])
        return {"between": between, "state": _state(opened)}


def _at_steps() -> list[tuple[str, Callable[[Callable[[], Any]], Any]]]:
    def killing(owner: type, method: str) -> Callable[[Callable[[], Any]], Any]:
        def run(work: Callable[[], Any]) -> Any:
            setattr(owner, method, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
            return work()

        return run

    return [
        (f"before {owner.__name__}.{method}", killing(owner, method)) for owner, method in STEPS
    ]


def _at_moments() -> list[tuple[str, Callable[[Callable[[], Any]], Any]]]:
    def killing(seconds: float) -> Callable[[Callable[[], Any]], Any]:
        def run(work: Callable[[], Any]) -> Any:
            victim = os.fork()
            if not victim:
                work()
                os._exit(0)
            time.sleep(seconds)
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            return None

        return run

    return [(f"after {seconds} s", killing(seconds)) for seconds in DELAYS]


def _forked(work: Callable[[], Any]) -> Any:
    """What the work gives, done by another process; None where that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = json.dumps(work())
        except BaseException:  # noqa: BLE001 - the other process says it
            said = json.dumps({"error": traceback.format_exc()})
        with os.fdopen(writing, "w") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None


def _write_before(docs: Path) -> None:
    (docs / "hr").mkdir(parents=True)
    (docs / "late.md").write_text("# Late parcels\n\nA parcel is late after two hours.")
    (docs / "care.md").write_text("# Wool\n\nWash wool at 30.\n\n## Silk\n\nNever wash silk hot.")
    (docs / "gone.md").write_text("# Gone\n\nThis goes away.")
    (docs / "hr" / "pay.md").write_text("# Pay\n\nThe salary band of a driver is B.")
    pages = "\n\n".join(f"## Page {n}\n\nThis is page {n}." for n in range(_MANY))
    (docs / "many.md").write_text(f"# Many\n\n{pages}")


def _write_after(docs: Path) -> None:
    """Everything at once: an edit, a move, a copy, a deletion, an addition, and a label."""
    (docs / "late.md").write_text("# Late parcels\n\nA parcel is late after three hours.")
    (docs / "moved").mkdir()
    (docs / "care.md").rename(docs / "moved" / "care.md")
    (docs / "copy.md").write_text((docs / "moved" / "care.md").read_text())
    (docs / "gone.md").unlink()
    (docs / "new.md").write_text("# New\n\nWhat is new.")
    (docs / "many.md").write_text((docs / "many.md").read_text().replace("This is", "Here is"))


def _sync(index: Path, docs: Path, rules: dict[str, str]) -> bool:
    with DocumentIndex(index, Hashing(), access=rules) as opened:
        opened.sync([docs])
    return True


def _wrong(index: DocumentIndex) -> list[str]:
    """What is wrong with what can be found."""
    wrong: list[str] = []
    for view in (index, index.reader(())):
        for query in _QUERIES:
            for passage in view.search(query, limit=50):
                text = view.text_of(passage.document) or ""
                if text[passage.start : passage.end] != passage.text:
                    wrong.append(f"{passage.document} is half there")
                if view is not index and passage.document.startswith("hr/"):
                    wrong.append(f"{passage.document} is seen")
    chunks = _chunks(index)
    expected = {one.id: one.chunks for one in index.documents()}
    wrong += [f"{id_} is half there" for id_, n in expected.items() if len(chunks[id_]) != n]
    return wrong


def _state(index: DocumentIndex) -> dict[str, Any]:
    return {
        "documents": [(d.id, d.version, d.access, d.chunks) for d in index.documents()],
        "chunks": _chunks(index),
        "vectors": sorted(index._vectors.keys().items()),
        "found": [index.search(query, 1)[0].text for query in _QUERIES],
        "settled": not index._store.unpublished,
    }


def _chunks(index: DocumentIndex) -> dict[str, list[tuple[int, int, str]]]:
    with index._store.reading() as now:
        rows = now.chunks(range(10_000))
    chunks: dict[str, list[tuple[int, int, str]]] = {}
    for row in sorted(rows, key=lambda row: (row.document, row.start)):
        chunks.setdefault(row.document, []).append((row.start, row.end, row.key))
    return chunks


if __name__ == "__main__":
    main(Path(sys.argv[1]))
