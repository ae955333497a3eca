"""Files that people hand in through the page: under which names they are kept, and where.

Nothing of a name that came with an upload is trusted: it may hold a path, be hidden, steer the
terminal, or be that of another file.
"""

from __future__ import annotations

import os
import re
import unicodedata
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from app.errors import IngestError
from ingest.documents import require_readable
from ingest.formats import bounds

FOLDER = "uploads"
"""What the ids of uploads begin with, so that one access rule (`uploads/**`) holds for them all."""

UPLOAD_BYTES = bounds.MAX_BYTES
"""Most bytes of an uploaded file."""

_NAME_BYTES = 200
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def name_of(given: str) -> str:
    r"""The name that an upload is kept under.

    >>> name_of("C:\\Users\\ann\\Late parcels?.md"), name_of("../../etc/late  policy.txt ")
    ('Late parcels_.md', 'late policy.txt')

    Raises:
        IngestError: Nothing is left of it, or it would be a hidden file.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    name = _NOT_IN_NAMES.sub("_", " ".join(seen.split())).rstrip(". ")
    if not name or name.startswith(".") or _DEVICES.match(name):
        raise IngestError(
            f"A file cannot be kept under the name {last.strip() or 'that it has'}.",
            hint="Hidden files and the names of devices are not taken; rename it.",
        )
    return _shortened(name)


def require_acceptable(name: str, size: int) -> None:
    """Sees to it that a file is one that can be read.

    Raises:
        IngestError: It is too large, empty, or of a format that is not read.
    """
    require_readable(PurePosixPath(name))
    bounds.require_size(size)
    if not size:
        raise IngestError("It is empty.")


class Uploads:
    """The folder of uploads.

    Args:
        root: The source that they belong to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder = root / FOLDER

    def names(self) -> list[str]:
        """The names of all uploads."""
        with suppress(OSError):
            entries = sorted(self._folder.iterdir())
            return [e.name for e in entries if e.is_file() and not e.name.startswith(".")]
        return []

    @staticmethod
    def id_of(name: str) -> str:
        """The document id of an upload."""
        return f"{FOLDER}/{name}"

    def name_in(self, document: str) -> str:
        """The upload that a document is, or that it is a member of; empty where it is none."""
        folder, _, rest = document.partition("/")
        name = rest.partition("/")[0]
        return name if folder == FOLDER and name and (self._folder / name).is_file() else ""

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """Keeps an upload.

        Args:
            name: As `name_of` gives it.
            content: Its bytes.
            replace: Whether it takes the place of an upload of the same name.

        Raises:
            IngestError: The name is taken and not to be replaced, or it cannot be written.
        """
        path = self._folder / name
        if os.path.lexists(path) and not replace:
            raise IngestError(
                f"There is an upload with the name {name} already.", hint="Replace or rename it."
            )
        half = self._folder / f".{uuid.uuid4().hex}"  # hidden: no sync takes it in
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(content)
            half.replace(path)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            raise IngestError(
                f"The upload {name} cannot be written: {error.strerror}.",
                hint=f"Check the permissions of {self._folder} and the free space.",
            ) from error

    def delete(self, names: Iterable[str]) -> None:
        """Deletes uploads; one that is gone already is fine.

        Raises:
            IngestError: One cannot be deleted.
        """
        for name in names:
            try:
                (self._folder / PurePosixPath(name).name).unlink(missing_ok=True)
            except OSError as error:
                raise IngestError(
                    f"The upload {name} cannot be deleted: {error.strerror}.",
                    hint=f"Check the permissions of {self._folder}.",
                ) from error


def _shortened(name: str) -> str:
    """A name that file systems take, its ending kept."""
    path = PurePosixPath(name)
    room = _NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode("utf-8", "ignore") + path.suffix
