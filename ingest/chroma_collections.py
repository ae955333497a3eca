"""The collections of an index in Chroma, one for each access label, whatever client is used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

_LABEL = "access"
_LABEL_DIGITS = 16
_PAGE = 100
# How many candidates the graph is searched with. Few of its links lead to what is unlike all the
# rest: of 40 such among 1,000 that are alike, 100 candidates, Chroma's own number, miss 13. These
# miss none or one, for 0.6 ms more over 2,000 vectors and 4 ms over 100,000.
_CANDIDATES = 1_000


def create(client: Any, name: str, label: str = "") -> Any:
    """The collection of a label, made if it is not there.

    Args:
        client: Of Chroma.
        name: The name of the collection of what has no label; the others' begin with it.
        label: The access label.
    """
    digest = hashlib.sha256(label.encode()).hexdigest()[:_LABEL_DIGITS]
    return client.get_or_create_collection(
        f"{name}-{digest}" if label else name,
        metadata={_LABEL: label},
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", "ef_search": _CANDIDATES}},
    )


def opened(client: Any, name: str) -> dict[str, Any]:
    """All collections of an index by their labels; the one of what has no label is made."""
    others = {
        collection.metadata[_LABEL]: collection
        for collection in _all(client)
        if collection.name.startswith(f"{name}-")
    }
    return {"": create(client, name), **others}


def _all(client: Any) -> Iterator[Any]:
    """The collections page by page: a server gives no more than some at once."""
    offset = 0
    while page := client.list_collections(limit=_PAGE, offset=offset):
        yield from page
        offset += len(page)
