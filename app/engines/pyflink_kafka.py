"""Kafka's client on the JVM's class path: made by a table's properties, and asked.

`pyflink_topics` asks it for offsets, `pyflink_checks` whether all is well. It is the client that
Flink's connector reads with, given the table's own `properties.*`: whatever a table can be read
with (TLS, SASL, Kerberos), it can be asked with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from py4j.java_gateway import JavaClass
from py4j.protocol import Py4JJavaError

from app.catalog import registration
from app.catalog.model import Table
from app.engines.pyflink_errors import FOREIGN, Cause, causes, running
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_kafka_errors import About, explained
from app.errors import QueryFailed, SourceUnavailable

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
            raise explained(silent[1], about)
        unit = self.java.java.util.concurrent.TimeUnit.SECONDS
        try:
            answer = question(self._admin()).get(_SECONDS + 1, unit)
        except Py4JJavaError as error:
            chain = causes(error)
            said = explained(chain, about)
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
