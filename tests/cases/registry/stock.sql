-- Topic stock-levels, imported from a schema registry.
-- value: subject stock-levels-value, version 1, id 101 (Avro)
-- key: subject stock-levels-key, version 1, id 101 (Avro)
-- Event time is event_time: of the timestamps, its name says so.
-- Compacted: a record replaces the one before it of its key.
CREATE TABLE stock_levels (
  key_item      STRING NOT NULL,
  key_store     INT NOT NULL,
  item          STRING          COMMENT 'As the shelf says it',
  `count`       INT NOT NULL,
  event_time    AS TO_TIMESTAMP_LTZ(event_time_ms, 3),
  created_at    AS TO_TIMESTAMP_LTZ(created_at_ms, 3),
  event_time_ms BIGINT NOT NULL COMMENT 'event_time in milliseconds since 1970',
  created_at_ms BIGINT NOT NULL COMMENT 'created_at in milliseconds since 1970',
  PRIMARY KEY (key_item, key_store) NOT ENFORCED,
  WATERMARK FOR event_time AS event_time - INTERVAL '10' MINUTE
) COMMENT 'Records of the topic stock-levels'
WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'stock-levels',
  'properties.bootstrap.servers' = 'broker:9092',
  'key.format' = 'avro-confluent',
  'key.fields-prefix' = 'key_',
  'key.avro-confluent.url' = 'http://registry:8081',
  'key.avro-confluent.bearer-auth.credentials-source' = 'STATIC_TOKEN',
  'key.avro-confluent.bearer-auth.token' = '${SCHEMA_REGISTRY_TOKEN}',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081',
  'value.avro-confluent.bearer-auth.credentials-source' = 'STATIC_TOKEN',
  'value.avro-confluent.bearer-auth.token' = '${SCHEMA_REGISTRY_TOKEN}',
  'value.avro-confluent.schema' = '{"type":"record","name":"Level","fields":[
    {"name":"item","type":["null","string"],"default":null},
    {"name":"count","type":"int"},
    {"name":"event_time_ms","type":"long","aliases":["event_time"]},
    {"name":"created_at_ms","type":"long","aliases":["created_at"]}
  ]}'
);
