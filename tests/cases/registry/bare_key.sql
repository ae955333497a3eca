-- Topic devices, imported from a schema registry.
-- value: subject devices-value, version 1, id 101 (Avro)
-- key: subject devices-key, version 1, id 101 (Avro)
-- Event time is the record's own timestamp: the schema has no timestamp.
-- Compacted: a record replaces the one before it of its key.
-- Problem: The key is not read: It is no record, and Flink's avro-confluent format reads only
-- records.
CREATE TABLE devices (
  message_key BYTES NOT NULL  COMMENT 'The record''s key as it is stored',
  model       STRING NOT NULL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  PRIMARY KEY (message_key) NOT ENFORCED,
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'Records of the topic devices'
WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'devices',
  'properties.bootstrap.servers' = 'broker:9092',
  'key.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081'
);
