-- Topic json_orders, imported from a schema registry.
-- value: subject json_orders-value, version 1, id 101 (JSON Schema)
-- Event time is placed_at: it is the only timestamp.
CREATE TABLE json_orders (
  order_id   STRING NOT NULL COMMENT 'Number of the order',
  placed_at  TIMESTAMP_LTZ(3) NOT NULL,
  status     STRING NOT NULL COMMENT 'Where it stands; one of new, paid',
  note       STRING,
  quantity   BIGINT,
  price      DOUBLE,
  gift       BOOLEAN,
  due        DATE,
  opens      STRING          COMMENT 'time of day with its offset',
  photo      BYTES,
  address    ROW<street STRING, `method` STRING> COMMENT 'street: With number',
  tags       ARRAY<STRING>,
  scores     MAP<STRING NOT NULL, DOUBLE>,
  `free`     STRING          COMMENT 'as text',
  either     STRING          COMMENT 'as text',
  tree       ROW<`value` BIGINT, children ARRAY<ROW<`value` BIGINT, children STRING>>> COMMENT 'children: children: as text',
  `odd name` BIGINT,
  WATERMARK FOR placed_at AS placed_at - INTERVAL '5' SECOND
) COMMENT 'Orders of the shop'
WITH (
  'connector' = 'kafka',
  'topic' = 'json_orders',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
