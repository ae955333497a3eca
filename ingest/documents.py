"""Files to text: which files a source holds, and what each one says.

A file that cannot be read never stops the others: it becomes a `FileProblem`. `ingest.sync` calls
`find_files`, then `read` on those that changed; `ingest.chunks` cuts the text.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from ingest.errors import IngestError

MAX_BYTES = 20_000_000

_MARKDOWN = frozenset({".md", ".markdown"})
_TEXT = frozenset({".txt", ".text"})
_HTML = frozenset({".html", ".htm"})
_PDF = frozenset({".pdf"})
FORMATS = _MARKDOWN | _TEXT | _HTML | _PDF


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
    """A file found in a source.

    Attributes:
        id: The document's id: its path relative to the folder it came from, with `/`.
        path: Where it lies.
        size: Bytes.
        mtime_ns: Its modification time.
    """

    id: str
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class DocumentText:
    r"""What a file says.

    Attributes:
        text: The extracted text; line ends are `\n`.
        sha256: Of the file's bytes.
        markdown: Whether `#` lines in the text are headings.
        title: What it calls itself where it has no headings; may be empty.
        kind: The format, such as `pdf`.
        tags: What it says that it is tagged with.
        pages: The offset in the text where each page begins; empty where there are no pages.
    """

    text: str
    sha256: str
    markdown: bool
    title: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()


def find_files(sources: Sequence[Path]) -> tuple[list[SourceFile], list[FileProblem]]:
    """The readable-looking files of files and folders, each document id once.

    Hidden files and folders are passed over in silence. A link inside a folder is followed only to
    a file inside the same folder.

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
            file = None if real in seen else _accepted(name, path, problems)
            if file is not None:
                seen.add(real)
                id_ = _free_id(file.id, source, found)
                found[id_] = replace(file, id=id_)
    return sorted(found.values(), key=lambda file: file.id), problems


def read(file: SourceFile) -> DocumentText:
    """The text of a file.

    Raises:
        IngestError: It cannot be read, is too large, damaged, not text, or holds no text.
    """
    if file.size > MAX_BYTES:
        raise IngestError(
            f"It has {file.size / 1e6:.1f} MB; up to {MAX_BYTES // 1_000_000} MB are read.",
            hint="Split it.",
        )
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise IngestError(
            f"It cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    suffix = file.path.suffix.lower()
    text, title = _extract(content, suffix)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        hint = "A scanned PDF needs text recognition first." if suffix in _PDF else ""
        raise IngestError("There is no text in it.", hint=hint)
    digest = hashlib.sha256(content).hexdigest()
    return DocumentText(text, digest, suffix in _MARKDOWN | _HTML, title, _kind(suffix))


def _kind(suffix: str) -> str:
    kinds = {"markdown": _MARKDOWN, "text": _TEXT, "html": _HTML, "pdf": _PDF}
    return next(kind for kind, suffixes in kinds.items() if suffix in suffixes)


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


def _accepted(name: str, path: Path, problems: list[FileProblem]) -> SourceFile | None:
    suffix = _printable(path.suffix.lower())
    if suffix not in FORMATS:
        kind = f"a {suffix} file" if suffix else "a file without an ending"
        message = f"It is not a document Tributary can read: {kind}."
        problems.append(problem_of(path, message, f"It reads {', '.join(sorted(FORMATS))}."))
        return None
    if _printable(name) != name:
        problems.append(problem_of(path, "Its name or a folder's is not UTF-8.", "Rename it."))
        return None
    try:
        status = path.stat()
    except OSError as error:
        problems.append(_unreadable(path, error))
        return None
    if not stat.S_ISREG(status.st_mode):  # opening a named pipe would wait for ever
        problems.append(problem_of(path, "It is not a regular file."))
        return None
    return SourceFile(name, path, status.st_size, status.st_mtime_ns)


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


def _extract(content: bytes, suffix: str) -> tuple[str, str]:
    """The text and, where it is not in a heading, the title."""
    if suffix not in _HTML | _PDF:
        return _plain(content), ""
    from ingest import markup  # noqa: PLC0415 - half a second, needed only for these

    if suffix in _HTML:
        return markup.html(content), ""
    text = markup.pdf(content)
    return text, markup.title_line(text)


def _plain(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IngestError(
            f"It is not UTF-8 text (byte {error.start}).", hint="Save it as UTF-8."
        ) from error
    if "\0" in text:
        raise IngestError("It is binary, not text.", hint="Check the file's ending.")
    return text
