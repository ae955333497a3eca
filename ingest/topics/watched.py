"""Whether a followed topic is still there, and still the same; `ingest.topics.follow` asks."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

from ingest.kafka_client import KafkaEndpoint, asked_identity, explained
from ingest.topics.writer import made_anew

_CHECK_SECONDS = 10.0
_MISSES = 3


class WatchedTopic:
    """Looks now and then whether the topic is still there, and still the same.

    Args:
        admin: A client.
        topic: Its name.
        identity: Its id.
        endpoint: The cluster.

    Attributes:
        admin: The client.
    """

    def __init__(self, admin: Any, topic: str, identity: str, endpoint: KafkaEndpoint) -> None:
        self.admin, self._topic, self._identity = admin, topic, identity
        self._endpoint = endpoint
        self._asked: Future[Any] | None = None
        self._due = time.monotonic() + _CHECK_SECONDS
        self._missed = 0

    def soon(self) -> None:
        """Looks without waiting for the time."""
        self._due = 0.0

    def look(self) -> bool:
        """Asks, or reads the answer, without waiting for one.

        Returns:
            Whether there was an answer just now, so that the cluster can be reached.

        Raises:
            IngestError: The topic is gone, or another one has its name.
        """
        if self._asked is None and time.monotonic() >= self._due:
            self._asked = asked_identity(self.admin, self._topic)
        if self._asked is None or not self._asked.done():
            return False
        answer, self._asked = self._asked, None
        self._due = time.monotonic() + _CHECK_SECONDS
        return self._judge(answer)

    def _judge(self, answer: Future[Any]) -> bool:
        from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415 - slow to load

        try:
            identity = str(answer.result().topic_id)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                return False  # the cluster is away for the moment, which the consumer says too
            self._missed += 1
            if self._missed >= _MISSES:  # a broker that has just started may not know it yet
                raise explained(error.args[0], self._endpoint.bootstrap, self._topic) from error
            self._due = time.monotonic() + 1.0
            return True
        self._missed = 0
        if identity != self._identity:
            raise made_anew(self._topic)
        return True
