"""What a consumer says is wrong with its cluster, and how long that is borne."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest.kafka_client import KafkaEndpoint, explained

if TYPE_CHECKING:
    from confluent_kafka import KafkaError


class Outage:
    """A cluster that is away for a while, or is not; `ingest.topics.follow` tells it of both.

    Args:
        endpoint: The cluster.
        topic: The topic that is followed.
        patience: Seconds that it may be away; None for ever.

    Attributes:
        trouble: What is wrong; empty where nothing is.
    """

    def __init__(self, endpoint: KafkaEndpoint, topic: str, patience: float | None) -> None:
        self._bootstrap, self._topic, self._patience = endpoint.bootstrap, topic, patience
        self._since: float | None = None
        self.trouble = ""

    def over(self) -> None:
        """The cluster has answered."""
        self.trouble, self._since = "", None

    def hear(self, error: KafkaError) -> None:
        """Takes down an error of the client.

        Raises:
            IngestError: It has been away for too long, or waiting does not mend it.
        """
        from confluent_kafka import KafkaError  # noqa: PLC0415 - slow to load

        said = explained(error, self._bootstrap, self._topic)
        self.trouble = str(said)
        self._since = self._since or time.monotonic()
        is_over = self._patience is not None and time.monotonic() - self._since > self._patience
        if is_over or error.fatal() or error.code() == KafkaError._AUTHENTICATION:
            raise said
