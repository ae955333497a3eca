"""Opens an assistant on what the settings name: the only place that chooses implementations."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import chat_model, document_index, sample_shop
from app.assistant import Assistant
from app.catalog import loader
from app.catalog.model import Catalog
from app.catalog.values import Values, collect
from app.chat_model import Embed
from app.document_index import made
from app.engines import pyflink_jvm
from app.engines.base import Engine
from app.engines.pyflink import PyFlinkEngine
from app.library import Library
from app.memory.conversations import Conversations
from app.memory.examples import Examples
from app.memory.verdicts import Verdicts
from app.refreshed import Refreshed
from app.responders.defined import DefinedTerms
from app.responders.fallback import WithFallback
from app.responders.recall import Recall
from app.responders.rules import RulesResponder
from app.sample_shop import StageProgress
from app.settings import Settings
from app.sql import guard
from app.sql.review import Reviewer
from app.sql.scope import Scope
from ingest import connectors
from ingest.demo.shop import DOCUMENTS, QUESTIONS
from ingest.demo.topic_tables import ShopTopics
from ingest.embeddings import Embedder
from ingest.index import DocumentIndex, DocumentReader, SyncProgress

_VALUES_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Ground:
    """What questions are asked of: the user's own, or the sample shop."""

    catalog: Catalog
    index: DocumentIndex
    environ: Mapping[str, str]
    sources: tuple[Path, ...]
    suggestions: tuple[str, ...] = ()


def connect(
    settings: Settings,
    *,
    sample: bool = False,
    topics: ShopTopics | None = None,
    progress: StageProgress | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Assistant:
    """Opens an assistant. Flink starts with the first query, or with `Assistant.warm_up`.

    Args:
        settings: What to open.
        sample: Use the sample shop whatever tables and documents are set, and whatever is chosen
            for its streams.
        topics: With `sample`, the topics that its streams are; files where None.
        progress: Told how the stages of opening get on.
        clock: What "now" means in a question (aware datetimes).

    Raises:
        ConfigError: A file or folder is missing or cannot be used.
    """
    local = document_index.local_embedder(settings)
    with ExitStack() as opened:
        if sample or uses_sample_shop(settings):
            chosen = topics if sample else sample_shop.chosen(settings)
            report = progress or _silently
            streams = opened.enter_context(sample_shop.streams(settings, chosen, clock, report))
            ground = _sample_shop(settings, streams, local, opened, report)
        else:
            ground = _users_own(settings, local, opened)
        return _assistant(settings, ground, local, clock, opened)


def _assistant(
    settings: Settings,
    ground: _Ground,
    local: Embedder,
    clock: Callable[[], datetime],
    opened: ExitStack,
) -> Assistant:
    """Who answers questions of this ground; it holds what was opened."""
    engine = opened.enter_context(_engine(settings, ground))
    values = Refreshed(lambda: _values(ground.catalog, engine), _VALUES_SECONDS)
    documents = ground.index.reader(settings.access)
    reviewer = _reviewer(settings, ground.catalog, engine)
    examples, verdicts = open_examples(settings), _verdicts(reviewer, engine)
    terms = DefinedTerms(documents)
    rules = _rules(settings, reviewer.visible, values, terms, local.embed)
    recall = Recall(examples, verdicts, local.embed)
    agent = chat_model.agent(settings, rules, recall, local.embed)
    return Assistant(
        reviewer=reviewer,
        index=documents,
        engine=engine,
        responder=WithFallback(agent, rules) if agent else rules,
        store=_conversations(settings, documents, opened),
        library=_library(settings, ground, documents),
        examples=examples,
        verdicts=verdicts,
        clock=clock,
        query_timeout=settings.query_timeout,
        taught=terms.labels,
        suggestions=ground.suggestions,
        warm_ups=(engine.warm_up, values.get, *([agent.opened] if agent else [])),
        resources=opened.pop_all(),
    )


def _conversations(
    settings: Settings, documents: DocumentReader, opened: ExitStack
) -> Conversations:
    store = Conversations(
        settings.home / "history.sqlite", access=settings.access, hidden=documents.hidden
    )
    opened.callback(store.close)
    return store


def _verdicts(reviewer: Reviewer, engine: Engine) -> Verdicts:
    return Verdicts(
        lambda sql: engine.check(reviewer.review(sql).query),
        lambda: reviewer.visible.fingerprint,
    )


def _library(settings: Settings, ground: _Ground, documents: DocumentReader) -> Library:
    return Library(
        ground.index,
        documents,
        sources=ground.sources,
        uploads=document_index.uploads(settings),
        rules=settings.document_access,
        access=settings.access,
        is_sample=ground.sources == (DOCUMENTS,),
    )


def _reviewer(settings: Settings, catalog: Catalog, engine: Engine) -> Reviewer:
    return Reviewer(
        catalog,
        engine.parse,
        row_limit=settings.row_limit,
        time_zone=settings.time_zone,
        scope=Scope(functions=frozenset(settings.functions)),
    )


def _rules(
    settings: Settings,
    visible: Catalog,
    values: Refreshed[Values],
    terms: DefinedTerms,
    embed: Embed,
) -> RulesResponder:
    return RulesResponder(
        visible,
        values.get,
        settings.time_zone,
        definitions=terms.get,
        embed=embed,
    )


def uses_sample_shop(settings: Settings) -> bool:
    """Whether there is nothing of the user's to ask, so that the sample shop stands in."""
    return (
        not settings.tables
        and not settings.documents
        and not document_index.folder_of(settings).exists()
    )


def open_catalog(settings: Settings) -> Catalog:
    """The stream tables that the settings name, without opening anything else."""
    if not uses_sample_shop(settings):
        return loader.load(settings.tables)
    return loader.load((sample_shop.tables(settings, sample_shop.chosen(settings)),))


def open_index(settings: Settings) -> DocumentIndex:
    """The index of the user's own documents; made if it is not there.

    Raises:
        ConfigError: The home cannot be written.
    """
    return document_index.open_index(settings, document_index.local_embedder(settings))


def open_examples(settings: Settings) -> Examples:
    """The question/SQL examples that the settings name, without opening anything else."""
    return Examples(settings.examples or settings.home / "examples")


def java_home() -> Path:
    """The Java that an embedded engine would run on.

    Raises:
        EngineUnavailable: There is none.
    """
    return pyflink_jvm.java_home(os.environ)


def _sample_shop(
    settings: Settings,
    streams: sample_shop.Streams,
    local: Embedder,
    opened: ExitStack,
    report: StageProgress,
) -> _Ground:
    # The sample shop needs nobody and costs nothing, whatever is set for one's own documents.
    folder = made(settings.home / "sample" / "index")
    index = opened.enter_context(DocumentIndex(folder, local, access=settings.document_access))

    def synced(progress: SyncProgress) -> None:
        report("Documents", progress.chunks, progress.chunks_total)

    index.sync((DOCUMENTS, document_index.uploads(settings)), rebuild=True, progress=synced)
    catalog = loader.load((streams.tables,))
    return _Ground(catalog, index, streams.environ, (DOCUMENTS,), QUESTIONS)


def _users_own(settings: Settings, local: Embedder, opened: ExitStack) -> _Ground:
    index = opened.enter_context(document_index.open_index(settings, local))
    return _Ground(loader.load(settings.tables), index, os.environ, settings.documents)


def _engine(settings: Settings, ground: _Ground) -> PyFlinkEngine:
    return PyFlinkEngine(
        ground.catalog,
        address=None if settings.engine == "embedded" else settings.engine,
        time_zone=settings.time_zone,
        environ=ground.environ,
        state_dir=made(settings.home / "flink"),
        connectors=connectors.folder_in(settings.home),
        default_timeout=settings.query_timeout,
    )


def _values(catalog: Catalog, engine: Engine) -> Values:
    """Sample values by queries that pass the same gates as any other."""
    return collect(
        catalog,
        lambda sql: engine.run(guard.check(sql, catalog, engine.parse, row_limit=5_000)),
    )


def _silently(_stage: str, _done: int, _total: int) -> None:
    return
