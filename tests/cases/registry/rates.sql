-- Topic rates, imported from a schema registry.
-- value: subject rates-value, version 1, id 101 (Avro)
-- Event time is the record's own timestamp: since may be null.
-- Compacted: a record replaces the one before it of its key.
CREATE TABLE rates (
  message_key_ STRING NOT NULL COMMENT 'The record''s key',
  message_key  STRING NOT NULL,
  rate         DOUBLE NOT NULL,
  since        AS TO_TIMESTAMP_LTZ(since_ms, 3),
  since_ms     BIGINT          COMMENT 'since in milliseconds since 1970',
  record_time  TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  PRIMARY KEY (message_key_) NOT ENFORCED,
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'Records of the topic rates'
WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'rates',
  'properties.bootstrap.servers' = 'broker:9092',
  'key.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"Rate","fields":[
    {"name":"message_key","type":"string"},
    {"name":"rate","type":"double","default":1.0},
    {"name":"since_ms","type":["null","long"],"default":null,"aliases":["since"]}
  ]}'
);
