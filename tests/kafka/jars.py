"""The jars of the broker and of the registry, by Maven coordinates and sha-256."""

from __future__ import annotations

import os
import tarfile
import tempfile
from pathlib import Path

import platformdirs
import pytest

from ingest import maven
from ingest.errors import IngestError

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
    if not unpacked.exists():
        with tempfile.TemporaryDirectory(dir=unpacked.parent) as partial:
            with tarfile.open(archive) as packed:
                packed.extractall(Path(partial) / "whole", filter="data")
            (Path(partial) / "whole").rename(unpacked)
    return unpacked


def _installed(artifacts: list[maven.Artifact], name: str) -> Path:
    """Where they are, fetched if need be; skips the test where they cannot be had."""
    cache = os.environ.get("TRIBUTARY_TEST_JARS") or platformdirs.user_cache_path("tributary-tests")
    repository = os.environ.get("TRIBUTARY_MAVEN_REPOSITORY", "")
    try:
        maven.install(artifacts, Path(cache) / name, repository=repository)
    except IngestError as error:
        needed = f"needs the Kafka jars: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(needed)
        pytest.skip(needed)
    return Path(cache) / name
