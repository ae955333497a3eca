"""Terms of the index's documents: kept until a document changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from app.responders.defined import DefinedTerms
from ingest.errors import IngestError
from ingest.index import DocumentInfo, DocumentReader


@dataclass(slots=True)
class Texts:
    """An index of texts that counts what is read of it."""

    texts: dict[str, str]
    read: list[str] = field(default_factory=list)
    is_broken: bool = False

    def documents(self) -> list[DocumentInfo]:
        if self.is_broken:
            raise IngestError("The index is gone.", hint="Run `tributary ingest`.")
        now = datetime(2026, 11, 22, tzinfo=UTC)
        return [DocumentInfo(name, name, 1, len(t), now) for name, t in sorted(self.texts.items())]

    def text_of(self, document: str) -> str | None:
        self.read.append(document)
        return self.texts.get(document)


def test_a_document_is_read_once_and_again_when_it_has_changed() -> None:
    index = Texts({"a.md": "**Yield** is good parts.", "b.md": "**Scrap** is bad parts."})
    terms = DefinedTerms(cast("DocumentReader", index))
    assert [d.term for d in terms.get()] == ["yield", "scrap"]
    assert terms.get() == terms.get()
    assert index.read == ["a.md", "b.md"]
    index.texts = {"b.md": "**Scrap rate** is bad parts divided by all parts."}
    assert [d.term for d in terms.get()] == ["scrap rate"]
    assert index.read == ["a.md", "b.md", "b.md"]


def test_the_first_document_defines_a_term() -> None:
    index = Texts({"b.md": "**Yield** is all parts.", "a.md": "**Yield** is good parts."})
    assert [d.text for d in DefinedTerms(cast("DocumentReader", index)).get()] == ["good parts"]


def test_an_index_that_cannot_be_read_defines_nothing() -> None:
    index = Texts({"a.md": "**Yield** is good parts."}, is_broken=True)
    terms = DefinedTerms(cast("DocumentReader", index))
    assert terms.get() == ()
    index.is_broken = False
    assert [d.term for d in terms.get()] == ["yield"]
