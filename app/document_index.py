"""Opens the document index that the settings name: its embedding model and where its vectors lie.

`app.wiring` opens it for an assistant and for the commands; `tributary doctor` calls the checks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from app.errors import ConfigError
from app.settings import Settings
from ingest.chroma_server import ChromaServer
from ingest.embeddings import Embedder, default_embedder
from ingest.index import DocumentIndex
from ingest.openai_embeddings import Endpoint, OpenAIEmbedder


def folder_of(settings: Settings) -> Path:
    """Where the index of the user's own documents is."""
    return settings.home / "index"


def open_index(settings: Settings, local: Embedder) -> DocumentIndex:
    """The index of the user's own documents; made if it is not there.

    Args:
        settings: What to open.
        local: What `local_embedder` gives.

    Raises:
        ConfigError: The home cannot be written.
    """
    folder = made(folder_of(settings))
    return DocumentIndex(
        folder,
        _embedder(settings, local),
        server=_server(settings),
        access=settings.document_access,
    )


def local_embedder(settings: Settings) -> Embedder:
    """The model on this machine, which also compares words and tables in every Tributary.

    The thresholds for those are measured with it, and what streams hold is not sent elsewhere.
    """
    return default_embedder(made(settings.home / "models"))


def sources(settings: Settings, paths: Sequence[Path] = ()) -> tuple[Path, ...]:
    """All that the index of the user's own documents is made of, uploads included.

    Args:
        settings: Names folders and files; where it names none, those of the last time count.
        paths: Others, in their place.

    Raises:
        ConfigError: There are none.
    """
    folder = uploads(settings)
    chosen = tuple(paths) or settings.documents or _sources_before(settings)
    if not chosen and not any(folder.iterdir()):
        raise ConfigError(
            "There is nothing to ingest.",
            hint="Name a file or folder, or set documents in tributary.toml.",
        )
    return (*(path for path in chosen if path != folder), folder)


def _sources_before(settings: Settings) -> tuple[Path, ...]:
    if not folder_of(settings).exists():  # and it is not made by asking: see uses_sample_shop
        return ()
    with open_index(settings, local_embedder(settings)) as index:
        return index.sources


def uploads(settings: Settings) -> Path:
    """The folder of documents that were handed in through the page; always a source."""
    return made(settings.home / "uploads")


def check_embeddings(settings: Settings) -> str:
    """Asks the embedding model for one vector, and says what came.

    Raises:
        IngestError: It cannot be loaded or reached, or refuses; the message says which.
    """
    embedder = _embedder(settings, local_embedder(settings))
    numbers = embedder.embed(["parcel"]).shape[1]
    return f"{embedder.name} answers with vectors of {numbers} numbers"


def check_vectors(settings: Settings) -> str:
    """Says where the vectors are kept, and that it can be reached.

    Raises:
        IngestError: The Chroma server that is set does not answer as one.
    """
    server = _server(settings)
    return "kept in home" if server is None else server.check()


def made(folder: Path) -> Path:
    """A folder, made if it is not there.

    Raises:
        ConfigError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The folder {folder} cannot be used: {error.strerror}.",
            hint="Choose another with --home or TRIBUTARY_HOME.",
        ) from error
    return folder


def _embedder(settings: Settings, local: Embedder) -> Embedder:
    provider, _, model = settings.embedding_model.partition(":")
    if provider != "openai":
        return local
    return OpenAIEmbedder(
        Endpoint(
            model,
            url=settings.embedding_url,
            key=_key(settings),
            dimensions=settings.embedding_dimensions,
        )
    )


def _key(settings: Settings) -> str:
    """The key that the address may see: never the chat model's of another address."""
    is_same = settings.model.startswith("openai:") and settings.embedding_url == settings.model_url
    return (
        settings.embedding_key.get_secret_value()
        or (settings.model_key.get_secret_value() if is_same else "")
        or os.environ.get("OPENAI_API_KEY", "")
    )


def _server(settings: Settings) -> ChromaServer | None:
    if not settings.chroma_server:
        return None
    return ChromaServer(settings.chroma_server, settings.chroma_header.get_secret_value())
