"""The process that `worker` starts: reads documents within limits until its parent goes."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from ingest.errors import IngestError
from ingest.formats import BY_SUFFIX

# No converter needs these; a document that brings one to try gets no further.
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main(descriptor: int, memory: int, seconds: float) -> None:
    """Answers until the other end is closed.

    Args:
        descriptor: The open end of a pipe; a suffix, then a file's bytes come in, JSON goes out.
        memory: The most address space, in bytes.
        seconds: For one document; the parent ends the process then.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_refuse)
    connection = Connection(descriptor)
    while True:
        try:
            suffix, content = connection.recv_bytes().decode(), connection.recv_bytes()
        except EOFError:
            return
        # If the parent is killed while native code runs, no thread notices.
        _limit(resource.RLIMIT_CPU, int(time.process_time() + 2 * seconds) + 1)
        reply = json.dumps(_answer(suffix, content), ensure_ascii=False)
        connection.send_bytes(reply.encode("utf-8", "ignore"))


def _answer(suffix: str, content: bytes) -> dict[str, Any]:
    format_ = BY_SUFFIX[suffix]
    try:
        return asdict(format_.read(content))
    except IngestError as error:
        return {"message": error.message, "hint": error.hint}
    except RecursionError:
        return {"message": "It is nested too deeply to be read.", "hint": ""}
    except Exception as error:  # noqa: BLE001 - converters raise anything on what is damaged
        if _is_memory(error):
            return {"out_of_memory": True}
        return {
            "message": f"It is damaged: it cannot be read as {format_.label}.",
            "hint": "Open it in another program and save it again.",
        }


def _is_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (most, hard))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    flags = arguments[2] if event == "open" else 0
    if event.startswith(_FORBIDDEN) or (isinstance(flags, int) and flags & _WRITING):
        raise PermissionError(f"{event} is not for a document's reader")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
