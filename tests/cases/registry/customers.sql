-- Topic customers, imported from a schema registry.
-- value: subject customers-value, version 1, id 101 (Avro)
-- key: subject customers-key, version 1, id 101 (Avro)
-- Event time is updated: it is the only timestamp.
-- Compacted: a record replaces the one before it of its key.
CREATE TABLE customers (
  customer_id BIGINT NOT NULL,
  name        STRING NOT NULL,
  updated     AS TO_TIMESTAMP_LTZ(updated_ms, 3),
  updated_ms  BIGINT NOT NULL COMMENT 'updated in milliseconds since 1970',
  PRIMARY KEY (customer_id) NOT ENFORCED,
  WATERMARK FOR updated AS updated - INTERVAL '5' SECOND
) COMMENT 'Records of the topic customers'
WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'customers',
  'properties.bootstrap.servers' = 'broker:9092',
  'properties.security.protocol' = 'SASL_SSL',
  'properties.sasl.mechanism' = 'SCRAM-SHA-512',
  'properties.ssl.truststore.type' = 'PEM',
  'properties.ssl.truststore.location' = '/etc/ca.pem',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="reader" password="${KAFKA_PASSWORD}";',
  'key.format' = 'avro-confluent',
  'key.avro-confluent.url' = 'http://registry:8081',
  'key.avro-confluent.basic-auth.credentials-source' = 'USER_INFO',
  'key.avro-confluent.basic-auth.user-info' = '${SCHEMA_REGISTRY_AUTH}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081',
  'value.avro-confluent.basic-auth.credentials-source' = 'USER_INFO',
  'value.avro-confluent.basic-auth.user-info' = '${SCHEMA_REGISTRY_AUTH}',
  'value.avro-confluent.schema' = '{"type":"record","name":"Customer","fields":[
    {"name":"customer_id","type":"long"},
    {"name":"name","type":"string"},
    {"name":"updated_ms","type":"long","aliases":["updated"]}
  ]}'
);
