"""`tributary` as a process of its own at a pseudo-terminal: what it shows, and what is typed at it.

Tests open a `Screen`. It runs this module, which is the command with a schema registry and a Kafka
cluster in memory (`tests.registries`); all else is as users have it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from unittest import mock

import pexpect

from app import __main__ as command
from app import cli_tables
from ingest.registry.cluster import UNKNOWN
from tests.registries import MemoryCluster, MemoryRegistry

ROOT = Path(__file__).parent.parent
_SECONDS, _AGAIN_SECONDS = 60, 5  # bounds for a machine that is busy
_REGISTRY = ".registry.json"
_OF_RICH = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|1A|2K)")  # for its colours and its spinner
_CHANGES_TERMINALS = ("TRIBUTARY_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_")


class Screen:
    """A terminal at which a command runs.

    Args:
        child: The process.

    Attributes:
        sent: All that the terminal was sent, character by character.
    """

    def __init__(self, child: pexpect.spawn) -> None:
        self._child = child
        self.sent = ""

    def awaits(self, text: str) -> str:
        """Waits until a text is shown, and gives what was shown since the last one, up to it."""
        self._child.expect_exact(text)
        return self._took(text)

    def types(self, line: str | bytes) -> None:
        """Types a line and Enter; bytes where they are no text."""
        os.write(self._child.child_fd, line.encode() if isinstance(line, str) else line)
        self._child.send("\n")

    def interrupted(self) -> int:
        """Types Ctrl-C, gives the exit status; where nothing happens, it is typed again.

        Python sees none that comes in the moment before it waits for a line until there is one.
        """
        for _ in range(_SECONDS // _AGAIN_SECONDS):
            self._child.sendintr()
            if self._child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=_AGAIN_SECONDS) == 0:
                break
        return self._left()

    def ends_input(self) -> None:
        """Types Ctrl-D."""
        self._child.sendeof()

    def ended(self) -> int:
        """Waits until the command is over and gives its exit status."""
        self._child.expect(pexpect.EOF)
        return self._left()

    @property
    def text(self) -> str:
        """All that was shown; a control character in it is not one of those that rich sends."""
        return _seen(self.sent)

    def _left(self) -> int:
        self._took()
        self._child.close()
        assert self._child.signalstatus is None, self._child
        return int(self._child.exitstatus)

    def _took(self, text: str = "") -> str:
        sent = f"{self._child.before}{text}"
        self.sent += sent
        return _seen(sent)


def _seen(sent: str) -> str:
    """What a person sees, who takes no notice of spaces at the end of a line."""
    return re.sub(r" *\r*\n\r*", "\n", _OF_RICH.sub("", sent))


@contextmanager
def at_terminal(
    registry: MemoryRegistry, *arguments: str, cwd: Path, width: int = 80
) -> Iterator[Screen]:
    """Runs a command at a terminal; it is killed where it has not ended at the end.

    Args:
        registry: What the schema registry knows.
        *arguments: What is written behind `tributary`.
        cwd: Its current directory.
        width: How many characters a line holds.
    """
    started, *rest = process(registry, *arguments, cwd=cwd)
    child = pexpect.spawn(
        started,
        rest,
        timeout=_SECONDS,
        cwd=str(cwd),
        env=environment(),
        encoding="utf-8",
        codec_errors="replace",
        dimensions=(24, width),
    )
    child.delaybeforesend = None  # it is for programs that switch off the echo
    try:
        yield Screen(child)
    finally:
        child.close(force=True)


def process(registry: MemoryRegistry, *arguments: str, cwd: Path) -> list[str]:
    """The command line of such a process, for where there is no terminal."""
    (cwd / _REGISTRY).write_text(json.dumps(asdict(registry)))
    return [sys.executable, "-m", "tests.at_terminal", *arguments]


def environment() -> dict[str, str]:
    """The variables of such a process, without those that change how it takes a terminal."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_CHANGES_TERMINALS)}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}


def _main() -> None:
    registry = MemoryRegistry(**json.loads(Path(_REGISTRY).read_text()))
    with (
        mock.patch.object(cli_tables, "HttpRegistry", return_value=nullcontext(registry)),
        mock.patch.object(cli_tables, "KafkaCluster", return_value=MemoryCluster(UNKNOWN)),
    ):
        command.main()


if __name__ == "__main__":
    _main()
