-- Topic clicks, imported from a schema registry.
-- value: subject clicks-value, version 1, id 101 (Avro)
-- Event time is the record's own timestamp: the schema has no timestamp.
CREATE TABLE clicks (
  page        STRING NOT NULL,
  visitor     STRING,
  times       ARRAY<INT NOT NULL> NOT NULL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'Records of the topic clicks'
WITH (
  'connector' = 'kafka',
  'topic' = 'clicks',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://registry:8081'
);
