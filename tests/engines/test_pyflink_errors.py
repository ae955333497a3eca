"""What is wrong with the set-up is not said to be wrong with the query."""

from __future__ import annotations

from typing import cast

import pytest

from app.catalog.model import Catalog
from app.engines import pyflink_errors
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_jvm import Jvm
from app.errors import ConfigError, QueryFailed

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


def test_a_table_that_could_not_be_registered_is_told_with_its_own_hint_alone() -> None:
    problem = ConfigError("The table rides needs the variable KAFKA.", hint="Set KAFKA.")
    error = Exception("org.apache.flink.ValidationException: Object 'rides' not found")
    said = pyflink_errors.planning(error, "SELECT 1 FROM rides", Catalog(), {"rides": problem})
    assert isinstance(said, ConfigError)
    assert str(said) == "The table rides needs the variable KAFKA. Set KAFKA."


@pytest.mark.parametrize(
    ("said", "hint", "not_in_hint"),
    [
        ("IOException: Failed to deserialize Avro record.", "schema registry", "json."),
        ("RestClientException: No content with ID '8'; code: 40403", "has the schema", "json."),
        ("IOException: Failed to deserialize JSON '{'.", "json.ignore-parse-errors", "Avro"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_in_the_words_of_its_format(
    said: str, hint: str, not_in_hint: str
) -> None:
    failed = pyflink_errors.running(Exception(said), "SELECT 1")
    assert isinstance(failed, QueryFailed)
    assert hint in failed.hint
    assert not_in_hint not in failed.hint


def test_a_placeholder_whose_value_is_a_common_word_leaves_the_hint_as_it_is() -> None:
    cluster = Cluster(cast("Jvm", None), "127.0.0.1", 1)
    cluster.conceal = lambda text: text.replace("tributary", "${KAFKA_USER}")
    error = ConfigError("tributary may not read it.", hint="Run `tributary connectors add avro`.")
    told = cluster.concealed(error)
    assert str(told) == "${KAFKA_USER} may not read it. Run `tributary connectors add avro`."
