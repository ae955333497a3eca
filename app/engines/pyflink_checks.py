"""Whether Kafka lets the topics of tables be read: `tributary doctor` asks, with no Flink running.

A JVM runs as long as it is asked, for only Kafka's Java client takes whatever properties a table
may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.catalog import registration
from app.catalog.model import Table
from app.engines import pyflink_jvm
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_kafka import Client, Clients
from app.engines.pyflink_kafka_errors import About, not_allowed
from app.errors import SourceUnavailable, TributaryError

_PATTERN = "topic-pattern"


@dataclass(frozen=True, slots=True)
class Checked:
    """What one cluster said, or why it said nothing.

    Attributes:
        servers: The cluster's address, as the tables' definitions have it.
        tables: All tables that were asked for.
        readable: Those whose topics may be read.
        problems: What is wrong with the others.
        away: Whether it did not answer, which may be otherwise on another machine.
    """

    servers: str
    tables: tuple[str, ...]
    readable: tuple[str, ...] = ()
    problems: tuple[TributaryError, ...] = ()
    away: bool = False


def check(
    tables: Iterable[Table], environ: Mapping[str, str], *, state_dir: Path, connectors: Path
) -> tuple[Checked, ...] | None:
    """Asks each cluster once, all of them side by side; each has about 5 seconds to answer.

    Args:
        tables: Tables over Kafka whose placeholders can all be filled.
        environ: Where their `${NAME}` placeholders are looked up.
        state_dir: Where the JVM's logs and temporary files go.
        connectors: Folder of connector jars.

    Returns:
        What each said; None where the connectors bring no client to ask with.

    Raises:
        EngineUnavailable: There is no usable Java.
        ConfigError: A placeholder cannot be filled.
    """
    jvm = pyflink_jvm.acquire(state_dir, environ, connectors)
    clients = Clients(jvm, environ)
    try:
        return _checked(jvm, clients, tables, environ)
    finally:
        jvm.readers.submit(clients.close).result()
        pyflink_jvm.release(jvm)


def _checked(
    jvm: Jvm, clients: Clients, tables: Iterable[Table], environ: Mapping[str, str]
) -> tuple[Checked, ...] | None:
    clusters: dict[Client, list[Table]] = {}
    for table in tables:
        client = jvm.readers.submit(partial(clients.of, table)).result()
        if client is None:
            return None
        clusters.setdefault(client, []).append(table)
    asked = [
        jvm.readers.submit(partial(_ask, client, named, environ))
        for client, named in clusters.items()
    ]
    return tuple(future.result() for future in asked)


def _ask(client: Client, tables: Sequence[Table], environ: Mapping[str, str]) -> Checked:
    """What a cluster says of tables with the same properties."""
    about = About(tables)
    names = tuple(table.name for table in tables)
    try:
        client.ask(lambda admin: admin.describeCluster().nodes(), about)
    except TributaryError as error:
        away = isinstance(error, SourceUnavailable)
        return Checked(about.servers, names, problems=(error,), away=away)
    wrong = {table.name: tuple(_problems(client, table, environ)) for table in tables}
    return Checked(
        about.servers,
        names,
        readable=tuple(name for name in names if not wrong[name]),
        problems=tuple(problem for problems in wrong.values() for problem in problems),
    )


def _problems(client: Client, table: Table, environ: Mapping[str, str]) -> list[TributaryError]:
    """Why the topics of a table cannot be read."""
    problems: list[TributaryError] = []
    if pattern := registration.option(table, _PATTERN, environ):
        looks = [partial(_require_match, client, pattern, About([table]))]
    else:
        topics = map(str.strip, registration.option(table, "topic", environ).split(";"))
        looks = [
            partial(
                _require_readable,
                client,
                [topic],
                About([table], registration.conceal(topic, [table], environ)),
            )
            for topic in topics
        ]
    for look in looks:
        try:
            look()
        except TributaryError as error:
            problems.append(error)
    return problems


def _require_match(client: Client, pattern: str, about: About) -> None:
    """Raises why the topics of a pattern cannot be read, if one cannot or if there is none."""
    _require_readable(client, client.matching(pattern, about), about)


def _require_readable(client: Client, topics: Sequence[str], about: About) -> None:
    """Raises why one of these topics cannot be read, if one cannot."""
    reading = client.kafka.common.acl.AclOperation.READ
    named = client.java.java.util.ArrayList()
    named.addAll(topics)

    def describe(admin: Any) -> Any:
        options = client.kafka.clients.admin.DescribeTopicsOptions()
        return admin.describeTopics(
            named, options.includeAuthorizedOperations(True)
        ).allTopicNames()

    described = client.ask(describe, about)
    for topic in topics:
        allowed = described.get(topic).authorizedOperations()
        if allowed is not None and not allowed.contains(reading):
            raise not_allowed(About(about.tables, topic))
