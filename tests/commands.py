"""The `tributary` command called within the process of the tests.

A process of its own takes a second to load, and ten where it starts a Flink. So whatever is about
what a command says and does is called here, on the JVM that the run has anyway; `tests.test_cli`
has the command as a process, which is what the process itself is tested by.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from rich.console import Console

from app import cli, terminal

_WIDTH = 120


def called(*args: str, cwd: Path, env: Mapping[str, str] | None = None) -> CompletedProcess[str]:
    """Runs one command to its end.

    Args:
        *args: What is written behind `tributary`.
        cwd: The current directory meanwhile.
        env: Variables that are set meanwhile; no other TRIBUTARY_ one is.
    """
    out, err = io.StringIO(), io.StringIO()
    with (
        _as_a_process(args, cwd, env or {}),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return CompletedProcess(args, _status(ended.value.code), out.getvalue(), err.getvalue())


def _status(code: object) -> int:
    """The exit status that the interpreter makes of what it is ended with."""
    assert code is None or isinstance(code, int), code
    return code or 0


@contextmanager
def _as_a_process(args: tuple[str, ...], cwd: Path, env: Mapping[str, str]) -> Iterator[None]:
    """What a process has for itself: arguments, variables, directory, input and signals."""
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TRIBUTARY_")]:
            patch.delenv(name)
        for name, value in {**env, "COLUMNS": str(_WIDTH)}.items():
            patch.setenv(name, value)
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["tributary", *args])
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setattr(terminal, "out", Console(highlight=False, width=_WIDTH))
        patch.setattr(terminal, "err", Console(stderr=True, highlight=False, width=_WIDTH))
        try:
            yield
        finally:
            for one, handler in handlers.items():
                signal.signal(one, handler)
