"""How numbers of things are said to a user; the commands and `ingest.topics` use it."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """A number of things whose plural ends in an s.

    >>> counted(1, "row"), counted(1200, "dead letter")
    ('1 row', '1,200 dead letters')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def open_letters(topic: str, count: int) -> str:
    """That events of a topic wait for somebody to decide.

    >>> open_letters("notes", 1)
    '1 dead letter of the topic notes is open; `tributary deadletters list` says why.'
    """
    verb = "is" if count == 1 else "are"
    letters = f"{counted(count, 'dead letter')} of the topic {topic} {verb} open"
    return f"{letters}; `tributary deadletters list` says why."
