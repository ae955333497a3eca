"""The jars of the broker, of the registry and of Flink's connectors, kept for later runs."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest

from ingest import connectors as known_connectors
from ingest import maven
from ingest.connectors import CONNECTORS
from ingest.errors import IngestError
from ingest.locks import exclusive

WANTING = "needs the Kafka jars"

_LONGEST_SECONDS = 600.0

_BROKER = Path(__file__).with_name("broker.jars")
_REGISTRY = maven.Artifact(
    "io.apicurio:apicurio-registry-app:tar.gz:all:3.0.9",
    "2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43",
)


def broker() -> Path:
    """The folder of the broker's jars."""
    return _installed(
        [maven.Artifact(*line.split()) for line in _BROKER.read_text().splitlines()], "kafka"
    )


def registry() -> Path:
    """The folder of Apicurio Registry, unpacked; its runner jar lies at the top."""
    archive = _installed([_REGISTRY], "apicurio-archive") / _REGISTRY.file_name
    unpacked = archive.parents[1] / f"apicurio-{_REGISTRY.sha256[:12]}"
    with _one_at_a_time():
        if not unpacked.exists():
            with tempfile.TemporaryDirectory(dir=unpacked.parent) as partial:
                with tarfile.open(archive) as packed:
                    packed.extractall(Path(partial) / "whole")  # its checksum was compared
                (Path(partial) / "whole").rename(unpacked)
    return unpacked


def connectors() -> Path:
    """A folder with all of `ingest.connectors.CONNECTORS`."""
    folder = _cache() / "connectors"
    with _needed(), _one_at_a_time():
        for connector in CONNECTORS:
            known_connectors.add(connector.name, folder, repository=_repository())
    return folder


def _installed(artifacts: list[maven.Artifact], name: str) -> Path:
    with _needed(), _one_at_a_time():
        maven.install(artifacts, _cache() / name, repository=_repository())
    return _cache() / name


@contextmanager
def _needed() -> Iterator[None]:
    """Skips the test where the jars cannot be had; where CI=true it fails."""
    try:
        yield
    except IngestError as error:
        needed = f"{WANTING}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(needed)
        pytest.skip(needed)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """The processes of a run fill the cache one after the other, and fetch each jar once."""
    _cache().mkdir(parents=True, exist_ok=True)
    with exclusive(_cache() / "filling.lock", _LONGEST_SECONDS, "filling the tests' cache of jars"):
        yield


def _cache() -> Path:
    named = os.environ.get("TRIBUTARY_TEST_JARS")
    return Path(named) if named else platformdirs.user_cache_path("tributary-tests")


def _repository() -> str:
    return os.environ.get("TRIBUTARY_MAVEN_REPOSITORY", "")
