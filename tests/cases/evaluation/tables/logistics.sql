-- A warehouse operator's floor: stock, pick lists, docks, forklifts, suppliers.

CREATE TABLE stock_movements (
  movement_id   STRING COMMENT 'Number of the movement',
  sku           STRING COMMENT 'Article (item, product) that is moved, by its number',
  warehouse     STRING COMMENT 'Warehouse (site, hub)',
  zone          STRING COMMENT 'Storage zone: ambient, chilled, frozen or hazmat (hazardous goods)',
  movement_type STRING COMMENT 'receipt (goods in), putaway, pick, transfer, return or adjustment (correction of the stock)',
  quantity      INT    COMMENT 'Units moved (pieces); below 0 where an adjustment writes stock off',
  adjust_reason STRING COMMENT 'Why stock was adjusted: damaged, lost, expired or miscount; null for other movements',
  supplier_id   STRING COMMENT 'Supplier that delivered; only receipts have one',
  operator      STRING COMMENT 'Worker who booked it',
  moved_at      TIMESTAMP_LTZ(3) COMMENT 'When it was booked',
  PRIMARY KEY (movement_id) NOT ENFORCED,
  WATERMARK FOR moved_at AS moved_at - INTERVAL '30' SECOND
) COMMENT 'Stock movements; the scanners may send one twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${LOGISTICS_STREAMS}/stock_movements',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE pick_lists (
  pick_list_id STRING,
  warehouse    STRING,
  customer     STRING COMMENT 'Who gets the goods',
  priority     STRING COMMENT 'standard, express or overnight',
  status       STRING COMMENT 'open (nobody has begun), picking, completed or cancelled',
  picker       STRING COMMENT 'Worker who picks it; null where nobody is assigned',
  line_count   INT    COMMENT 'Number of lines',
  weight_kg    DOUBLE COMMENT 'Total weight in kg',
  created_at   TIMESTAMP_LTZ(3),
  started_at   TIMESTAMP_LTZ(3) COMMENT 'When picking began',
  completed_at TIMESTAMP_LTZ(3) COMMENT 'When the last line was picked; null until then',
  PRIMARY KEY (pick_list_id) NOT ENFORCED,
  WATERMARK FOR created_at AS created_at - INTERVAL '1' MINUTE
) COMMENT 'Pick lists, as they stand now'
WITH (
  'connector' = 'filesystem',
  'path' = '${LOGISTICS_STREAMS}/pick_lists',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE dock_events (
  dock_id    STRING,
  warehouse  STRING,
  state      STRING COMMENT 'New state of the dock: free, occupied, loading, unloading or blocked',
  carrier    STRING COMMENT 'Haulier whose truck stands there',
  event_time TIMESTAMP(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '10' SECOND
) COMMENT 'One event whenever the state of a loading dock (gate) changes'
WITH (
  'connector' = 'filesystem',
  'path' = '${LOGISTICS_STREAMS}/dock_events',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE forklift_telemetry (
  forklift_id STRING,
  warehouse   STRING,
  driver      STRING,
  battery_pct DOUBLE COMMENT 'Battery level in percent',
  speed_kmh   DOUBLE,
  load_kg     INT    COMMENT 'Load on the fork in kg, 0 where it is empty',
  fault_code  STRING COMMENT 'null where all is well',
  measured_at TIMESTAMP_LTZ(3),
  WATERMARK FOR measured_at AS measured_at - INTERVAL '15' SECOND
) COMMENT 'Readings of the forklifts, about three an hour each'
WITH (
  'connector' = 'filesystem',
  'path' = '${LOGISTICS_STREAMS}/forklift_telemetry',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE suppliers (
  supplier_id    STRING,
  supplier_name  STRING,
  country        STRING COMMENT 'DE = Germany, AT = Austria, NL = Netherlands, FR = France, IT = Italy, BE = Belgium, PL = Poland, ES = Spain',
  lead_time_days INT    COMMENT 'Days from order to delivery',
  rating         DOUBLE COMMENT 'Our rating from 1 (bad) to 5 (excellent)',
  preferred      BOOLEAN,
  email          STRING COMMENT 'Address for orders',
  contract_end   DATE   COMMENT 'Last day of the contract',
  PRIMARY KEY (supplier_id) NOT ENFORCED
) COMMENT 'Suppliers (vendors)'
WITH (
  'connector' = 'filesystem',
  'path' = '${LOGISTICS_STREAMS}/suppliers',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
