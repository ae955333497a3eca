-- A utility's sites, smart meters, chargers and the power exchange.

CREATE TABLE meterReadings (
  readingId STRING COMMENT 'Reading number',
  meterId   STRING COMMENT 'Smart meter',
  siteId    STRING COMMENT 'Site at which the meter hangs',
  kWh       DOUBLE COMMENT 'Energy consumption in the quarter of an hour before, in kWh; null where quality is missing',
  voltage_v DOUBLE COMMENT 'Mean voltage in V',
  quality   STRING COMMENT 'Quality of the value: measured, estimated or missing',
  readAt    TIMESTAMP_LTZ(3) COMMENT 'When the meter sent it',
  PRIMARY KEY (readingId) NOT ENFORCED,
  WATERMARK FOR readAt AS readAt - INTERVAL '3' MINUTE
) COMMENT 'Readings of the smart meters (consumption, usage), every quarter of an hour; may be repeated'
WITH (
  'connector' = 'filesystem',
  'path' = '${ENERGY_STREAMS}/meter-readings',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE sites (
  siteId       STRING,
  siteName     STRING COMMENT 'name',
  region       STRING COMMENT 'reg.',
  tariff       STRING COMMENT 'cf. price sheet',
  contractedKw INT    COMMENT 'kW',
  hasPv        BOOLEAN COMMENT 'PV (solar panels)',
  contact      ROW<name STRING, phone STRING> COMMENT 'contact'
) COMMENT 'cust. sites'
WITH (
  'connector' = 'filesystem',
  'path' = '${ENERGY_STREAMS}/sites',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE charge_sessions (
  session_id  STRING           COMMENT 'Number of the charging session',
  charger_id  STRING           COMMENT 'Charger (charging point, wallbox) used',
  siteId      STRING           COMMENT 'Site of the charger',
  connector   STRING           COMMENT 'Plug: CCS, Type2 or CHAdeMO',
  `start`     TIMESTAMP_LTZ(3) COMMENT 'When charging began',
  `end`       TIMESTAMP_LTZ(3) COMMENT 'When charging ended; null while it goes on',
  energy_kwh  DOUBLE           COMMENT 'Energy charged in kWh; null while it goes on',
  cost_eur    DECIMAL(8, 2)    COMMENT 'What the driver pays, in EUR (revenue); null while it goes on',
  pay_method  STRING           COMMENT 'How it is paid: app, rfid, card or roaming',
  stop_reason STRING           COMMENT 'Why it ended: user, full, error or timeout; null while it goes on',
  PRIMARY KEY (session_id) NOT ENFORCED,
  WATERMARK FOR `start` AS `start` - INTERVAL '2' MINUTE
) COMMENT 'Charging sessions of electric cars (charges), one row per session'
WITH (
  'connector' = 'filesystem',
  'path' = '${ENERGY_STREAMS}/charge_sessions',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE charger_status (
  charger_id STRING,
  state      STRING,
  errorCodes ARRAY<STRING>,
  temp_c     DOUBLE,
  firmware   STRING,
  ts         TIMESTAMP_LTZ(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${ENERGY_STREAMS}/charger_status',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE spot_price (
  area     STRING COMMENT 'Bidding zone (market area): DE-LU, AT, FR or NL',
  `value`  DOUBLE COMMENT 'Price in EUR/MWh, below 0 where power is in excess',
  delivery TIMESTAMP_LTZ(3) COMMENT 'Start of the hour of delivery',
  WATERMARK FOR delivery AS delivery
) COMMENT 'Hourly spot prices of electricity (power price)'
WITH (
  'connector' = 'filesystem',
  'path' = '${ENERGY_STREAMS}/spot_price',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
