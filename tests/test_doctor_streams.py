"""What the doctor says of Kafka and of schema registries; tests/kafka asks real ones."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app import doctor_streams
from app.catalog.model import Table
from app.doctor_streams import Surroundings
from app.engines.pyflink_checks import Checked
from app.errors import ConfigError, EngineUnavailable, QueryFailed
from ingest.kafka_client import KafkaEndpoint

SECRET = "planted-secret"
AWAY = EngineUnavailable("Kafka at k:1 does not answer (table a).", hint="Check that it runs.")
MISSING = QueryFailed("The topic t of the table b does not exist.", hint="Create it.")


def over(name: str, **options: str) -> Table:
    return Table(name, (), options={"connector": "kafka", "topic": "t", **options})


def around(tmp_path: Path, flink: str = "", **environ: str) -> Surroundings:
    return Surroundings(environ, tmp_path / "state", tmp_path / "connectors", flink)


@pytest.fixture
def with_jar(tmp_path: Path) -> Path:
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "own.jar").touch()
    return tmp_path


CHECKED: list[tuple[Checked, str, list[tuple[bool, str]]]] = [
    (
        Checked("k:1", ("a", "b"), readable=("a", "b")),
        "",
        [(True, "k:1 answers; readable: a, b")],
    ),
    (
        Checked("k:1", ("a", "b"), readable=("a",), problems=(MISSING,)),
        "",
        [(True, "k:1 answers; readable: a"), (False, str(MISSING))],
    ),
    (Checked("k:1", ("a",), problems=(AWAY,), away=True), "", [(False, str(AWAY))]),
    (
        Checked("k:1", ("a",), problems=(AWAY,), away=True),
        "flink:8081",
        [
            (
                True,
                "k:1 does not answer this machine (a); whether it answers the Flink"
                " cluster at flink:8081 cannot be asked from here",
            )
        ],
    ),
    (
        Checked("k:1", ("b",), problems=(MISSING,)),
        "flink:8081",
        [(False, str(MISSING))],
    ),
]


@pytest.mark.parametrize(("checked", "flink", "said"), CHECKED)
def test_what_each_cluster_said_is_a_line_each(
    checked: Checked,
    flink: str,
    said: list[tuple[bool, str]],
    with_jar: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor_streams, "check", lambda *_, **__: (checked,))
    assert list(doctor_streams.kafka([over("a")], around(with_jar, flink))) == said


def test_only_tables_over_kafka_that_can_be_filled_are_asked_for(
    with_jar: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def check(tables: list[Table], environ: Mapping[str, str], **_: Any) -> tuple[Checked, ...]:
        asked.extend(table.name for table in tables)
        return ()

    monkeypatch.setattr(doctor_streams, "check", check)
    files = over("files", connector="filesystem")
    unset = over("unset", topic="${TOPIC}")
    named = over("named", topic="${T}", connector="upsert-kafka")
    list(doctor_streams.kafka([files, unset, named, over("a")], around(with_jar, T="t")))
    assert asked == ["named", "a"]
    asked.clear()
    assert list(doctor_streams.kafka([files, unset], around(with_jar))) == []
    assert asked == []


def test_a_home_that_cannot_be_written_is_told(with_jar: Path) -> None:
    (with_jar / "state").touch()
    with pytest.raises(ConfigError):
        list(doctor_streams.kafka([over("a")], around(with_jar)))


@pytest.mark.parametrize(("flink", "is_ok"), [("", False), ("flink:8081", True)])
def test_without_a_connector_kafka_is_not_asked(flink: str, is_ok: bool, tmp_path: Path) -> None:
    [(ok, said)] = doctor_streams.kafka([over("a"), over("b")], around(tmp_path, flink))
    assert ok is is_ok
    assert said.startswith("not asked for a, b: ")
    assert ("tributary connectors add kafka" in said) is not is_ok


@pytest.fixture
def url() -> Iterator[str]:
    """A registry that lets in ann with her password, and whoever has the token."""
    taken = {f"Basic {b64encode(f'ann:{SECRET}'.encode()).decode()}", f"Bearer {SECRET}"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_in = self.headers.get("Authorization") in taken
            body = json.dumps([] if is_in else {"error_code": 401, "message": SECRET}).encode()
            self.send_response(200 if is_in else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Requests are not worth a line."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


NOBODY = "http://127.0.0.1:1"
IN = {"basic-auth.credentials-source": "USER_INFO", "basic-auth.user-info": "ann:${PW}"}
TOKEN = {"bearer-auth.credentials-source": "STATIC_TOKEN", "bearer-auth.token": "${PW}"}
REGISTRIES: list[tuple[str, str, dict[str, str], str, bool, str]] = [
    ("avro-confluent.", "url", IN, "", True, "answers (a)"),
    ("value.avro-confluent.", "url", TOKEN, "", True, "answers (a)"),
    ("key.avro-confluent.", "schema-registry.url", IN, "", True, "answers (a)"),
    ("debezium-avro-confluent.", "url", TOKEN, "", True, "answers (a)"),
    ("avro-confluent.", "url", {}, "", False, "Set 'avro-confluent.basic-auth.*' or"),
    ("avro-confluent.", "url", {}, "f:1", False, "does not accept the credentials (401)"),
    (
        "avro-confluent.",
        "url",
        {"ssl.truststore.location": "/t.jks"},
        "",
        True,
        "is not asked: only Flink has what a uses for it",
    ),
]


@pytest.mark.parametrize(("prefix", "name", "more", "flink", "is_ok", "said"), REGISTRIES)
def test_a_registry_is_asked_with_what_its_table_says(
    prefix: str,
    name: str,
    more: dict[str, str],
    flink: str,
    *,
    is_ok: bool,
    said: str,
    url: str,
    tmp_path: Path,
) -> None:
    options = {f"{prefix}{name}": url, **{f"{prefix}{key}": v for key, v in more.items()}}
    surroundings = around(tmp_path, flink, PW=SECRET)
    [(ok, detail)] = doctor_streams.registries([over("a", **options)], surroundings)
    assert (ok, said in detail) == (is_ok, True), detail
    assert url.removeprefix("http://") in detail
    assert SECRET not in detail


def test_credentials_in_the_address_are_used_and_not_told(url: str, tmp_path: Path) -> None:
    address = url.replace("//", f"//ann:{SECRET}@")
    table = over("a", **{"avro-confluent.url": address})
    [(ok, detail)] = doctor_streams.registries([table], around(tmp_path))
    assert (ok, detail) == (True, f"{url.removeprefix('http://')} answers (a)")


def test_what_stands_for_the_host_is_told_in_its_place(url: str, tmp_path: Path) -> None:
    host = url.removeprefix("http://")
    table = over("a", **{"avro-confluent.url": "http://${HOST}"})
    [(_, detail)] = doctor_streams.registries([table], around(tmp_path, HOST=host))
    assert detail.startswith("The schema registry at ${HOST} does not accept the credentials")


@pytest.mark.parametrize(
    ("flink", "is_ok", "said"),
    [
        ("", False, "The schema registry at 127.0.0.1:1 cannot be reached (a, b). Check the"),
        ("flink:8081", True, "127.0.0.1:1 does not answer this machine (a, b); whether it"),
    ],
)
def test_a_registry_that_is_away_is_asked_once_for_all_its_tables(
    flink: str, is_ok: bool, said: str, tmp_path: Path
) -> None:
    tables = [over(name, **{"avro-confluent.url": NOBODY}) for name in "ab"]
    [(ok, detail)] = doctor_streams.registries(tables, around(tmp_path, flink))
    assert (ok, detail.startswith(said)) == (is_ok, True), detail


@pytest.mark.parametrize("more", [{}, {"avro-confluent.ssl.truststore.location": "/t.jks"}])
def test_a_password_that_ends_the_host_is_not_told_in_part(
    more: dict[str, str], tmp_path: Path
) -> None:
    table = over("a", **{"avro-confluent.url": "http://ann:${PW}@registry"}, **more)
    [(ok, detail)] = doctor_streams.registries([table], around(tmp_path, PW="planted/secret"))
    assert ok is bool(more)
    assert "planted" not in detail


@pytest.mark.parametrize("address", ["registry:8081", "http://[::1", "${URL}"])
def test_an_address_that_is_none_stops_no_other(address: str, url: str, tmp_path: Path) -> None:
    bad = over("bad", **{"avro-confluent.url": address})
    good = over("good", **{"avro-confluent.url": url, "avro-confluent.bearer-auth.token": SECRET})
    (no, said), (yes, _) = doctor_streams.registries([bad, good], around(tmp_path, URL=""))
    assert (no, yes) == (False, True)
    assert "is no http or https address (bad). Write it as" in said


def test_the_cluster_of_documents_that_is_away_is_named_with_its_setting() -> None:
    ok, said = doctor_streams.kafka_of_documents(KafkaEndpoint("127.0.0.1:1"), {})
    assert not ok
    assert "127.0.0.1:1 cannot be reached (no broker answers there)" in said
    assert "kafka_bootstrap" in said
