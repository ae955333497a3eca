"""`tributary tables import`: what a schema registry means for the table files of a folder.

`plans` looks and writes nothing; `write` writes one plan. A file that an import wrote says which
versions it was made from. So on a new version the import writes, for itself, what it would have
written for the old one, and takes into the file only how the two differ (`app.catalog.merging`).
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from app import table_changes
from app.catalog import ddl, loader, merging, pieces
from app.catalog.model import Catalog, Table
from app.errors import ConfigError, IngestError
from app.sql import lexer
from app.sql.dialect.words import identifier
from app.table_changes import Change
from ingest.registry import draft, rendering
from ingest.registry.client import Registry
from ingest.registry.cluster import Cluster
from ingest.registry.draft import Draft, Source
from ingest.registry.event_time import RECORD, Ask
from ingest.registry.evolution import Compatibility
from ingest.registry.model import Column
from ingest.registry.rendering import Surroundings

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_PARTS = ("value", "key")

Status = Literal["new", "changed", "same", "failed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import means for one topic.

    Attributes:
        topic: Its name.
        file: Its table file.
        status: Whether the file is new, is to be changed, stays, or cannot be made.
        before: The file's text; empty where it is new.
        after: The text that it is to have.
        problems: What could not be mapped or will not work; for a failed plan, why.
        conflicts: What was changed by hand where the schema changed, too.
        versions: Which versions of its subjects are compared, a clause each.
        compatibility: What they can read of each other; the worse, of value and key.
        changes: What happens to columns.
    """

    topic: str
    file: Path
    status: Status
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    problems: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    compatibility: Compatibility | None = None
    changes: tuple[Change, ...] = ()

    def diff(self) -> str:
        """The change as a unified diff; empty where there is none."""
        old, new = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        name = str(self.file)
        return "".join(difflib.unified_diff(old, new, name if self.before else "/dev/null", name))


@dataclass(frozen=True, slots=True)
class Import:
    """How topics are imported.

    Attributes:
        registry: Where the schemas are.
        cluster: The cluster of the topics.
        where: What the files say of both.
        folder: Where the files are.
        ask: Asks for the event time where the schema leaves it open.
        delay: How late a record may be, in tables that are new.
        event_times: Those that were chosen beforehand, by topic: a column, or `RECORD`.
    """

    registry: Registry
    cluster: Cluster
    where: Surroundings
    folder: Path
    ask: Ask
    delay: timedelta = timedelta(seconds=5)
    event_times: Mapping[str, str] = field(default_factory=dict)


def topics(subjects: Iterable[str], patterns: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """The topics that have a schema for their values, with those parts that have one.

    Subjects are those of the TopicNameStrategy: `<topic>-value` and `<topic>-key`.

    Args:
        subjects: Names of subjects.
        patterns: Glob patterns that a topic or its subject must match; none for all.
    """
    found: dict[str, set[str]] = {}
    for subject in subjects:
        topic, _, part = subject.rpartition("-")
        if part in _PARTS and _TOPIC.fullmatch(topic):
            found.setdefault(topic, set()).add(part)
    return {
        topic: tuple(part for part in _PARTS if part in parts)
        for topic, parts in sorted(found.items())
        if "value" in parts and _wanted(topic, patterns)
    }


def plans(job: Import, found: Mapping[str, Sequence[str]]) -> Iterator[Plan]:
    """Says for each topic what is to be done; a topic that cannot be imported stops no other.

    Args:
        job: How.
        found: As `topics` gives them.

    Raises:
        IngestError: The registry or the cluster cannot be reached.
        ConfigError: The folder cannot be read.
    """
    present = _tables(job.folder)
    for topic, parts in found.items():
        file = job.folder / f"{topic}.sql"
        latest = {part: job.registry.version(f"{topic}-{part}") for part in parts}
        source = Source(topic, latest["value"], latest.get("key"), job.cluster.topic(topic))
        try:
            yield _plan(job, source, file, present)
        except IngestError as error:
            yield Plan(topic, file, "failed", problems=(str(error),))


def write(plan: Plan) -> None:
    """Writes a plan's file: all of it or nothing.

    Raises:
        ConfigError: It cannot be written.
    """
    unfinished = plan.file.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        plan.file.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("xb") as file:
            file.write(plan.after.encode())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(plan.file)
    except OSError as error:
        raise ConfigError(
            f"{plan.file} cannot be written: {error.strerror}.",
            hint="Give another folder to --out.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _wanted(topic: str, patterns: Sequence[str]) -> bool:
    names = (topic, f"{topic}-value")
    return not patterns or any(fnmatch.fnmatchcase(n, p) for n in names for p in patterns)


def _tables(folder: Path) -> Catalog:
    return loader.load([folder]) if folder.is_dir() else Catalog()


def _plan(job: Import, source: Source, file: Path, present: Catalog) -> Plan:
    name = rendering.table_name(source.topic)
    other = present.get(name)
    if other and other.file and other.file.resolve() != file.resolve():
        raise IngestError(
            f"The table {name} is already defined in {other.file}.",
            hint="Remove it there to import it, or leave the topic out with --subject.",
        )
    before = _read(file)
    if before:
        return _update(job, source, file, before, other)
    made = _draft(job, source)
    plan = Plan(source.topic, file, "new", after=rendering.statement(made, job.where))
    return _checked(replace(plan, problems=made.problems))


def _update(job: Import, source: Source, file: Path, before: str, table: Table | None) -> Plan:
    """The plan for a file that is there."""
    origins = {origin.part: origin for origin in rendering.origins(before)}
    if table is None or "value" not in origins:
        raise IngestError(
            f"{file} is there, and no import wrote it or it no longer loads.",
            hint="Mend it or move it away, or give another folder to --out.",
        )
    old = {
        part: job.registry.version(origin.subject, origin.version)
        for part, origin in origins.items()
    }
    earlier = Source(source.topic, old["value"], old.get("key"), source.facts)
    versions = _versions(earlier, source)
    plan = Plan(source.topic, file, "same", before, before, versions=versions)
    if not versions and job.event_times.get(source.topic, _time(table)) == _time(table):
        return plan
    base = _draft(replace(job, ask=_nobody, event_times={}), earlier, table)
    if base.time.column == _time(table):
        return _merged(job, plan, base, _draft(job, source, table))
    # A column that somebody made by hand stays the event time, whatever would be answered.
    if source.topic in job.event_times:
        raise IngestError(f"The event time of {file} was made by hand.", hint="Change it there.")
    return _merged(job, plan, base, _draft(replace(job, ask=_nobody), source, table))


def _merged(job: Import, plan: Plan, base: Draft, theirs: Draft) -> Plan:
    texts = (rendering.statement(made, job.where) for made in (base, theirs))
    try:
        merged = merging.merge(plan.before, *texts)
    except pieces.NoTable as error:
        raise IngestError(f"{plan.file} cannot be taken apart.", hint="Mend it.") from error
    return _checked(
        replace(
            plan,
            status="changed" if merged.text != plan.before else "same",
            after=merged.text,
            problems=theirs.problems,
            conflicts=merged.conflicts,
            compatibility=table_changes.compatibility(base, theirs) if plan.versions else None,
            changes=tuple(table_changes.changes(base.columns, theirs.columns)),
        )
    )


def _draft(job: Import, source: Source, table: Table | None = None) -> Draft:
    """A table as it would be made now; what was chosen for one that is there stays."""
    told, delay = job.event_times.get(source.topic), job.delay
    wanted = told if table is None or told is not None else _time(table)
    if table is not None and table.watermark_delay is not None:
        delay = table.watermark_delay
    ask = job.ask if told is None else _nobody
    made = draft.make(source, identifier, ask=ask, delay=delay, wanted_time=wanted)
    if told is not None and made.time.column != told:
        moments = ", ".join(column.name for column in made.columns if column.instant)
        raise IngestError(
            f"{told} cannot be its event time: no column of that name holds a timestamp.",
            hint=f"Those that do: {moments}." if moments else "None does.",
        )
    return made


def _time(table: Table) -> str:
    """The column that is a table's event time, or `RECORD`."""
    column = table.column(table.time_attribute or "")
    return RECORD if column is None or column.kind == "metadata" else column.name


def _nobody(_topic: str, _columns: Sequence[Column]) -> None:
    """Is asked, and does not know."""


def _versions(earlier: Source, source: Source) -> tuple[str, ...]:
    """What is new, by part; empty where the file is of the latest versions."""
    said = []
    for old, new in ((earlier.value, source.value), (earlier.key, source.key)):
        if old == new:
            continue
        kept = new or old
        numbers = f"{old.version if old else 'none'} to {new.version if new else 'none'}"
        said.append(f"{kept.subject if kept else ''} version {numbers}")
    return tuple(said)


def _checked(plan: Plan) -> Plan:
    """A plan whose text loads; else a failed one."""
    for tokens in lexer.statements(plan.after):
        try:
            ddl.parse(plan.after, tokens, plan.file)
        except ddl.BadStatement as error:
            said = f"Line {error.line} of the new {plan.file.name} does not load: {error.message}"
            return replace(
                plan, status="failed", problems=(f"{said} {error.hint}", *plan.conflicts)
            )
    return plan


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(
            f"{file} cannot be read as UTF-8 text.", hint="Check the file."
        ) from error
