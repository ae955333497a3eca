from __future__ import annotations

import signal
import socket
import urllib.request
from typing import cast

import pytest

from app.assistant import Assistant
from app.errors import ConfigError
from app.ui import server
from tests.ui.conftest import serving
from tests.ui.scripted import ScriptedAssistant


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind((server.ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} on 127.0.0.1 is in use") as raised:
            server.serve(cast(Assistant, ScriptedAssistant()), port=port)
    assert f"--port {port + 1}" in raised.value.hint


def test_the_page_gets_the_assistant_that_is_held() -> None:
    first, second = (cast(Assistant, ScriptedAssistant()) for _ in range(2))
    with server.holding(first):
        with server.holding(second):
            assert server.current_assistant() is second
        assert server.current_assistant() is first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_it_is_told_to_end(number: signal.Signals) -> None:
    with serving() as (process, url):
        with urllib.request.urlopen(url, timeout=5) as reply:
            assert reply.status == 200
        process.send_signal(number)
        assert process.wait(5) == 0
        assert process.stdout is not None
        assert "ended" in process.stdout.read()
