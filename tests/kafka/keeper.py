"""Processes that live as long as the tests that started them, and no longer.

A broker must not outlive a killed pytest, which cannot clean up. So it is started by a small
process between the two (this file, run as a module), whose input is a pipe from the tests: it
closes with them, whatever ended them.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

PATIENCE = 10.0


class Kept:
    """A running command.

    Args:
        command: What to run.
        output: The file that what it prints is added to.
    """

    def __init__(self, command: list[str], output: Path) -> None:
        with output.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kafka.keeper", *command],
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                cwd=Path(__file__).parents[2],
                start_new_session=True,  # a Ctrl-C reaches the tests first
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Asks it to end, and kills it if it does not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(2 * PATIENCE)


def main(command: list[str]) -> int:
    """Runs the command until it ends or the input closes; gives its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_stop_at_end_of_input, args=(child,), daemon=True).start()
    return child.wait()


def _stop_at_end_of_input(child: subprocess.Popen[bytes]) -> None:
    sys.stdin.buffer.read()
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
