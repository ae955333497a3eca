CREATE TABLE cells (
  cell_id  STRING,
  site     STRING,
  city     STRING,
  tech     STRING,
  band_mhz INT,
  vendor   STRING,
  max_ue   INT,
  active   BOOLEAN,
  on_air   DATE,
  PRIMARY KEY (cell_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem',
  'path' = '${TELECOM_STREAMS}/cells',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE calls (
  call_id STRING,
  msisdn  STRING COMMENT 'subscriber',
  cell_id STRING,
  dir     STRING,
  res     STRING,
  dur_s   INT,
  roam    BOOLEAN,
  chg_eur DECIMAL(8, 2),
  st_ts   TIMESTAMP_LTZ(3),
  end_ts  TIMESTAMP_LTZ(3),
  PRIMARY KEY (call_id) NOT ENFORCED,
  WATERMARK FOR st_ts AS st_ts - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${TELECOM_STREAMS}/calls',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE data_usage (
  msisdn  STRING,
  cell_id STRING,
  apn     STRING,
  dl_mb   DOUBLE,
  ul_mb   DOUBLE,
  ts      TIMESTAMP_LTZ(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${TELECOM_STREAMS}/data_usage',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE tickets (
  tkt_id STRING,
  msisdn STRING,
  cat    STRING,
  prio   STRING,
  stat   STRING,
  chan   STRING,
  agent  STRING,
  subj   STRING,
  csat   INT COMMENT '1-5',
  op_ts  TIMESTAMP_LTZ(3),
  cl_ts  TIMESTAMP_LTZ(3),
  PRIMARY KEY (tkt_id) NOT ENFORCED,
  WATERMARK FOR op_ts AS op_ts - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${TELECOM_STREAMS}/tickets',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE outages (
  out_id   STRING,
  cell_id  STRING,
  cause    STRING,
  sev      STRING,
  subs_aff INT COMMENT 'subs affected',
  st_ts    TIMESTAMP_LTZ(3),
  end_ts   TIMESTAMP_LTZ(3),
  PRIMARY KEY (out_id) NOT ENFORCED,
  WATERMARK FOR st_ts AS st_ts - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${TELECOM_STREAMS}/outages',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
