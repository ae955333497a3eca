"""What is wrong with the set-up is not said to be wrong with the query."""

from __future__ import annotations

import pytest

from app.catalog.model import Catalog
from app.engines import pyflink_errors
from app.errors import ConfigError

FACTORY = "org.apache.flink.table.factories.DynamicTableFactory"


@pytest.mark.parametrize(
    ("identifier", "hint"),
    [
        ("kafka", "Run `tributary connectors add kafka`, then start Tributary again."),
        ("upsert-kafka", "Run `tributary connectors add kafka`, then start Tributary again."),
        ("avro-confluent", "Run `tributary connectors add avro`, then start Tributary again."),
        ("jdbc", "Correct 'connector' or 'format' in its definition, or lay the jars"),
    ],
)
def test_a_missing_connector_is_named_with_what_brings_it(identifier: str, hint: str) -> None:
    error = Exception(
        f"org.apache.flink.table.api.ValidationException: Could not find any factory for identifier"
        f" '{identifier}' that implements '{FACTORY}' in the classpath."
    )
    said = pyflink_errors.planning(error, "SELECT 1", Catalog(), {})
    assert isinstance(said, ConfigError)
    assert said.message == f"A table needs '{identifier}', which this Flink does not have."
    assert said.hint.startswith(hint)
