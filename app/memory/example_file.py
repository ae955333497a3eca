"""The text of an example's file: a question as a comment, the SQL that answers it below.

    -- question: Which carriers have the most late parcels in the last hour?
    -- asked: 2026-11-22T17:30:00+00:00
    SELECT ...

Every Flink tool reads it as one statement, and people may edit it by hand: headers may stand in any
order or be missing, a question may go over several lines, each with its own `-- question:`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_HEADER = re.compile(r"\s*--\s*(question|asked)\s*:[ ]?(.*)", re.IGNORECASE)
_END = "--"
"""A line that ends the headers, where the SQL itself begins with what looks like one."""

Contents = tuple[str, str, datetime | None]
"""Question, SQL, and when it was asked."""


def normal_question(text: str) -> str:
    """The question as a file can hold it: no line ends but newlines, nothing outside Unicode."""
    lines = "\n".join(_encodable(text).replace("\0", "").splitlines())
    return lines.strip()


def normal_sql(text: str) -> str:
    """The SQL as a file can hold it."""
    return _encodable(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def write(question: str, sql: str, asked_at: datetime | None) -> str:
    r"""The text of the file; `read` gives back what is in normal form.

    >>> write("How many orders?", "SELECT COUNT(*) FROM orders", None)
    '-- question: How many orders?\nSELECT COUNT(*) FROM orders\n'
    """
    headers = [f"-- question: {line}" for line in question.split("\n")]
    if asked_at is not None:
        headers.append(f"-- asked: {asked_at.isoformat()}")
    first = sql.split("\n", 1)[0]
    if _HEADER.fullmatch(first) or first.strip() == _END:
        headers.append(_END)
    return "\n".join([*headers, sql, ""])


def read(text: str) -> Contents:
    """What the text of a file says; empty strings for what it does not."""
    lines = normal_sql(text).split("\n")
    question, asked = list[str](), ""
    at = 0
    while at < len(lines):
        header = _HEADER.fullmatch(lines[at])
        if header is None and lines[at].strip():
            break
        if header and header[1].lower() == "question":
            question.append(header[2])
        elif header:
            asked = header[2]
        at += 1
    if at < len(lines) and lines[at].strip() == _END:
        at += 1
    return "\n".join(question).strip(), "\n".join(lines[at:]).strip(), _moment(asked)


def _moment(text: str) -> datetime | None:
    """None for what is no moment: an example is of use without it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
