"""ZIP archives: which members one holds and what is wrong with them, and a member's bytes.

Nothing is ever unpacked to disk: a member is read into memory, up to its limit.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest.errors import IngestError
from ingest.formats import bounds
from ingest.formats.bounds import megabytes

SUFFIXES = frozenset({".zip"})
ENCRYPTED = 0x1  # the flag of a member

_OTHER_ARCHIVES = frozenset({".7z", ".bz2", ".gz", ".jar", ".rar", ".tar", ".tgz", ".xz", ".zst"})
_DEFLATE_OR_NONE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END = b"PK\x05\x06"
_END_BYTES = 22
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES = 20
_ENTRY_BYTES = 1_000  # more than a member's entry in the directory ever has
_UNSAFE = re.compile(r"\\|^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


def members(path: Path) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The visible files in an archive, each with what is wrong with it, which may be nothing.

    Raises:
        IngestError: The archive cannot be opened, or holds too much.
    """
    if path.stat().st_size > bounds.MAX_ARCHIVE_BYTES:
        raise IngestError(
            f"It has {megabytes(path.stat().st_size)};"
            f" archives up to {megabytes(bounds.MAX_ARCHIVE_BYTES)} are read.",
            hint="Split it.",
        )
    with path.open("rb") as file, opened(file) as archive:
        found = archive.infolist()
    check_unpacked(found, bounds.MAX_UNPACKED_BYTES, each=False)
    names: set[str] = set()
    for member in found:
        fault = _fault(member, names)
        names.add(member.filename)
        if fault or not (member.is_dir() or _is_hidden(member.filename)):
            yield member, fault


def member_bytes(path: Path, name: str) -> bytes:
    """The bytes of one member, which `members` found nothing wrong with.

    Raises:
        IngestError: It is gone or damaged.
    """
    with path.open("rb") as file, opened(file) as archive:
        try:
            return archive.read(name)
        except KeyError as error:
            raise IngestError("It is no longer in the archive.") from error


@contextmanager
def opened(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A ZIP file whose directory is small enough to be read.

    Raises:
        IngestError: It is damaged or has too many members.
    """
    size = file.seek(0, io.SEEK_END)
    # The same stretch that zipfile looks for the end record in.
    file.seek(max(0, size - _END_BYTES - 2**16))
    _check_directory(file.read())
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > bounds.MAX_MEMBERS:
                raise _too_many()
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise IngestError(
            "It is damaged: it cannot be unpacked.", hint="Make or fetch it again."
        ) from error


def check_unpacked(found: Sequence[zipfile.ZipInfo], most: int, *, each: bool = True) -> None:
    """Adds up what members unpack to, as they say; more than that is never read of them.

    Args:
        found: The members.
        most: Bytes that they may have together.
        each: Whether a single member that is packed too well spoils the whole.

    Raises:
        IngestError: It is too much.
    """
    total = sum(member.file_size for member in found)
    if total > most or (each and any(map(_packed_too_well, found))):
        raise IngestError(
            f"It unpacks to {megabytes(total)}; up to {megabytes(most)},"
            f" packed at most {bounds.MAX_RATIO} to 1, are read.",
            hint="Split it.",
        )


def _check_directory(tail: bytes) -> None:
    """Refuses a directory of members that would fill the memory before it can be counted."""
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise IngestError(
            "It is damaged: it is not a whole ZIP archive.", hint="Make or fetch it again."
        )
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    zip64 = tail[: max(0, at - _ZIP64_LOCATOR_BYTES + 4)].endswith(_ZIP64_LOCATOR)
    if zip64 or directory > bounds.MAX_MEMBERS * _ENTRY_BYTES:
        raise _too_many()


def _too_many() -> IngestError:
    return IngestError(f"It has more than {bounds.MAX_MEMBERS:,} files in it.", hint="Split it.")


def _fault(member: zipfile.ZipInfo, names: set[str]) -> str:
    name = member.orig_filename
    if _UNSAFE.search(name) or not name.isprintable():
        return "Its name is not one that a file in an archive may have."
    if member.is_dir() or _is_hidden(name):
        return ""
    if stat.S_ISLNK(member.external_attr >> 16):
        return "It is a link, which is not followed in an archive."
    if member.flag_bits & ENCRYPTED:
        return "It is protected by a password."
    if PurePosixPath(name).suffix.lower() in SUFFIXES | _OTHER_ARCHIVES:
        return "It is an archive in an archive, which is not opened."
    if member.compress_type not in _DEFLATE_OR_NONE:
        return "It is packed in a way that is not read."
    if _packed_too_well(member):
        return f"It unpacks to more than {bounds.MAX_RATIO} times its size."
    return "Another file in the archive has the same name." if name in names else ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _packed_too_well(member: zipfile.ZipInfo) -> bool:
    allowed = max(bounds.RATIO_FREE_BYTES, bounds.MAX_RATIO * member.compress_size)
    return member.file_size > allowed
