-- Topic shop.orders, imported from a schema registry.
-- value: subject shop.orders-value, version 1, id 101 (Avro)
-- key: subject shop.orders-key, version 1, id 101 (Avro)
-- Event time is placed_at: it is the only timestamp that is never null.
CREATE TABLE shop_orders (
  order_id     STRING NOT NULL         COMMENT 'It''s the number, such as O-1',
  amount       DECIMAL(10, 2) NOT NULL COMMENT 'In EUR.',
  status       STRING NOT NULL         COMMENT 'Where it stands; one of NEW, PAID, SENT',
  address      ROW<street STRING, `method` STRING>,
  placed_at    AS TO_TIMESTAMP_LTZ(placed_at_ms, 3) COMMENT 'When it was placed',
  paid_at      AS TO_TIMESTAMP_LTZ(paid_at_us / 1000, 3),
  placed_at_ms BIGINT NOT NULL         COMMENT 'placed_at in milliseconds since 1970',
  paid_at_us   BIGINT                  COMMENT 'paid_at in microseconds since 1970',
  WATERMARK FOR placed_at AS placed_at - INTERVAL '5' SECOND
) COMMENT 'An order''s way, from the cart to the door'
WITH (
  'connector' = 'kafka',
  'topic' = 'shop.orders',
  'properties.bootstrap.servers' = 'broker:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent',
  'avro-confluent.url' = 'http://registry:8081',
  'avro-confluent.schema' = '{"type":"record","name":"shop.Order","fields":[
    {"name":"order_id","type":"string"},
    {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
    {"name":"status","type":{"type":"enum","name":"shop.Status","symbols":["NEW","PAID","SENT"]}},
    {"name":"address","type":["null",{"type":"record","name":"shop.Address","fields":[{"name":"street","type":["null","string"],"default":null},{"name":"method","type":["null","string"],"default":null}]}],"default":null},
    {"name":"placed_at_ms","type":"long","aliases":["placed_at"]},
    {"name":"paid_at_us","type":["null","long"],"default":null,"aliases":["paid_at"]}
  ]}'
);
