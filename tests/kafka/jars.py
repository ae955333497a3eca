"""The broker's jars: `broker.jars` pins all of them, by Maven coordinates and sha-256."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from ingest import maven
from ingest.errors import IngestError

PINS = Path(__file__).with_name("broker.jars")


def folder() -> Path:
    """Where the jars are, fetched if need be; skips the test where they cannot be had."""
    cache = os.environ.get("TRIBUTARY_TEST_JARS") or platformdirs.user_cache_path("tributary-tests")
    jars = [maven.Artifact(*line.split()) for line in PINS.read_text().splitlines()]
    target = Path(cache) / "kafka"
    repository = os.environ.get("TRIBUTARY_MAVEN_REPOSITORY", "")
    try:
        maven.install(jars, target, repository=repository)
    except IngestError as error:
        needed = f"needs the Kafka jars: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(needed)
        pytest.skip(needed)
    return target
