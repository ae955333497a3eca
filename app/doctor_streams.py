"""What `tributary doctor` asks Kafka and schema registries about the tables that name them.

Each is asked once, with what its tables say of it, and has about 5 seconds to answer; all of a kind
are asked side by side. A Flink cluster of the user's may reach what this machine does not: that one
does not answer here is no fault then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from app.catalog import registration
from app.catalog.model import Table
from app.document_index import made
from app.engines.pyflink_checks import Checked, check
from app.errors import IngestError
from ingest import connectors, kafka_client
from ingest.kafka_client import KafkaEndpoint
from ingest.registry.client import HttpRegistry, NotLetIn, RegistryAway, RegistryEndpoint

Said = tuple[bool, str]
"""Whether something is as it should be, and what was found."""

_KAFKA = ("kafka", "upsert-kafka")
_REGISTRY = "avro-confluent."
_ADDRESSES = (f"{_REGISTRY}url", f"{_REGISTRY}schema-registry.url")
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where and with what the tables are read.

    Attributes:
        environ: Where `${NAME}` placeholders are looked up.
        state_dir: Where a JVM's logs and temporary files go.
        connectors: Folder of connector jars.
        flink: REST address of the user's own Flink cluster; empty where Flink runs here.
    """

    environ: Mapping[str, str]
    state_dir: Path
    connectors: Path
    flink: str = ""


def kafka(tables: Sequence[Table], around: Surroundings) -> Iterator[Said]:
    """Whether the brokers answer and let in, and the topics are there and may be read."""
    over_kafka = [table for table in _ready(tables, around) if table.connector in _KAFKA]
    if not over_kafka:
        return
    found = None
    if connectors.class_path(around.connectors):
        found = check(
            over_kafka,
            around.environ,
            state_dir=made(around.state_dir),
            connectors=around.connectors,
        )
    if found is None:
        yield _not_asked(over_kafka, around)
        return
    for checked in found:
        yield from _told(checked, around)


def kafka_of_documents(endpoint: KafkaEndpoint, environ: Mapping[str, str]) -> Said:
    """Whether the cluster that topics of documents are read from answers and lets in."""
    try:
        kafka_client.require_answer(endpoint, environ)
    except IngestError as error:
        return False, f"{error} (setting kafka_bootstrap)"
    return True, f"{endpoint.bootstrap} answers (setting kafka_bootstrap, for documents)"


def registries(tables: Sequence[Table], around: Surroundings) -> Iterator[Said]:
    """Whether the schema registries that formats name answer and let in."""
    found: dict[RegistryEndpoint, list[_Use]] = {}
    for use in (use for table in _ready(tables, around) for use in _uses(table, around.environ)):
        if use.is_javas_own:
            name = use.table.name
            yield True, f"{use.host} is not asked: only Flink has what {name} uses for it"
            continue
        try:
            found.setdefault(use.endpoint(), []).append(use)
        except IngestError as error:
            yield False, _with_tables(error, [use])
    if not found:
        return
    with ThreadPoolExecutor(len(found)) as threads:
        yield from threads.map(partial(_registry, around), found, found.values())


def _ready(tables: Sequence[Table], around: Surroundings) -> list[Table]:
    """The tables whose placeholders are filled; the others are told of elsewhere."""
    return [table for table in tables if not registration.unset(table, around.environ)]


def _not_asked(tables: Sequence[Table], around: Surroundings) -> Said:
    names = _listed([table.name for table in tables])
    if around.flink:
        return True, f"not asked for {names}: only the Flink cluster has a client for it"
    return (
        False,
        f"not asked for {names}: its connector is missing; run `tributary connectors add kafka`.",
    )


def _told(checked: Checked, around: Surroundings) -> Iterator[Said]:
    if checked.away and around.flink:
        yield True, f"{checked.servers} {_unknown(checked.tables, around)}"
        return
    if checked.readable:
        yield True, f"{checked.servers} answers; readable: {_listed(checked.readable)}"
    for problem in checked.problems:
        yield False, str(problem)


@dataclass(frozen=True, slots=True)
class _Use:
    """That a table's format uses a registry.

    Attributes:
        table: The table.
        prefix: What the names of the registry's options begin with.
        address: Its address, placeholders filled; it may hold credentials.
        environ: Where placeholders are looked up.
    """

    table: Table
    prefix: str
    address: str
    environ: Mapping[str, str]

    @property
    def is_javas_own(self) -> bool:
        """Whether certificates or credentials are in a form that only Java's client takes."""
        names = self.table.options
        source = names.get(f"{self.prefix}basic-auth.credentials-source", "")
        return source.upper() == "SASL_INHERIT" or any(
            name.startswith((f"{self.prefix}ssl.", f"{self.prefix}properties.")) for name in names
        )

    @property
    def host(self) -> str:
        """Host and port, as far as no placeholder stands for them."""
        # Concealed before it is split: a `/` in a secret would have it end within.
        address = self.concealed(self.address)
        return (_split(address).netloc or address).rpartition("@")[2]

    def concealed(self, text: str) -> str:
        """A text with the placeholders put back."""
        return registration.conceal(text, [self.table], self.environ)

    def endpoint(self) -> RegistryEndpoint:
        """How it is reached.

        Raises:
            IngestError: The address is none.
        """

        def value(name: str) -> str:
            return registration.option(self.table, f"{self.prefix}{name}", self.environ)

        parts = _split(self.address)
        held, _, host = parts.netloc.rpartition("@")
        address = urlunsplit(parts._replace(netloc=host))
        user_info = value("basic-auth.user-info") or unquote(held)
        token = "" if user_info else value("bearer-auth.token")
        return RegistryEndpoint(address.rstrip("/"), user_info, token)


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # such as an address of IPv6 without an end
        return urlsplit("")


def _uses(table: Table, environ: Mapping[str, str]) -> Iterator[_Use]:
    for name in table.options:
        for ending in _ADDRESSES:
            if name == ending or name.endswith(f".{ending}") or name == f"debezium-{ending}":
                prefix = name.removesuffix(ending) + _REGISTRY
                # Of several addresses Flink takes the first that answers; one stands for all.
                address = registration.option(table, name, environ).split(",")[0].strip()
                yield _Use(table, prefix, address, environ)


def _registry(around: Surroundings, endpoint: RegistryEndpoint, uses: Sequence[_Use]) -> Said:
    names, first = [use.table.name for use in uses], uses[0]
    try:
        with HttpRegistry(endpoint, seconds=_SECONDS, retries=0) as registry:
            registry.subjects()
    except NotLetIn as error:
        options = f"'{first.prefix}basic-auth.*' or '{first.prefix}bearer-auth.*'"
        return False, f"{first.concealed(error.message)} Set {options} of {_listed(names)}."
    except IngestError as error:
        if around.flink and isinstance(error, RegistryAway):
            return True, f"{first.host} {_unknown(names, around)}"
        return False, _with_tables(error, uses)
    return True, f"{first.host} answers ({_listed(names)})"


def _with_tables(error: IngestError, uses: Sequence[_Use]) -> str:
    names = _listed([use.table.name for use in uses])
    return f"{uses[0].concealed(error.message).rstrip('.')} ({names}). {error.hint}"


def _unknown(tables: Sequence[str], around: Surroundings) -> str:
    return (
        f"does not answer this machine ({_listed(tables)}); whether it answers the Flink cluster at"
        f" {around.flink} cannot be asked from here"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))
