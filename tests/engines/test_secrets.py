"""What a placeholder stands for appears in no message and no file; what is missing is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.catalog.model import Catalog, Table
from app.engines.pyflink import PyFlinkEngine
from app.errors import ConfigError, TributaryError
from app.sql import guard
from tests.engines.tables import json_table

pytestmark = pytest.mark.flink

SECRET = "S3CRET-pw-9911"


def stream(**options: str) -> Table:
    table = json_table("readings", Path("x"), {"n": "INT"})
    return replace(table, options={**table.options, **options})


def ask(catalog: Catalog, engine: PyFlinkEngine) -> None:
    query = guard.check("SELECT * FROM readings", catalog, engine.parse, row_limit=9)
    engine.run(query)


@pytest.mark.parametrize(
    "options",
    [
        {"path": "${PLACE}/missing"},
        {"path": "s3://${PLACE}/bucket"},
        {"connector": "kafka", "properties.sasl.jaas.config": "${PLACE}"},
        {"format": "${PLACE}"},
        {"no.such.option": "${PLACE}"},
    ],
)
def test_a_secret_is_told_nobody(
    options: dict[str, str], engine: PyFlinkEngine, tmp_path: Path
) -> None:
    catalog = Catalog((stream(**options),))
    environ = {"PLACE": f"{tmp_path}/{SECRET}" if "missing" in options.get("path", "") else SECRET}
    with PyFlinkEngine(catalog, environ=environ, state_dir=tmp_path / "state") as other:
        with pytest.raises(TributaryError) as caught:
            ask(catalog, other)
        said = f"{caught.value!s} {caught.value!r} {caught.value.args} {dict(other.problems)}"
    assert SECRET not in said
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_a_variable_that_is_not_set_is_named(engine: PyFlinkEngine, tmp_path: Path) -> None:
    catalog = Catalog((stream(path="${NOT_SET}/readings"),))
    with (
        PyFlinkEngine(catalog, environ={}, state_dir=tmp_path) as other,
        pytest.raises(ConfigError, match="NOT_SET, which is not set"),
    ):
        ask(catalog, other)
