"""Folders of pinned jars: whole or not at all, whatever the repository and the machine do."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest import maven
from ingest.errors import IngestError
from ingest.maven import Artifact
from tests.ingest.maven_repository import Repository, laid, serving

CLOSED = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def nobodys_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No jars and no settings of whoever runs the tests."""
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with serving(tmp_path / "repository") as repository:
        yield repository


@pytest.fixture
def jars(repository: Repository) -> list[Artifact]:
    return [
        laid(repository.folder, "org.example:first:1.0", b"one" * 1000),
        laid(repository.folder, "org.example.deep:second:2.0-3", b"two" * 1000),
    ]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_filled_once(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    folder = tmp_path / "jars" / "both"
    assert maven.install(jars, folder, repository=repository.url)
    assert names(folder) == ["first-1.0.jar", "second-2.0-3.jar"]
    assert (folder / "first-1.0.jar").read_bytes() == b"one" * 1000
    repository.asked.clear()
    assert not maven.install(jars, folder, repository=repository.url)
    assert repository.asked == []
    assert names(folder.parent) == [".lock", "both"]


def test_progress_counts_the_bytes(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    told: list[tuple[str, int, int]] = []

    @contextmanager
    def progress(name: str, size: int) -> Iterator[Callable[[int], None]]:
        counts: list[int] = []
        yield counts.append
        told.append((name, size, sum(counts)))

    maven.install(jars, tmp_path / "jars", repository=repository.url, progress=progress)
    assert told == [("first-1.0.jar", 3000, 3000), ("second-2.0-3.jar", 3000, 3000)]


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_folder_may_be_the_repository(
    form: str, tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    assert maven.install(jars, tmp_path / "jars", repository=form.format(repository.folder))
    assert len(names(tmp_path / "jars")) == 2
    assert repository.asked == []


def test_what_maven_has_on_this_machine_is_not_downloaded(
    tmp_path: Path, repository: Repository
) -> None:
    jar = laid(tmp_path / "m2", "org.example:first:1.0", b"one")
    assert maven.install([jar], tmp_path / "jars", repository=CLOSED)


def test_jgos_own_configuration_names_repositories(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    (tmp_path / "jgo.conf").write_text(f"[repositories]\nmirror = {repository.url}\n")
    assert maven.install(jars, tmp_path / "jars")


def test_jgos_configuration_may_be_broken(tmp_path: Path, jars: list[Artifact]) -> None:
    (tmp_path / "jgo.conf").write_text("repositories = none")
    with pytest.raises(IngestError, match="The configuration of jgo"):
        maven.install(jars, tmp_path / "jars")


def test_a_wrong_checksum_changes_nothing(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    folder = tmp_path / "jars"
    maven.install(jars[:1], folder, repository=repository.url)
    path = repository.folder / "org/example/deep/second/2.0-3/second-2.0-3.jar"
    path.write_bytes(b"something else")
    with pytest.raises(IngestError, match=r"second-2\.0-3\.jar is not the file .* sha-256"):
        maven.install(jars, folder, repository=repository.url)
    assert names(folder) == ["first-1.0.jar"]
    assert names(tmp_path) == [".lock", "jars", "repository"]


def test_other_jars_in_the_folder_are_replaced(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    folder = tmp_path / "jars"
    maven.install(jars[:1], folder, repository=repository.url)
    assert maven.install(jars[1:], folder, repository=repository.url)
    assert names(folder) == ["second-2.0-3.jar"]


def test_a_damaged_jar_is_fetched_again(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    folder = tmp_path / "jars"
    maven.install(jars, folder, repository=repository.url)
    (folder / "first-1.0.jar").write_bytes(b"half of i")
    assert maven.install(jars, folder, repository=repository.url)
    assert (folder / "first-1.0.jar").read_bytes() == b"one" * 1000


def test_what_a_repository_lacks_is_named(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    missing = Artifact("org.example:nothing:9", "00")
    with pytest.raises(IngestError, match=r"127\.0\.0\.1 lacks org\.example:nothing:9\."):
        maven.install([*jars, missing], tmp_path / "jars", repository=repository.url)
    assert not (tmp_path / "jars").exists()


def test_an_unreachable_repository_is_said_without_its_password(tmp_path: Path) -> None:
    secret = "planted-4711"
    (tmp_path / "jgo.conf").write_text(
        f"[repositories]\nours = http://ann:{secret}@127.0.0.1:1/maven\n"
    )
    with pytest.raises(IngestError, match=r"from 127\.0\.0\.1: it cannot be reached") as caught:
        maven.install([Artifact("org.example:first:1.0", "00")], tmp_path / "jars")
    assert secret not in str(caught.value)
    assert "maven_repository" in caught.value.hint


def test_no_folder_is_no_repository(tmp_path: Path, jars: list[Artifact]) -> None:
    with pytest.raises(IngestError, match="There is no Maven repository"):
        maven.install(jars, tmp_path / "jars", repository=str(tmp_path / "nowhere"))


def test_a_connection_that_breaks_off_leaves_nothing(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    repository.breaks_off = True
    with pytest.raises(IngestError, match="the connection broke off"):
        maven.install(jars, tmp_path / "jars", repository=repository.url)
    assert not (tmp_path / "jars").exists()


def test_a_process_killed_half_way_leaves_nothing_in_the_way(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    repository.goes_on.clear()
    program = (
        "import sys; from pathlib import Path; from ingest import maven\n"
        f"jars = [maven.Artifact(*pair) for pair in {[(j.coordinates, j.sha256) for j in jars]}]\n"
        "maven.install(jars, Path(sys.argv[1]), repository=sys.argv[2])"
    )
    folder = tmp_path / "jars"
    process = subprocess.Popen([sys.executable, "-c", program, str(folder), repository.url])
    assert repository.halfway.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not folder.exists()
    repository.goes_on.set()
    assert maven.install(jars, folder, repository=repository.url)
    assert names(folder) == ["first-1.0.jar", "second-2.0-3.jar"]


def test_two_at_once_fetch_it_once(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    changed: list[bool] = []

    def install() -> None:
        changed.append(maven.install(jars, tmp_path / "jars", repository=repository.url))

    threads = [threading.Thread(target=install) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(changed) == [False, True]
    assert len([path for path in repository.asked if path.endswith(".jar")]) == 2


def test_a_file_in_the_way_is_said(
    tmp_path: Path, repository: Repository, jars: list[Artifact]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IngestError, match="cannot be written: "):
        maven.install(jars, tmp_path / "file" / "jars", repository=repository.url)


def test_removing_is_whole(tmp_path: Path, repository: Repository, jars: list[Artifact]) -> None:
    folder = tmp_path / "jars"
    assert not maven.remove(folder)
    maven.install(jars, folder, repository=repository.url)
    assert maven.remove(folder)
    assert names(tmp_path) == [".lock", "repository"]
