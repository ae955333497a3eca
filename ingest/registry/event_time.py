"""Which column of a topic's records tells when they happened; `draft` calls it.

A record whose event time is null is in no window and in no time range of a question, so only
columns that are never null are taken without being asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.registry.model import Column

RECORD = ""
"""Stands for the timestamp that Kafka keeps with each record."""

Ask = Callable[[str, Sequence[Column]], str | None]
"""Asks which of a topic's columns it is; None where nobody is there or nobody knows."""

_EVENT = ("event_time", "event_timestamp", "event_ts", "event_at", "occurred_at", "happened_at")
_MADE = ("created_at", "created", "created_time", "timestamp", "ts", "time")
_OF_TOPIC = ("{}_time", "{}_at", "{}_timestamp", "{}_ts", "{}_date")


@dataclass(frozen=True, slots=True)
class EventTime:
    """The choice.

    Attributes:
        column: The column's name, or `RECORD`.
        why: A clause that says why, for the file.
    """

    column: str
    why: str


def choose(topic: str, columns: Sequence[Column], ask: Ask, wanted: str | None = None) -> EventTime:
    """Chooses the event time of a topic.

    Args:
        topic: Its name.
        columns: What its records hold.
        ask: Where several columns could be it.
        wanted: A column that somebody chose, or `RECORD`; None for neither. One that is not there
            is as good as none.
    """
    moments = [column for column in columns if column.instant]
    if wanted is not None and (wanted == RECORD or any(c.name == wanted for c in moments)):
        return EventTime(wanted, "it was chosen by hand")
    certain = [column for column in moments if not column.type.nullable]
    if len(certain) == 1:
        alone = "only timestamp" if len(moments) == 1 else "only timestamp that is never null"
        return EventTime(certain[0].name, f"it is the {alone}")
    named = _by_name(topic, [column.name for column in certain])
    if named:
        return EventTime(named, "of the timestamps, its name says so")
    return _asked(topic, certain or moments, ask)


def _asked(topic: str, moments: Sequence[Column], ask: Ask) -> EventTime:
    if not moments:
        return EventTime(RECORD, "the schema has no timestamp")
    names = [column.name for column in moments]
    answer = ask(topic, moments)
    if answer == RECORD or answer in names:
        return EventTime(answer, "it was chosen when this file was made")
    listed = ", ".join(names)
    if all(column.type.nullable for column in moments):
        return EventTime(RECORD, f"{listed} may be null")
    return EventTime(RECORD, f"which of {listed} it is, the schema does not say")


def _by_name(topic: str, names: Sequence[str]) -> str:
    """The name that most likely is the event time's; empty where none stands out."""
    plain = {_snake(name): name for name in names}
    thing = _singular(topic)
    order = (*_EVENT, *(form.format(thing) for form in _OF_TOPIC), *_MADE)
    return next((plain[name] for name in order if name in plain), "")


def _snake(name: str) -> str:
    """`orderTime` and `order-time` as `order_time`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]", "_", name).lower()


def _singular(topic: str) -> str:
    """What one record of a topic is.

    >>> _singular("shop.orders"), _singular("page-views"), _singular("deliveries")
    ('order', 'page_view', 'delivery')
    """
    last = _snake(topic.rsplit(".", 1)[-1])
    if last.endswith("ies"):
        return f"{last[:-3]}y"
    return last[:-1] if last.endswith("s") and not last.endswith("ss") else last
