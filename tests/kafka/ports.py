"""Ports for what the tests start."""

from __future__ import annotations

import socket


def free_ports(count: int) -> list[int]:
    """Ports at which nobody listens; taken together, so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports
