"""Runs a command for as long as the process that started this one lives, and no longer.

A broker must not outlive a killed pytest, which cannot clean up: the pipe that is this process's
input closes with it, whatever ended it. Run as `python -m tests.kafka.keeper COMMAND...`.
"""

from __future__ import annotations

import subprocess
import sys
import threading

PATIENCE = 10.0


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
