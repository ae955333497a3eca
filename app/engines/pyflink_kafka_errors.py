"""What failures of Kafka's client mean, in words about tables; only here are they mapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.catalog.model import Table
from app.engines.pyflink_errors import Cause
from app.errors import EngineUnavailable, QueryFailed, SourceUnavailable, TributaryError

_PROPERTIES = "properties."


class Unsupported(QueryFailed):
    """The broker is too old for the question."""


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about, for the words in which its failure is told.

    Attributes:
        tables: The tables on whose behalf it is asked, at least one.
        topic: The topic, where it is about one.
    """

    tables: Sequence[Table]
    topic: str = ""

    @property
    def servers(self) -> str:
        """The cluster's address, as the tables' definitions have it."""
        named = self.tables[0].options.get(f"{_PROPERTIES}bootstrap.servers")
        return named or "its bootstrap servers"

    @property
    def kafka(self) -> str:
        """The cluster."""
        return f"Kafka at {self.servers}"

    @property
    def names(self) -> str:
        """`table a` or `tables a, b`."""
        noun = "table" if len(self.tables) == 1 else "tables"
        return f"{noun} {', '.join(table.name for table in self.tables)}"

    @property
    def where(self) -> str:
        """Where the definitions are."""
        files = dict.fromkeys(str(table.file) for table in self.tables if table.file)
        return f"in {', '.join(files)}" if files else "in the definition"


def explained(chain: Sequence[Cause], about: About) -> TributaryError:
    """What a failure of the client means.

    Of the client's own words only the kind is told: they may repeat its properties.
    """
    for kind, words, say in _SAID:
        if any(kind in cause.kind and words in cause.message for cause in chain):
            return say(about)
    return SourceUnavailable(
        f"{about.kafka} cannot be asked ({about.names}): {chain[-1].kind}.",
        hint=f"Check that it runs, and 'properties.*' {about.where}.",
    )


def _silent(about: About) -> TributaryError:
    return SourceUnavailable(
        f"{about.kafka} does not answer ({about.names}).",
        hint=f"Check that it runs, and 'properties.bootstrap.servers' and"
        f" 'properties.security.protocol' {about.where}.",
    )


def _no_host(about: About) -> TributaryError:
    return SourceUnavailable(
        f"No host of {about.kafka} can be found ({about.names}).",
        hint=f"Check 'properties.bootstrap.servers' {about.where}.",
    )


def _no_file(about: About) -> TributaryError:
    return SourceUnavailable(
        f"A file that the properties of the {about.names} name is not there, so {about.kafka}"
        " cannot be asked.",
        hint=f"Check 'properties.ssl.*' {about.where}.",
    )


def _missing(about: About) -> TributaryError:
    return QueryFailed(
        f"The topic {about.topic} of the {about.names} does not exist on {about.kafka}.",
        hint=f"Create it, or correct 'topic' {about.where}.",
    )


def not_allowed(about: About) -> TributaryError:
    """That a topic may not be read."""
    return QueryFailed(
        f"{about.kafka} does not allow reading the topic {about.topic} of the {about.names}.",
        hint="Ask for the right to describe and to read it.",
    )


def _not_let_in(about: About) -> TributaryError:
    options = ("security.protocol", "sasl.*", "ssl.*")
    named = ", ".join(f"'{_PROPERTIES}{option}'" for option in options)
    return EngineUnavailable(
        f"{about.kafka} refused the credentials or the certificate of the {about.names}.",
        hint=f"Check {named} {about.where}.",
    )


def _not_taken(about: About) -> TributaryError:
    return EngineUnavailable(
        f"Kafka's client can do nothing with the properties of the {about.names}.",
        hint=f"Check 'properties.*' {about.where}; their names are those of Kafka's Java client.",
    )


def _too_old(about: About) -> TributaryError:
    return Unsupported(f"{about.kafka} is too old for what is asked of it ({about.names}).")


_SAID: tuple[tuple[str, str, Callable[[About], TributaryError]], ...] = (
    ("UnsupportedVersion", "", _too_old),
    ("UnknownTopicOrPartition", "", _missing),
    ("InvalidTopic", "", _missing),
    ("Authorization", "", not_allowed),
    ("Authentication", "", _not_let_in),
    ("NoSuchFile", "", _no_file),
    ("FileNotFound", "", _no_file),
    ("Ssl", "", _not_let_in),
    ("SSL", "", _not_let_in),
    ("ConfigException", "No resolvable bootstrap", _no_host),
    ("ConfigException", "", _not_taken),
    ("LoginException", "", _not_let_in),
    ("Timeout", "", _silent),
    ("Disconnect", "", _silent),
)
"""By parts of a Java exception's name and of its message."""
