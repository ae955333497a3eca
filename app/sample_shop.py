"""Opens the sample shop: its streams as files, or as Kafka topics where those were chosen.

`app.wiring` opens it for an assistant and asks where its tables are; `tributary demo` chooses. The
choice is kept in home, so that every command with that home asks the same streams.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from app.document_index import made
from app.errors import ConfigError, IngestError
from app.settings import Settings
from ingest import connectors
from ingest.demo import topic_tables
from ingest.demo.shop import SampleShop
from ingest.demo.streams import TABLES
from ingest.demo.topic_tables import ShopTopics

StageProgress = Callable[[str, int, int], None]
"""Told the name of a stage, and how many of how many units of it are done."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Streams that flow.

    Attributes:
        tables: The folder of their tables.
        environ: What fills the placeholders in these.
    """

    tables: Path
    environ: Mapping[str, str]


def chosen(settings: Settings) -> ShopTopics | None:
    """The topics that were chosen for this home; None for files.

    Raises:
        ConfigError: What home has of the choice cannot be read.
    """
    path = _choice(settings)
    try:
        return ShopTopics(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, IngestError) as error:
        raise ConfigError(
            f"The choice of topics in {path} cannot be read.",
            hint="Run `tributary demo`, with --kafka or without, to choose again.",
        ) from error


def choose(settings: Settings, topics: ShopTopics | None) -> None:
    """Keeps a choice in home.

    Raises:
        ConfigError: The home cannot be written.
    """
    path = _choice(settings)
    if topics is None:
        path.unlink(missing_ok=True)
        return
    made(path.parent)
    staging = path.with_suffix(".writing")
    staging.write_text(json.dumps(asdict(topics)), "utf-8")
    staging.replace(path)


def tables(settings: Settings, topics: ShopTopics | None) -> Path:
    """The folder of the shop's tables.

    Raises:
        ConfigError: The home cannot be written.
    """
    if topics is None:
        return TABLES
    folder = made(_folder(settings) / "tables")
    topic_tables.write(topics, folder)
    return folder


def missing_connectors(settings: Settings, topics: ShopTopics | None) -> tuple[str, ...]:
    """What Flink lacks to read these topics; a cluster of the user's has its own."""
    if topics is None or settings.engine != "embedded":
        return ()
    found = connectors.installed(connectors.folder_in(settings.home))
    there = {one.name for one in found.connectors}
    own = " ".join(path.name for path in found.own)
    return tuple(name for name in topics.connectors if name not in there and name not in own)


@contextmanager
def streams(
    settings: Settings,
    topics: ShopTopics | None,
    clock: Callable[[], datetime],
    report: StageProgress,
) -> Iterator[Streams]:
    """The shop's streams, filled up to now and kept going as long as the context is open.

    Args:
        settings: Names the home.
        topics: Where the streams are; files in home where None.
        clock: Tells the time (aware).
        report: Told how the filling gets on.

    Raises:
        ConfigError: A connector is missing, or the home cannot be written.
        IngestError: The streams cannot be written.
    """
    _require_connectors(settings, topics)
    folder = tables(settings, topics)
    with _shop(settings, topics, clock) as shop:
        try:
            shop.backfill(lambda done, total: report("Sample streams", done, total))
        except IngestError as error:
            if topics is None:
                raise
            back = "`tributary demo` without --kafka goes back to files."
            raise IngestError(error.message, hint=f"{error.hint} {back}".lstrip()) from error
        shop.start()
        yield Streams(folder, {**os.environ, **shop.environ()})


def _require_connectors(settings: Settings, topics: ShopTopics | None) -> None:
    """Before anything is produced that could not be read."""
    if missing := missing_connectors(settings, topics):
        noun = "connector" if len(missing) == 1 else "connectors"
        raise ConfigError(
            f"The sample shop's topics need the {noun} {' and '.join(missing)}.",
            hint=f"Run `tributary connectors add {' '.join(missing)}`, then try again.",
        )


def _shop(
    settings: Settings, topics: ShopTopics | None, clock: Callable[[], datetime]
) -> SampleShop:
    if topics is None:
        return SampleShop(made(settings.home / "sample") / "streams", clock=clock)
    from ingest.demo.topics import Topics  # noqa: PLC0415 - only who uses Kafka loads its client

    # Its lock lets one process of this home write; `Topics` notices those of other homes.
    name = sha256(f"{topics.bootstrap} {topics.prefix}".encode()).hexdigest()[:12]
    return SampleShop(made(_folder(settings) / name), clock=clock, sink=Topics(topics))


def _choice(settings: Settings) -> Path:
    return _folder(settings) / "topics.json"


def _folder(settings: Settings) -> Path:
    return settings.home / "sample" / "kafka"
