"""Kafka's client on the JVM's class path: made by a table's properties, asked, and understood.

`pyflink_topics` asks it for offsets, `pyflink_checks` whether all is well. It is the client that
Flink's connector reads with, given the table's own `properties.*`: whatever a table can be read
with (TLS, SASL, Kerberos), it can be asked with. Only here are its exceptions mapped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from py4j.java_gateway import JavaClass
from py4j.protocol import Py4JJavaError

from app.catalog import registration
from app.catalog.model import Table
from app.engines.pyflink_errors import FOREIGN, Cause, causes, running
from app.engines.pyflink_jvm import Jvm
from app.errors import EngineUnavailable, QueryFailed, SourceUnavailable, TributaryError

_SECONDS = 5
_SILENCE = 5.0  # seconds for which a cluster that did not answer is not asked again
_OPTIONS = {
    "default.api.timeout.ms": str(1000 * _SECONDS),
    "request.timeout.ms": str(500 * _SECONDS),
    # A server that takes no connection leaves time for the next one.
    "socket.connection.setup.timeout.ms": str(300 * _SECONDS),
    "client.id": "tributary",
}
_PROPERTIES = "properties."
# Where the client's classes are: in its own jar, or in the connector's bundle for SQL clients.
_HOMES = ("", "org.apache.flink.kafka.shaded.")

_Question = Callable[[Any], Any]


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


class Clients:
    """One client for all tables with the same properties; safe to use from many threads.

    Args:
        jvm: Whose class path has the connector; without it there is nothing to ask with.
        environ: Where `${NAME}` placeholders are looked up.
    """

    def __init__(self, jvm: Jvm, environ: Mapping[str, str]) -> None:
        self._jvm = jvm
        self._environ = environ
        self._lock = threading.Lock()
        self._known: dict[tuple[tuple[str, str], ...], Client] = {}

    def of(self, table: Table) -> Client | None:
        """The client of a table; None where the class path has none.

        Raises:
            ConfigError: A placeholder's variable is not set.
        """
        package = self._package()
        if package is None:
            return None
        options = {
            name.removeprefix(_PROPERTIES): registration.option(table, name, self._environ)
            for name in table.options
            if name.startswith(_PROPERTIES)
        }
        with self._lock:
            new = Client(self._jvm, package, options)
            return self._known.setdefault(tuple(sorted(options.items())), new)

    def close(self) -> None:
        """Lets the connections go."""
        with self._lock:
            clients, self._known = list(self._known.values()), {}
        for client in clients if self._jvm.alive else ():
            client.close()

    def _package(self) -> Any:
        """The Java package `org.apache.kafka`, wherever it is; None where it is not there."""
        for home in _HOMES:
            package = self._jvm.java
            for name in f"{home}org.apache.kafka".split("."):
                package = getattr(package, name)
            if isinstance(package.clients.admin.Admin, JavaClass):
                return package
        return None


class Client:
    """Asks one cluster; it takes 40 ms to make and 100 to connect, when it is first asked.

    Attributes:
        java: The view through which Java classes are named.
        kafka: The Java package `org.apache.kafka`.
    """

    def __init__(self, jvm: Jvm, kafka: Any, options: Mapping[str, str]) -> None:
        self.java, self.kafka = jvm.java, kafka
        self._options = options
        self._lock = threading.Lock()
        self._made: Any = None
        self._silent: tuple[float, tuple[Cause, ...]] | None = None

    def ask(self, question: _Question, about: About) -> Any:
        """What the cluster answers, within about 5 seconds.

        A cluster that did not answer is not asked again for a moment: what follows of the same
        question would wait as long, for nothing.

        Args:
            question: Gives the future of an answer, by the Java client.
            about: What it is about.

        Raises:
            QueryFailed: A topic does not exist, or may not be read.
            SourceUnavailable: The cluster does not answer.
            EngineUnavailable: It refuses, or the JVM is lost.
        """
        silent = self._silent
        if silent is not None and monotonic() - silent[0] < _SILENCE:
            raise _explained(silent[1], about)
        unit = self.java.java.util.concurrent.TimeUnit.SECONDS
        try:
            answer = question(self._admin()).get(_SECONDS + 1, unit)
        except Py4JJavaError as error:
            chain = causes(error)
            said = _explained(chain, about)
            if isinstance(said, SourceUnavailable):
                self._silent = monotonic(), chain
            raise said from None
        except FOREIGN as error:  # the JVM is lost
            raise running(error, "") from None
        self._silent = None
        return answer

    def matching(self, pattern: str, about: About) -> list[str]:
        """The topics whose whole names match a pattern, at least one, in order.

        Args:
            pattern: A regular expression of Java.
            about: Whose pattern it is.

        Raises:
            QueryFailed: It is no pattern, or there is no such topic.
            EngineUnavailable: As `ask`.
        """
        try:
            matching = self.java.java.util.regex.Pattern.compile(pattern).asMatchPredicate()
        except FOREIGN:
            raise QueryFailed(
                f"'topic-pattern' of the {about.names} is no pattern.",
                hint=f"Write it as Java's regular expressions are, {about.where}.",
            ) from None
        known = self.ask(lambda admin: admin.listTopics().names(), about)
        found = self.java.java.util.TreeSet(known)
        found.removeIf(matching.negate())
        if not found:
            raise QueryFailed(
                f"{about.kafka} has no topic that 'topic-pattern' of the {about.names} matches, or"
                " does not show it.",
                hint=f"Create one, correct 'topic-pattern' {about.where}, or ask for the right to"
                " read it.",
            )
        return [str(name) for name in found]

    def close(self) -> None:
        """Lets the connection go, without waiting for it."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close(self.java.java.time.Duration.ZERO)

    def _admin(self) -> Any:
        with self._lock:
            if self._made is None:
                properties = self.java.java.util.Properties()
                for name, value in {**self._options, **_OPTIONS}.items():
                    properties.setProperty(name, value)
                self._made = self.kafka.clients.admin.Admin.create(properties)
            return self._made


def _explained(chain: Sequence[Cause], about: About) -> TributaryError:
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
