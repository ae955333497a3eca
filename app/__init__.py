"""Tributary: ask questions of live data, and get one cited answer from streams and documents.

>>> import app
>>> assistant = app.connect()  # doctest: +SKIP
>>> assistant.ask("How many orders were cancelled today?").text  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import (
    ConfigError,
    EngineUnavailable,
    IngestError,
    InvalidQuery,
    InvalidQuestion,
    ModelUnavailable,
    QueryCancelled,
    QueryError,
    QueryFailed,
    QueryTimedOut,
    TributaryError,
    UnsafeQuery,
)

if TYPE_CHECKING:
    from app.answer import Answer, Passage, QueryResult, Source, Step
    from app.assistant import Assistant
    from ingest.filters import Filter

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Assistant",
    "ConfigError",
    "EngineUnavailable",
    "Filter",
    "IngestError",
    "InvalidQuery",
    "InvalidQuestion",
    "ModelUnavailable",
    "Passage",
    "QueryCancelled",
    "QueryError",
    "QueryFailed",
    "QueryResult",
    "QueryTimedOut",
    "Source",
    "Step",
    "TributaryError",
    "UnsafeQuery",
    "connect",
]

# Imported on first use: pyarrow is slow to load, and `tributary --help` does without it.
_LAZY = dict.fromkeys(("Answer", "Passage", "QueryResult", "Source", "Step"), "app.answer")
_LAZY |= {"Assistant": "app.assistant", "Filter": "ingest.filters"}


def connect(config: Path | str | None = None, **settings: Any) -> Assistant:
    """Opens an assistant on what the settings name, or on the sample shop where they name nothing.

    Args:
        config: The configuration file; `./tributary.toml` where None and it exists.
        settings: Any field of `app.settings.Settings`; these win over file and environment.

    Raises:
        ConfigError: A setting, a file or a folder is wrong.
    """
    wiring = importlib.import_module("app.wiring")
    loader = importlib.import_module("app.settings")
    assistant: Assistant = wiring.connect(loader.load(config, **settings))
    return assistant


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
