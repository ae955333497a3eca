"""Serves the chat page from this process, so that the page uses the assistant's warm Flink.

`cli` calls `serve`; the page, which Streamlit runs as a script of its own, asks for
`current_assistant`.
"""

from __future__ import annotations

import asyncio
import atexit
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import ConfigError
from app.uploads import UPLOAD_BYTES

if TYPE_CHECKING:
    from app.assistant import Assistant

ADDRESS = "127.0.0.1"
PAGE = Path(__file__).with_name("chat.py")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GRACE_SECONDS = 0.7

_OPTIONS: dict[str, Any] = {
    "server.address": ADDRESS,
    "server.allowedHosts": [ADDRESS, "localhost"],
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": UPLOAD_BYTES // 1_000_000,
    "server.enableStaticServing": False,
    "browser.serverAddress": ADDRESS,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "runner.magicEnabled": False,
    "logger.level": "warning",
    "theme.baseRadius": "0.6rem",
    "theme.headingFontSizes": ["1.9rem", "1.35rem", "1.15rem", "1rem", "1rem", "1rem"],
    "theme.headingFontWeights": [650, 600, 600, 600, 600, 600],
    "theme.metricValueFontSize": "2.4rem",
    "theme.chartCategoricalColors": [
        "#1a8aa5", "#e08a3c", "#6a5acd", "#5f9e4a", "#c2506b", "#8c6d46", "#4a7fd0", "#808b96",
    ],
    "theme.light.primaryColor": "#0f6e84",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f2f6f7",
    "theme.light.textColor": "#17262b",
    "theme.light.borderColor": "#dde5e8",
    "theme.dark.primaryColor": "#4fb3ca",
    "theme.dark.backgroundColor": "#12191c",
    "theme.dark.secondaryBackgroundColor": "#1b2529",
    "theme.dark.textColor": "#e4ecee",
    "theme.dark.borderColor": "#2c393e",
}  # fmt: skip


class _Holder:
    """What the pages of this process show; Streamlit gives a script no arguments."""

    assistant: Assistant | None = None
    opening = threading.Lock()


def serve(
    assistant: Assistant,
    *,
    port: int,
    on_ready: Callable[[str], object] | None = None,
) -> None:
    """Serves the chat page until Ctrl-C or SIGTERM; the assistant stays open.

    Args:
        assistant: What answers.
        port: Where to listen, on 127.0.0.1 only.
        on_ready: Called once with the page's address when it can be opened.

    Raises:
        ConfigError: The port is taken or may not be used.
    """
    require_free(port)
    _configure(port)

    def ready() -> None:
        if on_ready is not None:
            on_ready(f"http://{ADDRESS}:{port}")

    with holding(assistant), _kept_signal_handlers(), suppress(KeyboardInterrupt):
        asyncio.run(_serve_until_stopped(ready))


@contextmanager
def holding(assistant: Assistant) -> Iterator[None]:
    """Lets the pages of this process show the assistant."""
    before, _Holder.assistant = _Holder.assistant, assistant
    try:
        yield
    finally:
        _Holder.assistant = before


def current_assistant() -> Assistant:
    """The assistant that the page shows.

    Where nothing serves the page (`streamlit run app/ui/chat.py`), one is opened by the settings.

    Raises:
        TributaryError: The settings are wrong.
    """
    with _Holder.opening:
        if _Holder.assistant is None:
            _Holder.assistant = _own_assistant()
        return _Holder.assistant


def _own_assistant() -> Assistant:
    from app.settings import load  # noqa: PLC0415 - only where no caller chose already
    from app.wiring import connect  # noqa: PLC0415

    assistant = connect(load())
    atexit.register(assistant.close)
    assistant.warm_up_in_background()
    return assistant


def require_free(port: int) -> None:
    """Sees to it that the page could be served.

    Raises:
        ConfigError: The port is taken or may not be used.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            known = {errno.EADDRINUSE: "is in use", errno.EACCES: "may not be used by this user"}
            why = known.get(error.errno or 0, f"cannot be used: {error}")
            raise ConfigError(
                f"Port {port} on {ADDRESS} {why}.",
                hint=f"Choose another with --port {port + 1}, or end what listens there.",
            ) from error


def _configure(port: int) -> None:
    from streamlit.web import bootstrap  # noqa: PLC0415 - a second, needed only to serve

    options = {**_OPTIONS, "server.port": port, "browser.serverPort": port}
    bootstrap.load_config_options(options)
    # uvicorn tells its life story at INFO; only trouble belongs on the user's terminal.
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)


async def _serve_until_stopped(ready: Callable[[], None]) -> None:
    from streamlit.web import bootstrap  # noqa: PLC0415 - as above
    from streamlit.web.server import Server  # noqa: PLC0415

    stop = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Not `bootstrap.run`: that watches configuration files, puts `app/ui` on the import path and
    # waits for the browser to let go before it returns.
    server = Server(str(PAGE), is_hello=False)
    await server.start()
    bootstrap.prepare_streamlit_environment(str(PAGE))
    ready()
    await stop.wait()
    server.stop()
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.ensure_future(server.stopped), _GRACE_SECONDS)


@contextmanager
def _kept_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
