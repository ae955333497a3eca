"""Runs the cases of a file through the assistant, as anybody would ask."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app import wiring
from app.answer import Answer, Answered, QueryRefused, QueryWritten
from app.assistant import Assistant
from app.catalog import registration
from app.errors import ConfigError, EngineUnavailable, TributaryError
from app.evaluation.cases import Case, CaseFile
from app.evaluation.compare import Grid
from app.evaluation.judge import Outcome, Result, grid_of, judge
from app.settings import Settings

Progress = Callable[[str, int, int], None]
"""Told the name of a stage, and how many of how many units of it are done."""

# A question that meets a defect is an error of that case; finding those is what cases are for.
_DEFECTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def evaluate(
    file: CaseFile,
    settings: Settings,
    *,
    cases: Sequence[Case] | None = None,
    progress: Progress | None = None,
) -> Iterator[Result]:
    """Asks the questions of a case file, one after the other, and judges each answer.

    Each case is a conversation of its own. Closing the iterator ends the evaluation.

    Args:
        file: The case file. A module that it names to write its data is imported, and run.
        settings: What to ask; the file's tables, documents and time zone go before.
        cases: Those to ask; all of the file where None.
        progress: Told how opening and asking get on.

    Raises:
        ConfigError: The file's tables, documents or data cannot be used.
        EngineUnavailable: There is no Flink to ask.
    """
    report = progress or _silently
    chosen = file.cases if cases is None else cases
    own = _settings(file, settings)
    with _opened(file, own, report) as assistant:
        run = _Run(assistant, ZoneInfo(own.time_zone))
        report(file.name, 0, len(chosen))
        for done, case in enumerate(chosen, 1):
            yield run.case(case)
            report(file.name, done, len(chosen))


@dataclass(slots=True)
class _Asked:
    """What is known of a question so far; all there is to tell where it ends in an error."""

    seconds: float = 0.0
    sql: list[str] = field(default_factory=list)
    refusal: str = ""
    answer: Answer | None = None


class _Run:
    """Cases asked of one assistant."""

    def __init__(self, assistant: Assistant, zone: ZoneInfo) -> None:
        self._assistant = assistant
        self._zone = zone
        self._expected: dict[str, Grid] = {}

    def case(self, case: Case) -> Result:
        """Asks one case and judges the answer.

        Raises:
            EngineUnavailable: Flink is gone; every further case would look unanswerable.
        """
        try:
            expected = self._rows(case)
        except EngineUnavailable:
            raise
        except TributaryError as error:
            return Result(case, Outcome.ERROR, why=f"The expected SQL gives no rows: {error}")
        asked = _Asked()
        try:
            answer = self._ask(case, asked)
            outcome, why = judge(case, answer, expected, self._zone)
        except (TributaryError, *_DEFECTS) as error:
            outcome, why = Outcome.ERROR, f"{type(error).__name__}: {error}"
        if outcome is Outcome.ABSTAINED and asked.refusal:
            why = f"its query was refused: {asked.refusal}"
        return _result(case, outcome, why, asked, expected)

    def _ask(self, case: Case, asked: _Asked) -> Answer:
        conversation = None
        for question in case.after:
            conversation = self._assistant.ask(question, conversation=conversation).conversation
        started = time.perf_counter()
        try:
            for step in self._assistant.stream(case.question, conversation=conversation):
                match step:
                    case QueryWritten(sql=sql):
                        asked.sql.append(sql)
                    case QueryRefused(sql=sql, message=message):
                        asked.refusal = message
                        asked.sql += [] if sql in asked.sql else [sql]
                    case Answered(answer=answer):
                        asked.answer = answer
                        return answer
        finally:
            asked.seconds = time.perf_counter() - started
        raise AssertionError("the last step is always the answer")

    def _rows(self, case: Case) -> Grid | None:
        """The rows a case expects; several cases may share a query, which then runs once."""
        if case.rows is not None:
            return Grid.of_rows(case.rows)
        if not case.sql:
            return None
        if case.sql not in self._expected:
            result = self._assistant.sql(case.sql)
            if result.truncated:
                raise ConfigError(
                    f"It has more rows than the limit of {len(result):,}.",
                    hint="Expect fewer, or raise row_limit.",
                )
            self._expected[case.sql] = grid_of(result)
        return self._expected[case.sql]


def _result(case: Case, outcome: Outcome, why: str, asked: _Asked, expected: Grid | None) -> Result:
    known = Result(case, outcome, asked.seconds, why, sql=tuple(asked.sql), expected=expected)
    answer = asked.answer
    if answer is None:
        return known
    return replace(
        known,
        understood=answer.understood,
        text=answer.text,
        notices=answer.notices,
        documents=tuple(dict.fromkeys(p.document for p in answer.passages)),
        given=tuple(grid_of(result) for result in answer.results),
        choices=answer.choices,
    )


@contextmanager
def _opened(file: CaseFile, settings: Settings, report: Progress) -> Iterator[Assistant]:
    """What a case file is asked of, with Flink warm."""
    with ExitStack() as stack:
        if file.data:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tributary-")))
            report("Data", 0, 1)
            stack.enter_context(_environment(_written(file, folder)))
            report("Data", 1, 1)
        if not file.sample:
            _require_tables(file, settings)
            _index(settings, report)
        now = file.now
        assistant = stack.enter_context(
            wiring.connect(
                settings,
                sample=file.sample,
                progress=report,
                clock=lambda: now or datetime.now(UTC),
            )
        )
        report("Starting Flink", 0, 1)
        assistant.warm_up()
        report("Starting Flink", 1, 1)
        yield assistant


def _settings(file: CaseFile, settings: Settings) -> Settings:
    """What is configured, but for what the case file brings itself."""
    own: dict[str, Any] = {}
    if file.tables or file.documents:
        own = {"tables": file.tables, "documents": file.documents}
    if file.time_zone:
        own["time_zone"] = file.time_zone
    return settings.model_copy(update=own)


def _require_tables(file: CaseFile, settings: Settings) -> None:
    """A table that cannot be read would make every question about it an abstention."""
    if not file.tables:
        return
    catalog = wiring.open_catalog(settings)
    for problem in catalog.problems:
        raise ConfigError(f"The tables of {file.path} cannot be used: {problem}")
    for table in catalog:
        for name in registration.unset(table, os.environ):
            raise ConfigError(
                f"The table {table.name} of {file.path} needs the environment variable {name}.",
                hint="Set it, or let the module that `data` names return it.",
            )


def _index(settings: Settings, report: Progress) -> None:
    """Brings the documents into the index, as `tributary ingest` would."""
    if not settings.documents:
        return
    with wiring.open_index(settings) as index:
        synced = index.sync(
            settings.documents,
            progress=lambda p: report("Documents", p.chunks, p.chunks_total),
        )
    for problem in synced.problems:
        raise ConfigError(f"A document cannot be read: {problem}")


def _written(file: CaseFile, folder: Path) -> Mapping[str, str]:
    """Lets the file's module write its data; gives the environment it asks for."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        write = importlib.import_module(file.data).write
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"The module {file.data} that {file.path} names cannot write data: {error}.",
            hint="It is imported from the current directory and has write(folder, now) -> dict.",
        ) from error
    environ = write(folder, file.now)
    if not isinstance(environ, Mapping) or not all(
        isinstance(part, str) for item in environ.items() for part in item
    ):
        raise ConfigError(
            f"{file.data}.write gave no mapping of environment names to texts.",
            hint='Return for instance {"MY_DATA": str(folder)}.',
        )
    return environ


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables that are set for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _silently(_stage: str, _done: int, _total: int) -> None:
    return
