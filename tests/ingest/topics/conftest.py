from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.index import DocumentIndex
from tests.ingest.crash import Hashing


@pytest.fixture
def index(tmp_path: Path) -> Iterator[DocumentIndex]:
    with DocumentIndex(tmp_path / "index", Hashing()) as opened:
        yield opened
