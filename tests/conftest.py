"""Fixtures that start something costly, once for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis

from app import settings, wiring
from app.assistant import Assistant
from app.engines.pyflink import PyFlinkEngine
from tests.engines import tables
from tests.kafka import jars
from tests.kafka.broker import Broker

SHOP_NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
"""The moment at which the clock of the `shop` fixture stands."""


hypothesis.register_profile("tributary", deadline=None, derandomize=True)
hypothesis.load_profile("tributary")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps all that starts a JVM in one process: two at once would want the whole machine."""
    for item in items:
        if any(item.get_closest_marker(costly) for costly in ("flink", "browser", "kafka")):
            item.add_marker(pytest.mark.xdist_group("flink"))


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that commands share, so that the sample shop is set up once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The sample shop as `app.connect` opens it, at `SHOP_NOW`, on a real Flink."""
    home = tmp_path_factory.mktemp("shop")
    loaded = settings.load(home=home, tables=(), documents=())
    with wiring.connect(loaded, clock=lambda: SHOP_NOW) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PyFlinkEngine]:
    """A warm engine over the small tables of `tests.engines.tables`; one JVM for the whole run."""
    folder = tmp_path_factory.mktemp("flink")
    with PyFlinkEngine(tables.write(folder), state_dir=folder / "state") as engine:
        engine.warm_up()
        yield engine


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A running Kafka broker, as `tests.kafka` tells; one for the whole run."""
    broker = Broker(jars.folder(), tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()
