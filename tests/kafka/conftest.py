from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.engines.pyflink import PyFlinkEngine
from tests.kafka.asking import Asking


@pytest.fixture
def asking(tmp_path: Path, connectors: Path, engine: PyFlinkEngine) -> Iterator[Asking]:
    with ExitStack() as opened:
        yield Asking(tmp_path, opened)
