"""Where jobs run: a mini cluster inside the JVM, or a session cluster of the user's own.

Both are reached through a REST address, so everything above this module is the same for both.
Every function here runs on the planner thread.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from app.catalog import registration
from app.catalog.model import Catalog
from app.engines.pyflink_errors import FOREIGN, causes, sentence
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_topics import Topics
from app.errors import ConfigError, EngineUnavailable, TributaryError

LOOPBACK = "127.0.0.1"

_CLUSTER = {
    "rest.address": LOOPBACK,
    "rest.bind-address": LOOPBACK,
    "rest.bind-port": "0",
    "jobmanager.rpc.address": LOOPBACK,
    "jobmanager.bind-host": LOOPBACK,
    "taskmanager.host": LOOPBACK,
    "taskmanager.bind-host": LOOPBACK,
    # Nobody but this program submits jobs; finished ones need not be remembered for long.
    "web.submit.enable": "false",
    "jobmanager.scheduler": "Default",
    "jobstore.max-capacity": "20",
    # By default slots are granted after a pause of 50 ms that collects the wishes of several jobs,
    # and a client that then just misses a job's end sleeps 100 ms more: half of a small query.
    "slotmanager.requirement-check.delay": "0 ms",
    "taskmanager.memory.managed.size": "192m",
    "taskmanager.memory.network.min": "64m",
    "taskmanager.memory.network.max": "64m",
    # With the default of 30 s a snapshot over a folder of many files often hangs that long in
    # SplitFetcherManager.close after all of its data was read. In milliseconds; only the cluster's
    # own configuration counts, so a user's cluster keeps what it has.
    "source.reader.close.timeout": "100",
}
SLOTS = 16

_ENVIRONMENT = {
    "execution.target": "remote",
    # A small machine answers several questions at once better with one slot for each of them.
    "parallelism.default": "1",
    "execution.batch-shuffle-mode": "ALL_EXCHANGES_PIPELINED",
    # Joins that choose their algorithm while they run need the adaptive batch scheduler, which in
    # turn needs blocking exchanges; on any other, every equi-join fails when it starts.
    "table.optimizer.adaptive-broadcast-join.strategy": "NONE",
    "table.optimizer.skewed-join-optimization.strategy": "NONE",
    # OPTIONS hints could point a read-only SELECT at any file or topic.
    "table.dynamic-table-options.enabled": "false",
}


@dataclass(slots=True)
class Cluster:
    """A cluster and the table environments on it.

    Attributes:
        jvm: The JVM that plans and, if embedded, runs.
        host: REST host.
        port: REST port.
        executor: The Java object that submits jobs to the embedded cluster; None where the cluster
            is the user's and jobs go through REST.
        problems: Tables that could not be registered, and why.
        conceal: Puts `${NAME}` back where a text repeats what stands for it.
        topics: Knows the offsets of Kafka's topics.
    """

    jvm: Jvm
    host: str
    port: int
    executor: Any = None
    problems: dict[str, ConfigError] = field(default_factory=dict)
    conceal: Callable[[str], str] = str
    topics: Topics | None = None
    _environments: dict[bool, Any] = field(default_factory=dict)

    def concealed(self, error: TributaryError) -> TributaryError:
        """An error that repeats no value of a placeholder; Flink's messages may hold paths.

        The hint is Tributary's own text: a user whose name is a word of it would not know it again.
        """
        error.message = self.conceal(error.message)
        error.args = (error.message,)
        return error

    def environment(
        self, catalog: Catalog, environ: Mapping[str, str], time_zone: str, *, bounded: bool
    ) -> Any:
        """The Java `TableEnvironment` for snapshots or continuous queries, with its tables."""
        if bounded not in self._environments:
            options = {
                **_ENVIRONMENT,
                "rest.address": self.host,
                "rest.port": str(self.port),
                "table.local-time-zone": time_zone,
                "execution.runtime-mode": "BATCH" if bounded else "STREAMING",
            }
            env = self._create(_configuration(self.jvm, options))
            self._register(env, catalog, environ, bounded=bounded)
            self._environments[bounded] = env
        return self._environments[bounded]

    def _create(self, config: Any) -> Any:
        flink = self.jvm.java.org.apache.flink
        settings = flink.table.api.EnvironmentSettings.newInstance()
        settings = settings.withConfiguration(config).build()
        if self.executor is None:
            return flink.table.api.TableEnvironment.create(settings)
        loader = self.executor.getClass().getClassLoader()
        streams = flink.streaming.api.environment.StreamExecutionEnvironment
        bridge = flink.table.api.bridge.java.internal.StreamTableEnvironmentImpl
        return bridge.create(streams(self.executor, config, loader), settings)

    def _register(
        self, env: Any, catalog: Catalog, environ: Mapping[str, str], *, bounded: bool
    ) -> None:
        for table in catalog:
            try:
                for statement in registration.statements(table, environ, bounded=bounded):
                    env.executeSql(statement)
            except ConfigError as error:
                self.problems[table.name] = error
            except FOREIGN as error:
                said = self.conceal(sentence(causes(error)[-1].message))
                self.problems[table.name] = ConfigError(
                    f"The table {table.name} cannot be read: {said.rstrip('.')}.",
                    hint=f"Correct its definition{f' in {table.file}' if table.file else ''}.",
                )


def embedded(jvm: Jvm) -> Cluster:
    """The JVM's own mini cluster, which listens on this machine only; started where there is none.

    Engines of one process share it, each with table environments of its own.
    """
    if jvm.mini_cluster is None:
        runtime = jvm.java.org.apache.flink.runtime.minicluster
        config = runtime.MiniClusterConfiguration.Builder()
        config = config.setConfiguration(_configuration(jvm, _CLUSTER))
        config = config.setNumTaskManagers(1).setNumSlotsPerTaskManager(SLOTS).build()
        mini = runtime.MiniCluster(config)
        mini.start()
        jvm.mini_cluster = mini
        jvm.executor = _executor(jvm)
    address = jvm.mini_cluster.getRestAddress().get()
    return Cluster(jvm, str(address.getHost()), int(address.getPort()), jvm.executor)


def _executor(jvm: Jvm) -> Any:
    """A `MiniClusterExecutor`, compiled from the Java source beside this module."""
    name = "MiniClusterExecutor"
    source = resources.files(__package__).joinpath(f"{name}.java").read_text("utf-8")
    lang = jvm.java.java.lang
    compiler = jvm.java.org.apache.flink.table.runtime.generated.CompileUtils
    loader = lang.Thread.currentThread().getContextClassLoader()
    compiled = compiler.compile(loader, name, source)
    constructor = compiled.getDeclaredConstructor(jvm.gateway.new_array(lang.Class, 0))
    executor = constructor.newInstance(jvm.gateway.new_array(lang.Object, 0))
    executor.setCluster(jvm.mini_cluster)
    return executor


def remote(jvm: Jvm, address: str) -> Cluster:
    """A session cluster by its REST address, `host:port`.

    Raises:
        EngineUnavailable: Nothing answers there.
    """
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"No Flink cluster answers at {address} ({error}).",
            hint="Give the REST address of a running session cluster as host:port.",
        ) from error
    return Cluster(jvm, host, int(port))


def _configuration(jvm: Jvm, options: Mapping[str, str]) -> Any:
    config = jvm.java.org.apache.flink.configuration.Configuration()
    for key, value in options.items():
        config.setString(key, value)
    return config
