"""A topic whose cluster, log or place in the index is not as it was, on a real broker."""

from __future__ import annotations

import threading

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from ingest.errors import IngestError
from ingest.index import DocumentIndex
from ingest.kafka_client import KafkaEndpoint
from ingest.topics.follow import follow
from ingest.topics.progress import Following, TopicProgress
from ingest.topics.writer import TopicWriter
from tests.ingest.following import caught_up, eventually, following, texts
from tests.kafka.broker import Broker, Record

pytestmark = pytest.mark.kafka


def test_a_broker_may_be_away_for_a_while(index: DocumentIndex, kafka: Broker) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"before", b"a")])
    with following(index, kafka, topic) as running:
        eventually(lambda: texts(index) == {"a": "before"})
        kafka.stop()
        try:
            eventually(lambda: "cannot be reached" in running.told[-1].trouble)
        finally:
            kafka.start()
        kafka.produce(topic, [Record(b"after", b"a"), Record(b"new", b"b")])
        eventually(lambda: texts(index) == {"a": "after", "b": "new"})
        eventually(lambda: not running.told[-1].trouble)
        running.end()
    assert index.dead_letters() == []
    assert texts(index) == {"a": "after", "b": "new"}


def test_a_deleted_topic_is_told_and_one_made_anew_is_not_mixed_up(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"old", b"a"), Record(b"gone", b"b")])
    admin = AdminClient(kafka.client())
    with following(index, kafka, topic) as running:
        eventually(lambda: len(texts(index)) == 2)
        admin.delete_topics([topic])[topic].result(10)
        with pytest.raises(IngestError, match=f"There is no topic {topic}"):
            running.wait()
    with pytest.raises(IngestError, match="There is no topic"):
        caught_up(index, kafka, topic)
    admin.create_topics([NewTopic(topic, 1)])[topic].result(10)
    kafka.produce(topic, [Record(b"new", b"a")])
    with pytest.raises(IngestError, match="made anew") as caught:
        caught_up(index, kafka, topic)
    assert "--from-start" in caught.value.hint
    assert texts(index) == {"a": "old", "b": "gone"}
    caught_up(index, kafka, topic, Following(until_end=True, from_start=True, patience=20))
    assert texts(index) == {"a": "new"}


def test_events_that_kafka_deleted_before_they_were_read_are_told(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"one", b"a")])
    caught_up(index, kafka, topic)
    kafka.produce(topic, [Record(b"two", b"a"), Record(b"three", b"b"), Record(b"four", b"c")])
    gone = TopicPartition(topic, 0, 3)
    admin = AdminClient(kafka.client())
    admin.delete_records([gone])[gone].result(10)
    done = caught_up(index, kafka, topic)
    assert texts(index) == {"a": "one", "c": "four"}
    [notice] = done.notices
    assert "were deleted by Kafka before they were read" in notice


def test_a_consumer_begins_anew_with_a_topic_that_another_process_has_the_index_forget(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"one", b"a"), Record(b"two", b"b")])
    with following(index, kafka, topic) as running:
        eventually(lambda: len(texts(index)) == 2)
        with index.topic(topic) as another:
            another.forget()
        kafka.produce(topic, [Record(b"three", b"c")])
        eventually(lambda: len(texts(index)) == 3)
        done = running.end()
    assert texts(index) == {"a": "one", "b": "two", "c": "three"}
    assert (done.lag, done.trouble) == (0, "")


def test_no_cluster_and_wrong_credentials_are_told(index: DocumentIndex, kafka: Broker) -> None:
    topic = kafka.topic("docs")
    with pytest.raises(IngestError, match="cannot be reached"), index.topic(topic) as writer:
        follow_with(writer, KafkaEndpoint("127.0.0.1:1"), {})
    endpoint = KafkaEndpoint(kafka.sasl_bootstrap, kafka.properties)
    with (
        pytest.raises(IngestError, match="does not accept the credentials") as caught,
        index.topic(topic) as writer,
    ):
        follow_with(writer, endpoint, {"KAFKA_PASSWORD": "planted-wrong"})
    assert "planted-wrong" not in f"{caught.value} {endpoint!r} {caught.value.__cause__}"
    with index.topic(topic) as writer:
        done = follow_with(writer, endpoint, {"KAFKA_PASSWORD": kafka.password})
    assert done.lag == 0


def follow_with(
    writer: TopicWriter, endpoint: KafkaEndpoint, environ: dict[str, str]
) -> TopicProgress:
    return follow(
        writer,
        endpoint,
        environ,
        group="credentials",
        how=Following(until_end=True, patience=5),
        stop=threading.Event(),
        progress=lambda _: None,
    )
