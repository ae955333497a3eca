"""A schema registry as an import asks it: a real one, and broken ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient

from ingest.errors import IngestError
from ingest.registry.client import HttpRegistry, RegistryEndpoint
from tests.kafka.registry import Registry
from tests.registries import a_field, record

SECRET = "planted-secret"
ORDER = record("Order", a_field("id", "string"))
CUSTOMER = record("Customer", a_field("address", "Address"))
ADDRESS = record("Address", a_field("street", "string"))
BOTH = record("Order", a_field("address", "Address"), a_field("customer", "Customer"))


Answers = dict[str, tuple[int, object]]


@pytest.fixture
def client(registry: Registry) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": registry.url})


def avro(schema: object, *references: SchemaReference) -> Schema:
    return Schema(json.dumps(schema), "AVRO", list(references))


@pytest.mark.kafka
def test_subjects_and_versions(registry: Registry, client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(ORDER))
    wider = record("Order", a_field("id", "string"), a_field("n", "int", default=0))
    newest = client.register_schema("orders-value", avro(wider))
    with HttpRegistry(RegistryEndpoint(registry.url)) as asked:
        assert asked.subjects() == ["orders-value"]
        latest = asked.version("orders-value")
        assert (latest.version, latest.id, latest.kind) == (2, newest, "AVRO")
        assert json.loads(latest.text) == wider
        assert json.loads(asked.version("orders-value", 1).text) == ORDER


@pytest.mark.kafka
def test_references_stand_behind_those_that_they_need(
    registry: Registry, client: SchemaRegistryClient
) -> None:
    address, customer = (SchemaReference(n, n.lower(), 1) for n in ("Address", "Customer"))
    client.register_schema("address", avro(ADDRESS))
    client.register_schema("customer", avro(CUSTOMER, address))
    client.register_schema("orders-value", avro(BOTH, customer, address))
    with HttpRegistry(RegistryEndpoint(registry.url)) as asked:
        found = asked.version("orders-value").references
    assert [(name, json.loads(text)) for name, text in found] == [
        ("Address", ADDRESS),
        ("Customer", CUSTOMER),
    ]


@pytest.mark.kafka
def test_credentials_are_sent_and_never_said(
    registry: Registry, client: SchemaRegistryClient
) -> None:
    client.register_schema("orders-value", avro(ORDER))
    given = RegistryEndpoint(registry.url, user_info=f"me:{SECRET}")
    with registry.requires("me", SECRET), HttpRegistry(given) as asked:
        assert asked.subjects() == ["orders-value"]
    assert SECRET not in repr(given)
    wrong = RegistryEndpoint(registry.url, user_info=f"me:{SECRET}x")
    with (
        registry.requires("me", SECRET),
        HttpRegistry(wrong) as asked,
        pytest.raises(IngestError, match="does not accept the credentials") as caught,
    ):
        asked.subjects()
    assert SECRET not in str(caught.value)
    token = RegistryEndpoint(registry.url, token=SECRET)
    with registry.requires(bearer=SECRET), HttpRegistry(token) as asked:
        assert asked.subjects() == ["orders-value"]


@pytest.mark.kafka
def test_what_is_not_there_is_said(registry: Registry, client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(ORDER))
    with HttpRegistry(RegistryEndpoint(registry.url)) as asked:
        with pytest.raises(IngestError, match="has no subject nothing-value"):
            asked.version("nothing-value")
        with pytest.raises(IngestError, match="no longer has a schema that orders-value needs"):
            asked.version("orders-value", 7)


@pytest.fixture
def answering() -> Iterator[Callable[[Answers], str]]:
    """Starts a server that gives these answers, by path, and nothing sensible for others."""
    servers: list[ThreadingHTTPServer] = []

    def start(answers: Answers) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers.get(self.path.partition("?")[0], (200, "<html>"))
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


FAULTS: dict[str, tuple[tuple[int, object], str]] = {
    "a page": ((200, "<html>"), "no schema registry's answer"),
    "another form": ((200, 7), "no schema registry's answer"),
    "nothing": ((200, ""), "no schema registry's answer"),
    "not found": ((404, {"error_code": 404, "message": SECRET}), "refused the request"),
    "a fault": ((501, {"error_code": 501, "message": SECRET}), "a fault of its own"),
    "no words": ((400, SECRET), "refused the request"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_server_that_is_no_registry(what: str, answering: Callable[[Answers], str]) -> None:
    answer, said = FAULTS[what]
    url = answering({"/subjects": answer})
    with (
        HttpRegistry(RegistryEndpoint(url)) as asked,
        pytest.raises(IngestError, match=said) as caught,
    ):
        asked.subjects()
    assert SECRET not in str(caught.value)


def test_a_circle_of_references_ends(answering: Callable[[Answers], str]) -> None:
    def version(name: str, refers: str) -> dict[str, object]:
        reference = {"name": refers, "subject": refers, "version": 1}
        shared = {"schema": json.dumps(ADDRESS), "references": [reference]}
        return {"subject": name, "version": 1, "id": 1, **shared}

    url = answering(
        {
            f"/subjects/{a}/versions/{n}": (200, version(a, b))
            for a, b in ("ab", "ba")
            for n in ("1", "latest")
        }
    )
    with HttpRegistry(RegistryEndpoint(url)) as asked:
        assert {name for name, _ in asked.version("a").references} == {"a", "b"}


def test_a_bare_type_is_read_as_json(answering: Callable[[Answers], str]) -> None:
    body = {"subject": "a", "version": 1, "id": 1, "schema": "string"}
    with HttpRegistry(
        RegistryEndpoint(answering({"/subjects/a/versions/latest": (200, body)}))
    ) as asked:
        assert asked.version("a").text == '"string"'


BAD_ADDRESSES = {
    "registry:8081": "no http or https address",
    "ftp://registry": "no http or https address",
    "http://[::1": "no http or https address",
    f"https://me:{SECRET}/@registry": "no http or https address",
    f"https://me:{SECRET}@registry": "holds credentials",
    f"https://registry/?key={SECRET}": "holds credentials",
}


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_an_address_that_is_none_or_holds_credentials(url: str) -> None:
    with pytest.raises(IngestError, match=BAD_ADDRESSES[url]) as caught:
        RegistryEndpoint(url)
    assert SECRET not in str(caught.value)


def test_credentials_that_are_no_pair_are_said_to_be_the_fault() -> None:
    with pytest.raises(IngestError, match="have no colon") as caught:
        RegistryEndpoint("https://registry:8081", user_info=SECRET)
    assert SECRET not in str(caught.value)
