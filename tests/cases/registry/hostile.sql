-- Topic notes, imported from a schema registry.
-- value: subject notes-value, version 1, id 101 (Avro)
-- Event time is the record's own timestamp: the schema has no timestamp.
CREATE TABLE notes (
  `select`    STRING NOT NULL COMMENT 'line one line two'' COMMENT ''three',
  mood        STRING NOT NULL COMMENT 'one of GOOD, BAD',
  text        STRING NOT NULL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL COMMENT 'When the record was written, or taken by Kafka',
  WATERMARK FOR record_time AS record_time - INTERVAL '5' SECOND
) COMMENT 'x''); DROP TABLE t; -- */ ${HOME}'
WITH (
  'connector' = 'kafka',
  'topic' = 'notes',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://registry:8081',
  'avro-confluent.schema' = '{"type":"record","name":"Note","fields":[
    {"name":"select","type":"string"},
    {"name":"mood","type":{"type":"enum","name":"Mood","symbols":["GOOD","BAD"]}},
    {"name":"text","type":"string","default":"it''s $\u007bHOME} \u2028 ; --"}
  ]}'
);
