"""A schema registry and a cluster in memory, and imports from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import table_imports
from app.sql.dialect.words import identifier
from app.table_imports import Import, Plan
from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint
from ingest.registry.cluster import TopicFacts, table_options
from ingest.registry.event_time import Ask
from ingest.registry.model import Kind, Registered
from ingest.registry.rendering import Surroundings


@dataclass
class MemoryRegistry:
    """Subjects with their versions, first to last; a version's id is its number and the 100s."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    references: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def register(self, subject: str, schema: Any, kind: Kind = "AVRO") -> None:
        """Adds a version; text is taken as it is."""
        self.kinds[subject] = kind
        text = schema if isinstance(schema, str) else json.dumps(schema)
        self.texts.setdefault(subject, []).append(text)

    def subjects(self) -> list[str]:
        """Names of all subjects, sorted."""
        return sorted(self.texts)

    def version(self, subject: str, number: int | None = None) -> Registered:
        """A version; the latest where None."""
        versions = self.texts.get(subject, [])
        asked = number or len(versions)
        if not 1 <= asked <= len(versions):
            raise IngestError(f"There is no version {asked} of {subject}.")
        return Registered(
            subject,
            asked,
            100 + asked,
            self.kinds[subject],
            versions[asked - 1],
            self.references.get(subject, ()),
        )


@dataclass(frozen=True)
class MemoryCluster:
    """A cluster that says the same of each topic."""

    facts: TopicFacts

    def topic(self, name: str) -> TopicFacts:
        """What is known of a topic."""
        return self.facts


def importing(
    registry: MemoryRegistry,
    folder: Path,
    facts: TopicFacts | None = None,
    *,
    properties: Mapping[str, str] | None = None,
    auth: str = "",
    ask: Ask = lambda topic, columns: None,
    delay: int = 5,
) -> Import:
    """An import into a folder."""
    kafka = table_options(KafkaEndpoint("broker:9092", properties or {}))
    where = Surroundings(kafka, "http://registry:8081", auth, identifier)
    cluster = MemoryCluster(facts or TopicFacts(framed=True))
    return Import(registry, cluster, where, folder, ask, timedelta(seconds=delay))


def plans(job: Import, patterns: Sequence[str] = ()) -> list[Plan]:
    """The plans for all topics."""
    found = table_imports.topics(job.registry.subjects(), patterns)
    return list(table_imports.plans(job, found))


def record(name: str, *fields: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An Avro record."""
    return {"type": "record", "name": name, "fields": list(fields), **more}


def a_field(name: str, kind: Any, **more: Any) -> dict[str, Any]:
    """A field of one."""
    return {"name": name, "type": kind, **more}


def logical(base: str, name: str, **more: Any) -> dict[str, Any]:
    """A logical type."""
    return {"type": base, "logicalType": name, **more}
