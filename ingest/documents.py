"""Which files a source holds; what each one says is read by `ingest.formats`.

A file that cannot be read never stops the others: it becomes a `FileProblem`. `ingest.sync` calls
`find_files`, then reads those that changed; `ingest.chunks` cuts the text.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from ingest.errors import IngestError
from ingest.formats import BY_SUFFIX, archives

FORMATS = (
    "Markdown, text, HTML, PDF, Word, PowerPoint, Excel, CSV, JSON, e-mail (.eml), source code"
    " and ZIP archives of these"
)
_NEWER = {".doc": ".docx", ".ppt": ".pptx", ".rtf": ".docx", ".xls": ".xlsx"}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why one file is not in the index.

    Attributes:
        path: The file, as its source was given.
        message: What is wrong with it.
        hint: What to do about it; may be empty.
    """

    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message} {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found in a source, or in an archive there.

    Attributes:
        id: The document's id: its path relative to the folder it came from, with `/`.
        path: Where it lies; for a member of an archive, where the archive does.
        size: Bytes, unpacked.
        mtime_ns: Its modification time, or the archive's.
        member: Its name inside the archive; empty for a file of its own.
    """

    id: str
    path: Path
    size: int
    mtime_ns: int
    member: str = ""

    @property
    def place(self) -> Path:
        """The path, and behind it the name in the archive."""
        return self.path / self.member


def find_files(sources: Sequence[Path]) -> tuple[list[SourceFile], list[FileProblem]]:
    """The readable-looking files of files, folders and archives, each document id once.

    Hidden files and folders are passed over in silence. A link inside a folder is followed only to
    a file inside the same folder; one inside an archive never is.

    Raises:
        IngestError: A source does not exist: its documents would otherwise be taken for deleted.
    """
    found: dict[str, SourceFile] = {}
    problems: list[FileProblem] = []
    seen: set[Path] = set()
    for source in sources:
        if not source.exists():
            raise IngestError(
                f"There is no file or folder {_printable(source)}.",
                hint="Correct the path or take it out of the settings.",
            )
        for name, path in _walk(source, problems):
            real = path.resolve()
            files = [] if real in seen else list(_accepted(name, path, problems))
            for file in files:
                seen.add(real)
                id_ = _free_id(file.id, source, found)
                found[id_] = replace(file, id=id_)
    return sorted(found.values(), key=lambda file: file.id), problems


def problem_of(path: Path, message: str, hint: str = "") -> FileProblem:
    """A problem with the file at a path, whose name can be printed whatever its bytes are."""
    return FileProblem(_printable(path), message, hint)


def _walk(source: Path, problems: list[FileProblem]) -> Iterator[tuple[str, Path]]:
    """Relative name and path of every visible file; real files before links."""
    if not source.is_dir():
        yield source.name, source
        return

    def unreadable(error: OSError) -> None:
        problems.append(_unreadable(Path(error.filename), error))

    root = source.resolve()
    links: list[Path] = []
    for folder, folders, names in os.walk(source, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*names, *folders]):
            path = Path(folder, name)
            if path.is_symlink():
                links.append(path)
            elif name in names and not name.startswith("."):
                yield path.relative_to(source).as_posix(), path
    for path in links:
        if not path.resolve().is_relative_to(root):
            problems.append(problem_of(path, "It is a link that leads out of the folder."))
        elif path.is_file() and not path.name.startswith("."):
            yield path.relative_to(source).as_posix(), path


def _accepted(name: str, path: Path, problems: list[FileProblem]) -> Iterator[SourceFile]:
    """The document at a path, or the documents in the archive there."""
    if not _is_readable(path, problems):
        return
    if _printable(name) != name:
        problems.append(problem_of(path, "Its name or a folder's is not UTF-8.", "Rename it."))
        return
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a named pipe would wait for ever
            problems.append(problem_of(path, "It is not a regular file."))
            return
        file = SourceFile(name, path, status.st_size, status.st_mtime_ns)
        is_archive = path.suffix.lower() in archives.SUFFIXES
        yield from _members(file, problems) if is_archive else [file]
    except OSError as error:
        problems.append(_unreadable(path, error))


def require_readable(name: PurePath) -> None:
    """Sees to it that a file's name ends as those of documents, or archives of them, do.

    Raises:
        IngestError: It does not.
    """
    suffix = _printable(name.suffix.lower())
    if suffix in BY_SUFFIX or suffix in archives.SUFFIXES:
        return
    kind = f"a {suffix} file" if suffix else "a file without an ending"
    raise IngestError(
        f"It is not a document Tributary can read: {kind}.",
        hint=f"Save it as {_NEWER[suffix]}." if suffix in _NEWER else f"It reads {FORMATS}.",
    )


def _is_readable(path: Path, problems: list[FileProblem]) -> bool:
    try:
        require_readable(path)
    except IngestError as error:
        problems.append(problem_of(path, error.message, error.hint))
        return False
    return True


def _members(archive: SourceFile, problems: list[FileProblem]) -> list[SourceFile]:
    """The documents in an archive."""
    found = []
    try:
        for member, fault in archives.members(archive.path):
            place = archive.path / member.filename.lstrip("/")
            if fault:
                problems.append(problem_of(place, fault))
            elif _is_readable(place, problems):
                id_ = f"{archive.id}/{member.filename}"
                found.append(
                    replace(archive, id=id_, size=member.file_size, member=member.filename)
                )
    except IngestError as error:
        problems.append(problem_of(archive.path, error.message, error.hint))
    return found


def _unreadable(path: Path, error: OSError) -> FileProblem:
    return problem_of(path, f"It cannot be read: {error.strerror}.")


def _printable(path: PurePath | str) -> str:
    r"""The path as text; bytes that are not UTF-8, which no encoder accepts, as `\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _free_id(name: str, source: Path, taken: dict[str, SourceFile]) -> str:
    """The relative name, or, where another source has the same one, a longer name."""
    folder = source if source.is_dir() else source.parent
    for parent in (PurePath(), PurePath(folder.resolve().name), folder.resolve()):
        id_ = _printable((parent / name).as_posix())
        if id_ not in taken:
            break
    return id_
