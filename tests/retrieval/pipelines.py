"""What is compared: ways to cut documents, and ways to order what was cut."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest import ranking
from ingest.chunks import Chunk, Chunked, split
from ingest.documents import SourceFile
from ingest.embeddings import Embedder, Vectors
from ingest.formats.base import DocumentText
from ingest.ranking import Hit
from ingest.reader import CANDIDATES
from ingest.snapshot import StoredChunk
from ingest.store import NewDocument, Store
from ingest.words import telling_words
from tests.retrieval.corpora import Corpus
from tests.retrieval.measure import Range

Cut = Callable[[str, DocumentText, Embedder], Chunked]
Order = Callable[["Built", str], list[Range]]


class CachedEmbedder:
    """The model, which never embeds a text twice.

    Args:
        inner: The model.
        path: The file that keeps the vectors.
    """

    def __init__(self, inner: Embedder, path: Path) -> None:
        self.name = inner.name
        self.dimensions = inner.dimensions
        self.count_tokens = inner.count_tokens
        self._inner = inner
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        self._db.execute("CREATE TABLE IF NOT EXISTS vector (text TEXT PRIMARY KEY, value BLOB)")

    def embed(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = {key: self._known(key) for key in keys}
        new = {k: t for k, t in zip(keys, texts, strict=True) if known[k] is None}
        if new:
            vectors = self._inner.embed([*new.values()])
            rows = [(key, v.tobytes()) for key, v in zip(new, vectors, strict=True)]
            self._db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
            self._db.commit()
            known |= dict(rows)
        return np.stack([np.frombuffer(known[key] or b"", dtype=np.float32) for key in keys])

    def _known(self, key: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM vector WHERE text = ?", (key,)).fetchone()
        return row[0] if row else None


class Built:
    """An index of a corpus: the real store, and the vectors in memory."""

    def __init__(self, corpus: Corpus, cut: Cut, embedder: Embedder, folder: Path) -> None:
        self.embedder = embedder
        self.store = Store(folder / "passages.sqlite3")
        made = [_made(name, text, cut, embedder) for name, text in corpus.documents.items()]
        self.store.put(made, 0)
        chunks = dict(pair for document in made for pair in document.chunks)
        with self.store.reading() as now:
            self.numbers = now.holding([*chunks], len(chunks))
            self.chunks = {chunk.number: chunk for chunk in now.chunks(self.numbers)}
        self.vectors = embedder.embed([chunk.embedded for chunk in chunks.values()])

    def similarities(self, question: str) -> dict[int, float]:
        """Cosine similarity of every chunk by its number, the nearest first."""
        values = self.vectors @ self.embedder.embed([question])[0]
        return {self.numbers[i]: float(values[i]) for i in np.argsort(-values)}

    def matching(self, question: str, limit: int = CANDIDATES) -> list[int]:
        """The numbers of the chunks that BM25 finds."""
        with self.store.reading() as now:
            return [*now.matching(telling_words(question), limit)]

    def coverage(self, question: str, numbers: Sequence[int]) -> dict[int, float]:
        """See `ingest.ranking.coverage`."""
        with self.store.reading() as now:
            frequencies = now.frequencies(telling_words(question))
        chunks = [self.chunks[number] for number in numbers]
        return ranking.coverage(chunks, frequencies, len(self.numbers))

    def ranges(self, numbers: Sequence[int]) -> list[Range]:
        return [_range(self.chunks[number]) for number in numbers]


def _made(name: str, text: DocumentText, cut: Cut, embedder: Embedder) -> NewDocument:
    chunked = cut(name, text, embedder)
    chunks = tuple((f"{name} {i}", chunk) for i, chunk in enumerate(chunked.chunks))
    return NewDocument(SourceFile(name, Path(name), 0, 0), text, "", chunked.title, chunks)


def tributary(tokens: int, overlap: int = 0) -> Cut:
    """Tributary's chunks of so many tokens, begun so many tokens earlier."""

    def cut(name: str, document: DocumentText, embedder: Embedder) -> Chunked:
        chunked = split(
            name,
            document.text,
            markdown=document.markdown,
            title=document.title,
            count_tokens=embedder.count_tokens,
            chunk_tokens=tokens,
        )
        if not overlap:
            return chunked
        pairs = zip((None, *chunked.chunks), chunked.chunks, strict=False)
        widened = [_widened(document.text, c, before, overlap, embedder) for before, c in pairs]
        return Chunked(chunked.title, tuple(widened))

    return cut


def _widened(text: str, chunk: Chunk, before: Chunk | None, by: int, embedder: Embedder) -> Chunk:
    if before is None or before.heading_path != chunk.heading_path:
        return chunk
    start = chunk.start
    while start > before.start and embedder.count_tokens(text[start : chunk.start]) < by:
        start = max(text.rfind(" ", before.start, start - 1) + 1, before.start)
    widened = text[start : chunk.end]
    embedded = chunk.embedded.removesuffix(chunk.text) + widened
    return replace(chunk, start=start, text=widened, embedded=embedded)


def langchain(name: str, document: DocumentText, _: Embedder) -> Chunked:
    """LangChain's default: 1,000 characters, of which 200 are the end of the chunk before."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )
    chunks = []
    for part in splitter.create_documents([document.text]):
        start, text = part.metadata["start_index"], part.page_content
        chunks.append(Chunk((), start, start + len(text), text, text))
    return Chunked(name, tuple(chunks))


def dense(built: Built, question: str) -> list[Range]:
    """By cosine similarity alone, which is Chroma's top k."""
    return built.ranges([*built.similarities(question)])


def by_words(built: Built, question: str) -> list[Range]:
    """By BM25 alone; then what it does not find, so that no fewer tokens are returned."""
    found = built.matching(question, len(built.numbers))
    return built.ranges([*dict.fromkeys([*found, *built.numbers])])


def reciprocal(constant: int = 60, dense_weight: float = 1) -> Order:
    """Reciprocal rank fusion of both (Cormack, Clarke and Büttcher (2009))."""

    def order(built: Built, question: str) -> list[Range]:
        scores: dict[int, float] = {}
        nearest = [*built.similarities(question)][:CANDIDATES]
        for weight, leg in ((dense_weight, nearest), (1.0, built.matching(question))):
            for rank, number in enumerate(leg, start=1):
                scores[number] = scores.get(number, 0.0) + weight / (constant + rank)
        return built.ranges(sorted(scores, key=lambda number: -scores[number]))

    return order


def hybrid(built: Built, question: str) -> list[Range]:
    """As `DocumentIndex.search` ranks; joining changes none of the tokens returned."""
    groups = ranking.choose(hits(built, question), 2 * CANDIDATES, joined_characters=0)
    return [_range(group[0].chunk) for group in groups]


def hits(built: Built, question: str) -> list[Hit]:
    """What `DocumentIndex.search` ranks."""
    similarity = built.similarities(question)
    numbers = list(dict.fromkeys([*[*similarity][:CANDIDATES], *built.matching(question)]))
    coverage = built.coverage(question, numbers)
    return [
        Hit(
            built.chunks[number],
            similarity[number],
            ranking.relevance(similarity[number], coverage[number]),
        )
        for number in numbers
    ]


def _range(chunk: StoredChunk) -> Range:
    return chunk.document, chunk.start, chunk.end
