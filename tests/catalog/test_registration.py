"""A table in, Flink's statement out; secrets in no message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.assistant import Assistant
from app.catalog import registration
from app.catalog.loader import load
from app.catalog.model import Table
from app.engines.pyflink import PyFlinkEngine
from app.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "ingest" / "demo" / "tables"
SECRET = "hunter2'; DROP"


def table(
    folder: Path, options: str, body: str = "(a INT, `b` STRING COMMENT 'it''s') -- end"
) -> Table:
    (folder / "t.sql").write_text(f"CREATE TABLE IF NOT EXISTS `my t` {body}\nWITH ({options})")
    (loaded,) = load([folder])
    return loaded


def options_of(ddl: str) -> list[str]:
    return [line.strip(" ,") for line in ddl.partition("WITH (\n")[2].splitlines()[:-1]]


def test_text(tmp_path: Path) -> None:
    loaded = table(tmp_path, "'connector' = 'print', 'x' = 'a''b'")
    assert registration.ddl(loaded, {}, bounded=True) == (
        "CREATE TEMPORARY TABLE `my t` (a INT, `b` STRING COMMENT 'it''s') -- end\n"
        "WITH (\n  'connector' = 'print',\n  'x' = 'a''b'\n)"
    )


# options as written, bounded: options as registered
EARLIEST = "'scan.startup.mode' = 'earliest-offset'"
MODES = [
    (
        "'connector' = 'filesystem', 'source.monitor-interval' = '1 s'",
        True,
        ["'connector' = 'filesystem'"],
    ),
    (
        "'connector' = 'filesystem', 'source.monitor-interval' = '1 s'",
        False,
        ["'connector' = 'filesystem'", "'source.monitor-interval' = '1 s'"],
    ),
    (
        "'connector' = 'filesystem', 'format' = 'json'",
        True,
        ["'source.report-statistics' = 'NONE'", "'connector' = 'filesystem'", "'format' = 'json'"],
    ),
    (
        "'connector' = 'filesystem', 'format' = 'parquet'",
        True,
        ["'connector' = 'filesystem'", "'format' = 'parquet'"],
    ),
    (
        "'connector' = 'kafka'",
        True,
        ["'connector' = 'kafka'", EARLIEST, "'scan.bounded.mode' = 'latest-offset'"],
    ),
    (
        "'connector' = 'kafka', 'scan.bounded.mode' = 'group-offsets'",
        True,
        ["'connector' = 'kafka'", EARLIEST, "'scan.bounded.mode' = 'group-offsets'"],
    ),
    (
        "'connector' = 'kafka', 'scan.bounded.mode' = 'unbounded'",
        True,
        ["'connector' = 'kafka'", EARLIEST, "'scan.bounded.mode' = 'latest-offset'"],
    ),
    (
        "'connector' = 'kafka', 'scan.bounded.mode' = 'unbounded'",
        False,
        ["'connector' = 'kafka'", "'scan.bounded.mode' = 'unbounded'"],
    ),
    ("'connector' = 'kafka'", False, ["'connector' = 'kafka'"]),
    (
        "'connector' = 'kafka', 'scan.startup.mode' = 'latest-offset'",
        True,
        ["'connector' = 'kafka'", EARLIEST, "'scan.bounded.mode' = 'latest-offset'"],
    ),
    (
        "'connector' = 'kafka', 'scan.startup.mode' = 'specific-offsets'",
        True,
        [
            "'connector' = 'kafka'",
            "'scan.startup.mode' = 'specific-offsets'",
            "'scan.bounded.mode' = 'latest-offset'",
        ],
    ),
    (
        "'connector' = 'datagen', 'number-of-rows' = '1'",
        True,
        ["'connector' = 'datagen'", "'number-of-rows' = '1'"],
    ),
]


@pytest.mark.parametrize(("options", "bounded", "registered"), MODES)
def test_modes(tmp_path: Path, options: str, bounded: bool, registered: list[str]) -> None:
    ddl = registration.ddl(table(tmp_path, options), {}, bounded=bounded)
    assert sorted(options_of(ddl)) == sorted(registered)


def test_placeholders(tmp_path: Path) -> None:
    loaded = table(tmp_path, "'connector' = 'jdbc', 'password' = '${PW}', 'url' = 'x/${A}-${A}'")
    ddl = registration.ddl(loaded, {"PW": SECRET, "A": "${PW}"}, bounded=True)
    assert options_of(ddl) == [
        "'connector' = 'jdbc'",
        "'password' = 'hunter2''; DROP'",
        "'url' = 'x/${PW}-${PW}'",
    ]
    assert SECRET not in repr(loaded)


@pytest.mark.parametrize("missing", ["A", "PW"])
def test_missing_variable(tmp_path: Path, missing: str) -> None:
    loaded = table(tmp_path, "'connector' = 'jdbc', 'password' = '${PW}', 'url' = 'x/${A}'")
    environ = {"A": SECRET, "PW": SECRET}
    del environ[missing]
    with pytest.raises(ConfigError) as caught:
        registration.ddl(loaded, environ, bounded=True)
    for part in (missing, "my t", str(loaded.file), f"Set {missing}"):
        assert part in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("placeholder", ["${}", "${A B}", "${1A}"])
def test_malformed_placeholder(tmp_path: Path, placeholder: str) -> None:
    loaded = table(tmp_path, f"'connector' = 'jdbc', 'url' = '{placeholder}'")
    with pytest.raises(ConfigError, match="malformed placeholder"):
        registration.ddl(loaded, {}, bounded=True)


def test_sample_shop_reads_back_as_itself(tmp_path: Path) -> None:
    for number, loaded in enumerate(load([SAMPLE])):
        ddl = registration.ddl(loaded, {"TRIBUTARY_STREAMS": "/streams"}, bounded=False)
        (tmp_path / f"{number}.sql").write_text(ddl)
        (again,) = load([tmp_path / f"{number}.sql"])
        # A file source may repeat rows, so Flink is not told of the key: see `keys`.
        assert again.primary_key == ()
        assert again.columns == tuple(replace(c, nullable=True) for c in loaded.columns)
        assert again.comment == loaded.comment
        assert again.watermark_delay == loaded.watermark_delay
        assert again.options["path"] == f"/streams/{loaded.name}"


@pytest.mark.flink
def test_sample_shop_registers_with_flink(shop: Assistant) -> None:
    assert isinstance(shop.engine, PyFlinkEngine)
    assert shop.engine.problems == {}
    for loaded in load([SAMPLE]):
        assert shop.engine.parse(f"SELECT * FROM {loaded.name}").tables == (loaded.name,)
