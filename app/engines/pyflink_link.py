"""One engine's hold on the JVM and its cluster: taken when first needed, and anew after a loss."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from pathlib import Path

from app.catalog import registration
from app.catalog.model import Catalog
from app.engines import pyflink_cluster, pyflink_errors, pyflink_jvm
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import FOREIGN
from app.engines.pyflink_patience import Patience
from app.engines.pyflink_threads import Worker
from app.errors import EngineUnavailable


class Link:
    """Starts a cluster for whoever needs it first.

    Args:
        catalog: The tables whose placeholders no message may tell the values of.
        environ: Where these values, JAVA_HOME and JVM_ARGS are looked up.
        state_dir: Where the JVM's logs and temporary files go.
        address: REST address of a session cluster; a cluster in the JVM where None.
        connectors: Folder of jars for the JVM's class path; None for Flink's own alone.
        at_exit: Called when the process ends while the link is still in use.

    Attributes:
        closing: Set once there are no more starts.
    """

    def __init__(
        self,
        catalog: Catalog,
        environ: Mapping[str, str],
        state_dir: Path,
        *,
        address: str | None,
        connectors: Path | None,
        at_exit: Callable[[], None],
    ) -> None:
        self.closing = threading.Event()
        self._catalog = catalog
        self._environ = environ
        self._state_dir = state_dir
        self._address = address
        self._connectors = connectors
        self._at_exit = at_exit
        self._lock = threading.Lock()
        self._start: Future[Cluster] | None = None

    def cluster(self, patience: Patience) -> Cluster:
        """The running cluster, started where there is none.

        Raises:
            EngineUnavailable: The link is closed, there is no JVM, or no cluster can be reached.
        """
        with self._lock:
            if self.closing.is_set():
                raise EngineUnavailable("The engine was closed.", hint="Connect again.")
            if self._start is None or _lost(self._start):
                if self._start is None:
                    atexit.register(self._at_exit)
                self._start = Worker("flink-start").submit(self._begin)
            start = self._start
        return patience.wait(start)

    def shut(self) -> bool:
        """Allows no more starts and ends every wait; False where that was done before."""
        with self._lock:
            first = not self.closing.is_set()
            self.closing.set()
        atexit.unregister(self._at_exit)
        return first

    def release(self, timeout: float) -> None:
        """Lets the cluster go, within some seconds unless it is still starting then."""
        with self._lock:
            start, self._start = self._start, None
        if start is not None:
            start.add_done_callback(_let_go)
            wait([start], timeout=timeout)

    def _begin(self) -> Cluster:
        jvm = pyflink_jvm.acquire(self._state_dir, self._environ, self._connectors)
        try:
            return jvm.planner.submit(lambda: self._connect(jvm)).result()
        except BaseException:
            pyflink_jvm.release(jvm)
            raise

    def _connect(self, jvm: pyflink_jvm.Jvm) -> Cluster:
        try:
            if self._address is not None:
                cluster = pyflink_cluster.remote(jvm, self._address)
            else:
                cluster = pyflink_cluster.embedded(jvm)
            cluster.conceal = lambda text: registration.conceal(text, self._catalog, self._environ)
            return cluster
        except FOREIGN as error:
            raise pyflink_errors.unavailable(error) from None


def _lost(start: Future[Cluster]) -> bool:
    """Whether a start failed, or its JVM has died since."""
    return start.done() and (start.exception() is not None or not start.result().jvm.alive)


def _let_go(start: Future[Cluster]) -> None:
    if start.exception() is None:
        pyflink_jvm.release(start.result().jvm)
