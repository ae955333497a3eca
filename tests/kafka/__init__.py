"""A real Kafka broker and a schema registry for tests, started only where a test asks for them.

Mark such a test `@pytest.mark.kafka`; all of them without a Flink run in one process.
The fixtures, all for the whole run (`tests/conftest.py`):

`kafka`: a running single-node broker, `tests.kafka.broker.Broker`:
    kafka.bootstrap                  "127.0.0.1:PORT", without authentication
    kafka.topic("orders", 3)         makes a topic with a name of its own, here of 3 partitions
    kafka.produce(topic, records)    Record(value, key=None, ...) each, waits until all are stored
    kafka.client({"group.id": "g"})  what Producer, Consumer and AdminClient are made with
    kafka.stop(), kafka.start()      the same port and data; start() is a no-op while it runs
    kafka.losing(topic)              a context; what is produced to the topic in it is lost after it
    kafka.sasl_bootstrap, kafka.user, kafka.password, kafka.sasl_client({...})
                                     the second listener: SASL_PLAINTEXT with mechanism PLAIN

`registry`: `tests.kafka.registry.Registry`, a Confluent-compatible registry over HTTP, empty:
    registry.url                     "http://127.0.0.1:PORT"
    registry.requires("user", "pw")  a context in which it wants basic authentication;
    registry.requires(bearer="t")    or a token
    registry.clear()                 forgets every subject, as each test's start does
    (it knows a JSON Schema by "$schema" or "properties"; schema ids go on counting)

`connectors`: the folder of Flink's connectors, for tests marked both `flink` and `kafka`. All
    engines of a run share a JVM; it has these on its class path from its first start.

A test that stops the broker starts it again, in `finally`: others go on with it. The jars come
from Maven coordinates (`broker.jars`) and are kept in the user's cache folder, or in
TRIBUTARY_TEST_JARS. Where they cannot be had the tests are skipped, with CI=true they fail.
"""
