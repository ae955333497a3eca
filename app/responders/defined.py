"""What the documents of an index define, read anew where they have changed."""

from __future__ import annotations

from itertools import islice

from app.semantic_parser.definitions import Definition, find
from ingest.errors import IngestError
from ingest.reader import DocumentReader
from ingest.snapshot import DocumentInfo

MOST = 1_000
"""Most terms that are known; those of the first documents, by their ids."""


class DefinedTerms:
    """The terms that documents define, each as the first document does that defines it.

    Args:
        index: The documents that the caller may read.
    """

    def __init__(self, index: DocumentReader) -> None:
        self._index = index
        self._read: dict[DocumentInfo, tuple[Definition, ...]] = {}

    def get(self) -> tuple[Definition, ...]:
        """The terms; none where the index cannot be read, which a search would then say."""
        try:
            read = self._up_to_date(self._read)
        except IngestError:
            return ()
        self._read = read
        by_term: dict[str, Definition] = {}
        for terms in read.values():
            for definition in terms:
                by_term.setdefault(definition.term, definition)
        return tuple(islice(by_term.values(), MOST))

    def labels(self) -> frozenset[str]:
        """The access labels of the documents whose terms were given last."""
        return frozenset(info.access for info, terms in self._read.items() if terms and info.access)

    def _up_to_date(
        self, known: dict[DocumentInfo, tuple[Definition, ...]]
    ) -> dict[DocumentInfo, tuple[Definition, ...]]:
        """Threads that meet here read what is new each for itself, and keep the same."""
        return {
            info: known[info] if info in known else find(self._index.text_of(info.id) or "")
            for info in self._index.documents()
        }
