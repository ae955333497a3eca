"""Several case files in one go: which cases are asked, and what is there when it is interrupted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.catalog.nearest import nearest
from app.errors import ConfigError
from app.evaluation import cases, report
from app.evaluation.cases import Case, CaseFile
from app.evaluation.judge import Result
from app.evaluation.report import FileReport
from app.evaluation.run import Progress, evaluate
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class _Part:
    """A case file, the cases of it that are asked, and the results so far."""

    file: CaseFile
    cases: tuple[Case, ...]
    results: list[Result] = field(default_factory=list)


class Session:
    """An evaluation over case files. All of them are read before the first question is asked.

    Args:
        paths: The case files.
        tags: Only cases with one of these tags; all where there are none.
        json_file: Where `save` writes; nowhere where None.

    Raises:
        ConfigError: A file is wrong, no case has the tag, or `json_file` cannot be written.
    """

    def __init__(
        self, paths: Sequence[Path], *, tags: Sequence[str] = (), json_file: Path | None = None
    ) -> None:
        if json_file is not None and not json_file.absolute().parent.is_dir():
            raise ConfigError(
                f"There is no folder {json_file.parent} to write {json_file.name} to.",
                hint="Make it, or give another path to --json.",
            )
        files = [cases.read(path) for path in paths]
        self._json_file = json_file
        self._parts = [part for part in (_chosen(file, tags) for file in files) if part.cases]
        if not self._parts:
            raise ConfigError(f"No case has the tag {', '.join(tags)}.", hint=_known(files, tags))

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """The results so far, by file."""
        return tuple(FileReport(p.file, tuple(p.results)) for p in self._parts if p.results)

    def run(self, settings: Settings, progress: Progress) -> None:
        """Asks all of it.

        Raises:
            ConfigError: What a file is to be asked of cannot be used.
            EngineUnavailable: There is no Flink to ask.
        """
        for part in self._parts:
            for result in evaluate(part.file, settings, cases=part.cases, progress=progress):
                part.results.append(result)

    def reaches(self, accuracy: float) -> bool:
        """Whether each file is at least that accurate."""
        return all(report.figures(p.results).accuracy >= accuracy for p in self._parts)

    def save(self) -> None:
        """Writes the results so far as JSON, where that was asked for.

        Raises:
            ConfigError: The file cannot be written.
        """
        if self._json_file is None:
            return
        complete = all(len(p.results) == len(p.cases) for p in self._parts)
        text = json.dumps(
            {"complete": complete, **report.to_json(self.reports)}, ensure_ascii=False, indent=2
        )
        try:
            self._json_file.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"The file {self._json_file} cannot be written: {error.strerror}.",
                hint="Give another path to --json.",
            ) from error


def _chosen(file: CaseFile, tags: Sequence[str]) -> _Part:
    chosen = (case for case in file.cases if not tags or set(tags) & set(case.tags))
    return _Part(file, tuple(chosen))


def _known(files: Sequence[CaseFile], tags: Sequence[str]) -> str:
    known = sorted({tag for file in files for case in file.cases for tag in case.tags})
    close = nearest(tags[0], known) if tags else ""
    if close:
        return f"Did you mean {close}?"
    return f"Tags are: {', '.join(known)}." if known else "The cases have no tags."
