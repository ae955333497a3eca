"""What is set up, what is missing, and what to do about it: `tributary doctor`."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from app import wiring
from app.catalog import registration
from app.errors import TributaryError
from app.settings import Settings
from ingest.filters import matches


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        what: What was looked at.
        ok: Whether it is as it should be.
        detail: What was found and, where it is not ok, what to do.
    """

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Looks at everything Tributary needs; starts nothing and changes nothing but the home."""
    findings: list[Finding] = []
    for what, look in LOOKS:
        try:
            findings += (Finding(what, ok, detail) for ok, detail in look(settings))
        except TributaryError as error:
            findings.append(Finding(what, ok=False, detail=str(error)))
    return tuple(findings)


def _python(_: Settings) -> Iterator[tuple[bool, str]]:
    supported = (3, 11) <= sys.version_info < (3, 13)
    yield supported, platform.python_version() + ("" if supported else "; use Python 3.11 or 3.12.")


def _packages(_: Settings) -> Iterator[tuple[bool, str]]:
    names = ("apache-flink", "chromadb", "sqlglot", "streamlit")
    yield True, ", ".join(f"{name} {metadata.version(name)}" for name in names)


def _home(settings: Settings) -> Iterator[tuple[bool, str]]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            yield True, str(settings.home)
    except OSError as error:
        yield False, f"{settings.home}: {error.strerror}; choose another with --home."


def _java(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.engine != "embedded":
        return
    java = wiring.java_home() / "bin" / "java"
    said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False)
    yield said.returncode == 0, f"{(said.stderr.splitlines() or ['no version'])[0]} ({java})"


def _cluster(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.engine == "embedded":
        yield True, "embedded: a Flink mini cluster starts with the first query"
        return
    host, _, port = settings.engine.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=3):
            yield True, f"the session cluster at {settings.engine} answers"
    except OSError as error:
        yield (
            False,
            f"the session cluster at {settings.engine} cannot be reached ({error}); start it, "
            "or set engine to embedded.",
        )


def _tables(settings: Settings) -> Iterator[tuple[bool, str]]:
    catalog = wiring.open_catalog(settings)
    origin = " (the sample shop)" if wiring.uses_sample_shop(settings) else ""
    names = ", ".join(catalog.names)
    yield True, f"{names}{origin}" if names else "none; set tables to ask questions of streams"
    for problem in catalog.problems:
        yield False, str(problem)
    if not wiring.uses_sample_shop(settings):
        for table in catalog:
            for name in registration.unset(table, os.environ):
                yield False, f"{table.name} needs the environment variable {name}; set it."


def _documents(settings: Settings) -> Iterator[tuple[bool, str]]:
    if wiring.uses_sample_shop(settings):
        yield True, "the sample shop's; `tributary ingest PATH` adds your own"
        return
    for path in settings.documents:
        if not path.exists():
            yield False, f"There is nothing at {path}; correct documents in tributary.toml."
    with wiring.open_index(settings) as index:
        known = index.documents()
        readable = len(index.reader(settings.access).documents())
    yield True, f"{len(known)} indexed" if known else "none indexed; run `tributary ingest PATH`"
    if readable < len(known):
        labels = ", ".join(sorted({one.access for one in known} - {"", *settings.access}))
        yield True, f"{readable} of them answer: the setting access has no {labels}"
    for pattern in settings.document_access:
        if not any(matches(pattern, one.id) for one in known):
            yield (
                False,
                f"{pattern} of document_access matches no document; ids are paths within"
                " their source.",
            )


def _responder(settings: Settings) -> Iterator[tuple[bool, str]]:
    if not settings.model:
        yield True, "the keyless rules answer; no chat model is needed"
    for name in filter(None, (settings.model, settings.fallback_model)):
        try:
            yield True, wiring.check_model(settings, name)
        except TributaryError as error:
            yield False, str(error)


LOOKS: tuple[tuple[str, Callable[[Settings], Iterator[tuple[bool, str]]]], ...] = (
    ("Python", _python),
    ("Packages", _packages),
    ("Home", _home),
    ("Java", _java),
    ("Flink", _cluster),
    ("Tables", _tables),
    ("Documents", _documents),
    ("Answers", _responder),
)
