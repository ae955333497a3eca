"""Folders of jars from a Maven repository, each jar pinned by coordinates and checksum.

`ingest.connectors` fills its folders by it. Versions are pinned together with all that they need,
so nothing is resolved on a user's machine: what was tested is what is fetched.
"""

from __future__ import annotations

import configparser
import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ingest.errors import IngestError
from ingest.locks import exclusive

if TYPE_CHECKING:
    from jgo.maven import MavenContext

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Called with a file's name and its bytes; gives what is told of every bytes that came."""

_PARTIAL = ".partial"
_LOCK_SECONDS = 600.0  # as long as another process may take to download the same
_NET_SECONDS = 20
_ELSEWHERE = (
    "Name a repository that can be reached, or a folder laid out like one, as maven_repository"
    " (TRIBUTARY_MAVEN_REPOSITORY). Jars in Maven's own ~/.m2/repository are taken from there."
)


@dataclass(frozen=True, slots=True)
class Artifact:
    """One pinned file of a Maven repository, mostly a jar.

    Attributes:
        coordinates: group:artifact:version, or group:artifact:packaging:classifier:version.
        sha256: Of its bytes, in hex.
    """

    coordinates: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name in a repository.

        >>> Artifact("org.slf4j:slf4j-api:1.7.36", "").file_name
        'slf4j-api-1.7.36.jar'
        >>> Artifact("io.apicurio:apicurio-registry-app:tar.gz:all:3.0.9", "").file_name
        'apicurio-registry-app-3.0.9-all.tar.gz'
        """
        _, artifact, version, classifier, packaging = self.parts
        return "-".join(filter(None, (artifact, version, classifier))) + f".{packaging}"

    @property
    def parts(self) -> tuple[str, str, str, str, str]:
        """Group, artifact, version, classifier (mostly empty) and packaging."""
        group, artifact, *others, version = self.coordinates.split(":")
        packaging, classifier = others or ("jar", "")
        return group, artifact, version, classifier, packaging


def install(
    jars: Sequence[Artifact],
    folder: Path,
    *,
    repository: str = "",
    progress: Progress | None = None,
) -> bool:
    """Makes a folder hold exactly these jars; it never holds a part of them, even after a kill.

    Args:
        jars: What is wanted.
        folder: Where; what else is in it is removed.
        repository: Address of a Maven repository, or a folder laid out like one; empty for those
            that jgo's own configuration names, else Maven Central.
        progress: Told of every download.

    Returns:
        Whether anything had to be changed.

    Raises:
        IngestError: The repository cannot be reached or lacks a jar, a checksum is wrong, or the
            folder cannot be written.
    """
    if complete(jars, folder):
        return False
    with _writing(folder) as partial:
        if complete(jars, folder):  # another process has been here meanwhile
            return False
        context = _context(partial / "downloads", repository, progress)
        (partial / "jars").mkdir(parents=True)
        for jar in jars:
            source = _resolved(jar, context)
            _check(jar, source)
            shutil.copyfile(source, partial / "jars" / jar.file_name)
        if folder.exists():
            folder.rename(partial / "before")
        (partial / "jars").rename(folder)
        return True


def complete(jars: Sequence[Artifact], folder: Path) -> bool:
    """Whether the folder holds exactly these jars, each with its checksum."""
    if {path.name for path in folder.glob("*")} != {jar.file_name for jar in jars}:
        return False
    return all(_sha256(folder / jar.file_name) == jar.sha256 for jar in jars)


def remove(folder: Path) -> bool:
    """Removes a folder of jars at once, so that it is whole or away; False where there is none.

    Raises:
        IngestError: The folder cannot be written.
    """
    if not folder.exists():
        return False
    with _writing(folder) as partial:
        partial.mkdir()
        folder.rename(partial / "before")
    return True


@contextmanager
def _writing(folder: Path) -> Iterator[Path]:
    """A scratch folder beside `folder`, for one process at a time."""
    partial = folder.parent / _PARTIAL
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(folder.parent / ".lock", _LOCK_SECONDS, "fetching jars"):
            shutil.rmtree(partial, ignore_errors=True)  # what a killed process left
            try:
                yield partial
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise IngestError(
            f"The folder {folder} cannot be written: {error.strerror or error}.",
            hint="Check its permissions and the free space.",
        ) from error


def _context(downloads: Path, repository: str, progress: Progress | None) -> MavenContext:
    from jgo.config import GlobalSettings  # noqa: PLC0415 - needed for a download alone
    from jgo.constants import default_maven_repo  # noqa: PLC0415
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    logging.getLogger("jgo").setLevel(logging.CRITICAL)  # a wrong checksum ends in an error here
    try:
        local, remote = [default_maven_repo()], GlobalSettings.load().repositories or None
    except (configparser.Error, UnicodeDecodeError) as error:
        raise IngestError(
            "The configuration of jgo, which names Maven repositories, cannot be read.",
            hint="Correct ~/.config/jgo.conf or ~/.jgorc, or remove it.",
        ) from error
    if repository.startswith(("http://", "https://")):
        remote = {"repository": repository.rstrip("/")}
    elif repository:
        local, remote = [_folder(repository)], {}
    return MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        repo_cache=downloads,
        local_repos=local,
        remote_repos=remote,
        timeout=_NET_SECONDS,
    )


def _folder(repository: str) -> Path:
    name = url2pathname(urlsplit(repository).path) if "://" in repository else repository
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise IngestError(f"There is no Maven repository {repository}.", hint=_ELSEWHERE)
    return folder


def _resolved(jar: Artifact, context: MavenContext) -> Path:
    """Where the jar's bytes are, downloaded if need be; their checksum is still to be compared."""
    import requests  # noqa: PLC0415 - what jgo downloads with

    try:
        group, artifact, version, classifier, packaging = jar.parts
        component = context.project(group, artifact).at_version(version)
        return component.artifact(classifier, packaging).resolve()
    except requests.RequestException as error:
        raise IngestError(
            f"{jar.coordinates} could not be fetched from {_names(context)}: {_reason(error)}.",
            hint=_ELSEWHERE,
        ) from error
    except RuntimeError as error:  # jgo's word for every answer but 200
        raise IngestError(f"{_names(context)} lacks {jar.coordinates}.", hint=_ELSEWHERE) from error


def _names(context: MavenContext) -> str:
    """The repositories by host, since an address may hold a password."""
    hosts = [urlsplit(url).hostname or "?" for url in context.remote_repos.values()]
    return " or ".join(hosts or [str(folder) for folder in context.local_repos])


def _reason(error: Exception) -> str:
    """What went wrong, without an address."""
    import requests  # noqa: PLC0415

    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "it cannot be reached"


def _check(jar: Artifact, source: Path) -> None:
    found = _sha256(source)
    if found != jar.sha256:
        raise IngestError(
            f"{jar.file_name} is not the file that {jar.coordinates} names: its sha-256 is {found},"
            f" not {jar.sha256}. Nothing was changed.",
            hint="The repository gives another file, or the download was damaged: try again, or "
            "use another repository (maven_repository).",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
