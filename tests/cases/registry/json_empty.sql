-- Topic refunds, imported from a schema registry.
-- value: subject refunds-value, version 1, id 101 (JSON Schema)
-- Event time is the record's own timestamp: the schema has no timestamp.
-- Problem: It has no record yet. A serializer that puts the number of the schema before the JSON,
-- as Confluent's does by default, makes records that Flink cannot read.
CREATE TABLE refunds (
  amount      DOUBLE,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'Records of the topic refunds'
WITH (
  'connector' = 'kafka',
  'topic' = 'refunds',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
