"""JSON and JSON Lines, in the order and with the names that the file has."""

from __future__ import annotations

import json
from typing import Any

from ingest.errors import IngestError
from ingest.formats import text
from ingest.formats.base import Content


def read_json(content: bytes) -> Content:
    """A JSON file, one value a line.

    Raises:
        IngestError: It is not JSON.
    """
    value = _parsed(text.decode(content), "It is not JSON")
    return Content((json.dumps(value, indent=2, ensure_ascii=False),))


def read_json_lines(content: bytes) -> Content:
    """JSON Lines, one record a line.

    Raises:
        IngestError: A line is not JSON.
    """
    lines = [
        json.dumps(_parsed(line, f"Line {number} is not JSON"), ensure_ascii=False)
        for number, line in enumerate(text.decode(content).split("\n"), 1)
        if line.strip()
    ]
    return Content(("\n".join(lines),))


def _parsed(source: str, complaint: str) -> Any:
    try:
        return json.loads(source)
    except json.JSONDecodeError as error:
        raise IngestError(f"{complaint}: line {error.lineno}: {error.msg}.") from error
    except ValueError as error:  # a number of thousands of digits
        raise IngestError(f"{complaint} that can be read: {error}.") from error
