-- Shop floor

CREATE TABLE machineCycles (
  cycleId   BIGINT,
  machId    STRING COMMENT 'machine',
  machType  STRING,
  woNo      STRING COMMENT 'work order',
  prog      STRING COMMENT 'NC program',
  goodQty   INT COMMENT 'good parts',
  scrapQty  INT COMMENT 'rejects',
  toolTempC DOUBLE,
  operId    STRING COMMENT 'operator',
  shift     STRING,
  startTs   TIMESTAMP_LTZ(3),
  endTs     TIMESTAMP_LTZ(3) COMMENT 'null = still running',
  PRIMARY KEY (cycleId) NOT ENFORCED,
  WATERMARK FOR startTs AS startTs - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${FACTORY_STREAMS}/machineCycles',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE qualityChecks (
  checkId    STRING,
  cycleId    BIGINT,
  inspector  STRING,
  feature    STRING COMMENT 'what was measured',
  measured   DOUBLE COMMENT 'mm, HRC or um',
  verdict    STRING COMMENT 'pass | rework | fail',
  defect     STRING,
  remeasured BOOLEAN,
  checkedAt  TIMESTAMP_LTZ(3),
  PRIMARY KEY (checkId) NOT ENFORCED,
  WATERMARK FOR checkedAt AS checkedAt - INTERVAL '1' MINUTE
) COMMENT 'inspections'
WITH (
  'connector' = 'filesystem',
  'path' = '${FACTORY_STREAMS}/qualityChecks',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE downtimes (
  dtId     STRING,
  machId   STRING,
  reason   STRING,
  planned  BOOLEAN,
  reporter STRING,
  costEur  DECIMAL(10, 2),
  beginAt  TIMESTAMP_LTZ(3),
  endAt    TIMESTAMP_LTZ(3) COMMENT 'null = machine still down',
  PRIMARY KEY (dtId) NOT ENFORCED,
  WATERMARK FOR beginAt AS beginAt - INTERVAL '1' MINUTE
) COMMENT 'machine stops'
WITH (
  'connector' = 'filesystem',
  'path' = '${FACTORY_STREAMS}/downtimes',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE meterReadings (
  meterId  STRING,
  hall     STRING,
  loadKw   DOUBLE,
  kwhTotal DOUBLE COMMENT 'counter',
  volt     DOUBLE,
  health   STRING,
  readAt   TIMESTAMP_LTZ(3),
  WATERMARK FOR readAt AS readAt - INTERVAL '1' MINUTE
) COMMENT 'energy meters, every 10 min'
WITH (
  'connector' = 'filesystem',
  'path' = '${FACTORY_STREAMS}/meterReadings',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE workOrders (
  woNo      STRING,
  product   STRING,
  customer  STRING,
  qty       INT COMMENT 'ordered pcs',
  prio      INT COMMENT '1 = urgent',
  state     STRING,
  unitPrice DECIMAL(10, 2) COMMENT 'EUR',
  dueDate   DATE,
  note      STRING,
  createdAt TIMESTAMP_LTZ(3),
  PRIMARY KEY (woNo) NOT ENFORCED
) WITH (
  'connector' = 'filesystem',
  'path' = '${FACTORY_STREAMS}/workOrders',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
