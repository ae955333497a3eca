"""The process that converts documents, seen from the one that asks; `child` is the other side.

A converter may hang, fill the memory or crash on a document that was made to do so, or by mistake.
In a process of its own that is the document's problem and no other's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ingest.errors import IngestError
from ingest.formats import bounds
from ingest.formats.base import Content

_MAX_REPLY_BYTES = 4 * bounds.MAX_CHARACTERS  # UTF-8 has at most four for one
_ROOT = Path(__file__).parents[2]
# Nothing else: the environment may hold keys, which a document's reader has no business with.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")


class Worker:
    """Reads documents in a child process, which is started when it is first needed.

    Not for several threads at once.

    Args:
        seconds: For one document; then the process is ended.
        memory: Bytes of address space that the process may have.
    """

    def __init__(
        self, *, seconds: float = bounds.SECONDS, memory: int = bounds.MEMORY_BYTES
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def read(self, suffix: str, content: bytes) -> Content:
        """What the reader of a format makes of a file's bytes.

        Args:
            suffix: By which the format is known.
            content: All of the file.

        Raises:
            IngestError: The reader refused it, or it took too much time or memory.
        """
        try:
            reply = self._asked(suffix, content)
        except (EOFError, OSError) as error:
            self.close()
            raise IngestError(
                "It cannot be read: it is damaged so that its reader crashed.",
                hint="Open it in another program and save it again.",
            ) from error
        except BaseException:  # also when interrupted: the next answer would be to this question
            self.close()
            raise
        if reply.get("out_of_memory"):
            self.close()
            raise IngestError(
                f"It needs more than {bounds.megabytes(self._memory)} of memory to read.",
                hint="Split it.",
            )
        if "message" in reply:
            raise IngestError(reply["message"], hint=reply["hint"])
        return Content(tuple(reply["parts"]), reply["title"], tuple(reply["tags"]))

    def close(self) -> None:
        """Ends the process; closing twice is fine."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = self._connection = None

    def _asked(self, suffix: str, content: bytes) -> dict[str, Any]:
        connection = self._connection or self._started()
        connection.send_bytes(suffix.encode())
        connection.send_bytes(content)
        if not connection.poll(self._seconds):
            raise IngestError(
                f"It took more than {self._seconds:g} seconds to read.", hint="Split it."
            )
        reply: dict[str, Any] = json.loads(connection.recv_bytes(_MAX_REPLY_BYTES))
        return reply

    def _started(self) -> Connection:
        self.close()
        ours, theirs = Pipe()
        limits = (str(theirs.fileno()), str(self._memory), str(self._seconds))
        kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(
                # -P: no module is taken from the folder that happens to be the present one.
                [sys.executable, "-P", "-m", "ingest.formats.child", *limits],
                env={**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,  # never written to: its end tells that we have ended
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection = ours
        return ours
