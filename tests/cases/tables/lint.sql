-- What the rules of app/sql/lint are tried on beside the sample shop.

CREATE TABLE clicks (
  user_id     BIGINT,
  url         STRING,
  ms          INT,
  price       FLOAT,
  paid        BOOLEAN,
  `value`     DOUBLE,
  epoch       BIGINT           COMMENT 'Milliseconds since 1970',
  day_text    STRING           COMMENT 'Day as yyyy-MM-dd',
  day_date    DATE,
  click_time  TIMESTAMP(3),
  server_time TIMESTAMP_LTZ(3),
  tags        ARRAY<STRING>,
  proc AS PROCTIME(),
  WATERMARK FOR click_time AS click_time - INTERVAL '5' SECOND
) WITH ('connector' = 'datagen', 'number-of-rows' = '10');

CREATE TABLE rates (
  currency   STRING,
  rate       DECIMAL(10, 4),
  valid_from TIMESTAMP_LTZ(3),
  PRIMARY KEY (currency) NOT ENFORCED,
  WATERMARK FOR valid_from AS valid_from
) WITH ('connector' = 'datagen', 'number-of-rows' = '10');

CREATE TABLE fills (
  trade_id   BIGINT,
  currency   STRING,
  price      DECIMAL(10, 2),
  trade_time TIMESTAMP_LTZ(3),
  WATERMARK FOR trade_time AS trade_time - INTERVAL '10' SECOND
) WITH ('connector' = 'datagen', 'number-of-rows' = '10');

CREATE TABLE meters (
  meter_id STRING,
  reading  DOUBLE,
  read_at  TIMESTAMP_LTZ(3),
  WATERMARK FOR read_at AS read_at - INTERVAL '10' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'meters', 'format' = 'json');
