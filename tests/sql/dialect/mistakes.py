"""What the dialect says of a text that it cannot read."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot.errors import ParseError

from app.sql.dialect import Flink


def mistake(text: str) -> tuple[str, tuple[int, int]]:
    """What is wrong with a text, and the line and column of it, both from 1."""
    with pytest.raises(ParseError) as caught:
        sqlglot.parse_one(text, read=Flink)
    error = caught.value.errors[0]
    return str(error["description"]), (int(error["line"]), int(error["col"]))
