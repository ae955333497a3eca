"""Questions with the SQL that answers them, as plain files: `*.sql`, and `proposed/*.sql`.

An example is proposed by whoever liked an answer and counts once a reviewer has approved it, which
moves its file up one folder. The folder is made to be kept in git; nothing else says what is in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.errors import ConfigError
from app.memory import example_file

PROPOSED = "proposed"
"""The folder of those that nobody has approved."""

MOST_BYTES = 100_000
"""Greater files are no examples."""

_SLUG_CHARACTERS = 60
_DIGEST_CHARACTERS = 10
_SAME_NAME = "A verified example has a file of the same name; rename one of them."

Status = Literal["verified", "proposed"]
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the SQL that answers it.

    Attributes:
        id: The name of its file without the ending.
        question: In plain words; several lines where the file says several.
        sql: The query.
        status: Whether a reviewer has approved it.
        asked_at: When the question was asked, which times in the SQL go by; None if unknown.
        file: Where it is kept.
        problem: Why it is of no use now; empty where it is.
    """

    id: str
    question: str
    sql: str
    status: Status
    asked_at: datetime | None
    file: Path
    problem: str = ""


class Examples:
    """The examples of one folder. Threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        """Makes nothing yet: the folder is created with the first proposal."""
        self._folder = folder
        self._known: dict[Path, tuple[_Stamp, Example]] = {}

    def all(self) -> tuple[Example, ...]:
        """Every example, the verified ones first, in the order of their file names.

        A file that is of no use is there too, with its problem.

        Raises:
            ConfigError: The folder cannot be read.
        """
        verified = tuple(self._read_folder(self._folder, "verified"))
        by_id = {example.id: example for example in verified}
        proposed = self._read_folder(self._folder / PROPOSED, "proposed")
        return verified + tuple(
            replace(one, id=f"{PROPOSED}/{one.id}", problem=_SAME_NAME) if one.id in by_id else one
            for one in proposed
            if not _is_same(one, by_id.get(one.id))  # left behind when it was approved meanwhile
        )

    def get(self, id_: str) -> Example:
        """The example of that id.

        Raises:
            ConfigError: There is none.
        """
        for example in self.all():
            if example.id == id_:
                return example
        raise ConfigError(
            f"There is no example {id_!r}.", hint="`tributary examples list` names all of them."
        )

    def propose(self, question: str, sql: str, asked_at: datetime | None) -> Example:
        """Keeps a question and its SQL for review.

        Args:
            question: In plain words.
            sql: The query that answered it.
            asked_at: When it was asked (aware).

        Returns:
            The example; the one that is there already, whatever its status, where the same
            question was proposed with the same SQL before.

        Raises:
            ConfigError: One of them is empty or too long, or the folder cannot be written.
        """
        question, sql = example_file.normal_question(question), example_file.normal_sql(sql)
        name = _name(question, sql)
        known = self._find(name, question, sql)
        if known:
            return known
        data = example_file.write(question, sql, asked_at).encode()
        if not question or not sql or len(data) > MOST_BYTES:
            raise ConfigError(
                "This can be no example: the question or the query is empty or too long.",
                hint=f"Both together have at most {MOST_BYTES:,} bytes.",
            )
        path = self._folder / PROPOSED / f"{name}.sql"
        with self._writing(path):
            _write(path, data)
            if (self._folder / path.name).exists():  # somebody approved it in between
                path.unlink(missing_ok=True)
        return self.get(name)

    def approve(self, id_: str) -> Example:
        """Makes a proposal a verified example; one that is verified already stays so.

        Raises:
            ConfigError: There is none of that id, or its file has to be mended first.
        """
        example = self.get(id_)
        if example.status == "verified":
            return example
        if example.problem:
            raise ConfigError(
                f"The example {id_!r} cannot be approved: {example.problem}",
                hint=f"Mend {example.file}, or reject it.",
            )
        with self._writing(example.file), suppress(FileNotFoundError):  # another has been faster
            example.file.replace(self._folder / example.file.name)
        return self.get(id_)

    def reject(self, id_: str) -> None:
        """Deletes an example, proposed or verified; git has it still, if it ever had.

        Raises:
            ConfigError: There is none of that id, or the file cannot be deleted.
        """
        example = self.get(id_)
        with self._writing(example.file):
            example.file.unlink(missing_ok=True)

    def _find(self, name: str, question: str, sql: str) -> Example | None:
        """The example of these contents, or the one that was made from them and edited since."""
        same = [
            e for e in self.all() if e.id == name or (not e.problem and _said(e) == (question, sql))
        ]
        return same[0] if same else None

    def _read_folder(self, folder: Path, status: Status) -> Iterator[Example]:
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == ".sql")
        except FileNotFoundError:
            return
        except OSError as error:
            raise ConfigError(
                f"The examples in {folder} cannot be read: {error.strerror}.",
                hint="Check its permissions, or choose another folder with the setting examples.",
            ) from error
        for path in files:
            example = None if path.name.startswith(".") else self._read(path, status)
            if example:
                yield example

    def _read(self, path: Path, status: Status) -> Example | None:
        """The example of a file, read anew if that has changed; None if it is gone."""
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._known.get(path)
            if known and known[0] == stamp:
                return known[1]
            example = _example(path, status, stat.st_size)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            why = "it is no UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
            return Example(path.stem, "", "", status, None, path, f"It cannot be read: {why}.")
        self._known[path] = (stamp, example)
        return example

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise ConfigError(
                f"The example {path} cannot be written: {error.strerror}.",
                hint="Check its folder, or choose another with the setting examples.",
            ) from error


def _example(path: Path, status: Status, size: int) -> Example:
    if size > MOST_BYTES:
        problem = f"It is greater than {MOST_BYTES:,} bytes."
        return Example(path.stem, "", "", status, None, path, problem)
    question, sql, asked_at = example_file.read(path.read_bytes().decode("utf-8-sig"))
    problem = ""
    if not question:
        problem = "It has no line that begins with `-- question:`."
    elif not sql:
        problem = "It has no SQL."
    return Example(path.stem, question, sql, status, asked_at, path, problem)


def _said(example: Example) -> tuple[str, str]:
    return example.question, example.sql


def _is_same(one: Example, other: Example | None) -> bool:
    return other is not None and not one.problem and _said(one) == _said(other)


def _name(question: str, sql: str) -> str:
    """A file name that every system takes, the same for the same contents."""
    ascii_only = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower())[:_SLUG_CHARACTERS].strip("-")
    digest = hashlib.sha256(f"{question}\0{sql}".encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{words or 'example'}-{digest}"


def _write(path: Path, data: bytes) -> None:
    """All of a file or nothing of it; readers and other processes never see a part."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
