-- What the warehouse, the carriers and the website report.

CREATE TABLE shipments (
  scan_id     STRING           COMMENT 'Number of the carrier scan',
  shipment_id STRING           COMMENT 'Parcel number',
  order_id    STRING           COMMENT 'Order in the parcel',
  carrier     STRING           COMMENT 'Carrier: Nordwind, PostHaste, Blitzkurier or Alpenfracht',
  city        STRING           COMMENT 'City the parcel goes to',
  status      STRING           COMMENT 'What the scan reports: picked_up, delivered, late or lost',
  delay_hours INT              COMMENT 'Hours past the promised time at this scan; 0 when not late',
  promised_at TIMESTAMP_LTZ(3) COMMENT 'Promised delivery time',
  scan_time   TIMESTAMP_LTZ(3) COMMENT 'When the carrier scanned the parcel',
  PRIMARY KEY (scan_id) NOT ENFORCED,
  WATERMARK FOR scan_time AS scan_time - INTERVAL '2' MINUTE
) COMMENT 'Carrier scans of parcels (deliveries, packages): one row per scan, a parcel has several'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRIBUTARY_STREAMS}/shipments',
  'source.monitor-interval' = '1 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE page_views (
  view_id     STRING           COMMENT 'Number of the page view',
  session_id  STRING           COMMENT 'Browser session',
  customer_id STRING           COMMENT 'Customer number; null for a visitor who is not signed in',
  page        STRING           COMMENT 'Kind of page: home, search, product, cart or checkout',
  product     STRING           COMMENT 'Product shown; null where the page shows none',
  device      STRING           COMMENT 'Device: desktop, phone or tablet',
  load_ms     INT              COMMENT 'Time until the page was usable, in milliseconds',
  view_time   TIMESTAMP_LTZ(3) COMMENT 'When the page was opened',
  PRIMARY KEY (view_id) NOT ENFORCED,
  WATERMARK FOR view_time AS view_time - INTERVAL '10' SECOND
) COMMENT 'Pages opened on the website and in the app (visits, clicks, traffic)'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRIBUTARY_STREAMS}/page_views',
  'source.monitor-interval' = '1 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
