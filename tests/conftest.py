"""Fixtures that start something costly, once for the whole run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis

from app import settings, wiring
from app.assistant import Assistant
from app.engines import pyflink_jvm
from app.engines.pyflink import PyFlinkEngine
from app.engines.pyflink_jvm import Jvm
from tests.engines import tables
from tests.kafka import jars
from tests.kafka.broker import Broker
from tests.kafka.registry import Registry

SHOP_NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
"""The moment at which the clock of the `shop` fixture stands."""


hypothesis.register_profile("tributary", deadline=None, derandomize=True)
hypothesis.load_profile("tributary")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps all that shares the run's Flink in one process, for two would want the whole machine.

    What needs a browser or a broker alone runs in one process too, which need not be the same; nor
    need that of a group which a test names itself, such as "commands": those start a process with
    a Flink of its own, which runs beside the run's Flink anyway.
    """
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        for costly in ("flink", "browser", "kafka"):
            if item.get_closest_marker(costly):
                item.add_marker(pytest.mark.xdist_group(costly))
                break


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says why Kafka's tests were skipped, which a letter in a row of dots would hide."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", ())]
    reasons = [where[2] for where in skipped if isinstance(where, tuple)]
    wanting = [reason for reason in reasons if jars.WANTING in reason]
    if wanting:
        said = f"{len(wanting)} tests of Kafka were skipped. {wanting[0]}"
        terminalreporter.write_line(said, yellow=True)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that commands share, so that the sample shop is set up once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def shop_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample shop as it is at `SHOP_NOW`, for copies: filling one takes long."""
    home = tmp_path_factory.mktemp("shop")
    loaded = settings.load(home=home, tables=(), documents=())
    with wiring.connect(loaded, clock=lambda: SHOP_NOW):
        return home


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, shop_home: Path) -> Iterator[Assistant]:
    """The sample shop as `app.connect` opens it, at `SHOP_NOW`, on a real Flink."""
    home = shutil.copytree(shop_home, tmp_path_factory.mktemp("open") / "home")
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


@pytest.fixture(scope="session", autouse=True)
def _one_class_path(request: pytest.FixtureRequest) -> Iterator[None]:
    """Gives the run's one JVM the connectors from its first start, if a test wants them later."""
    needed = any(
        item.get_closest_marker("flink") and item.get_closest_marker("kafka")
        for item in request.session.items
    )
    launch = pyflink_jvm._launch

    def with_connectors(state_dir: Path, environ: Mapping[str, str], _: Path | None) -> Jvm:
        try:
            return launch(state_dir, environ, jars.connectors())
        except pytest.skip.Exception:  # those that need them will say so
            return launch(state_dir, environ, None)

    with pytest.MonkeyPatch.context() as patch:
        if needed:
            patch.setattr(pyflink_jvm, "_launch", with_connectors)
        yield


@pytest.fixture(scope="session")
def connectors() -> Path:
    """A folder of all connectors, which every engine of the run has on its class path."""
    return jars.connectors()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A running Kafka broker, as `tests.kafka` tells; one for the whole run."""
    broker = Broker(jars.broker(), tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def registry_of_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A running schema registry; one for the whole run."""
    registry = Registry(jars.registry(), tmp_path_factory.mktemp("registry"))
    yield registry
    registry.stop()


@pytest.fixture
def registry(registry_of_run: Registry) -> Registry:
    """The run's schema registry without any subject, as `tests.kafka` tells."""
    registry_of_run.clear()
    return registry_of_run
