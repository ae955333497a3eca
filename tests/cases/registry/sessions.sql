-- Topic sessions, imported from a schema registry.
-- value: subject sessions-value, version 1, id 101 (Avro)
-- key: subject sessions-key, version 1, id 101 (Avro)
-- Event time is the record's own timestamp: which of opened, closed it is, the schema does not
-- say.
CREATE TABLE sessions (
  region      STRING NOT NULL,
  id          STRING NOT NULL,
  opened      AS TO_TIMESTAMP_LTZ(opened_ms, 3),
  closed      AS TO_TIMESTAMP_LTZ(closed_ms, 3),
  opened_ms   BIGINT NOT NULL COMMENT 'opened in milliseconds since 1970',
  closed_ms   BIGINT NOT NULL COMMENT 'closed in milliseconds since 1970',
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'Records of the topic sessions'
WITH (
  'connector' = 'kafka',
  'topic' = 'sessions',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'key.format' = 'avro-confluent',
  'key.fields' = 'region',
  'key.avro-confluent.url' = 'http://registry:8081',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"Session","fields":[
    {"name":"id","type":"string"},
    {"name":"opened_ms","type":"long","aliases":["opened"]},
    {"name":"closed_ms","type":"long","aliases":["closed"]}
  ]}'
);
