-- Machines in a plant: another domain, for the semantic parser's tests.

CREATE TABLE readings (
  sensorId    STRING           COMMENT 'Sensor that measured',
  site        STRING           COMMENT 'Plant: north, south or harbour',
  machine     STRING           COMMENT 'Machine that the sensor sits on',
  temperature DOUBLE           COMMENT 'Temperature in degrees Celsius',
  vibration   DOUBLE           COMMENT 'Vibration velocity in mm/s',
  power_kw    DOUBLE           COMMENT 'Power drawn, in kW',
  is_valid    BOOLEAN          COMMENT 'False where the self-test failed',
  measured_at TIMESTAMP_LTZ(3) COMMENT 'When it was measured',
  WATERMARK FOR measured_at AS measured_at - INTERVAL '5' SECOND
) COMMENT 'Measurements of machine sensors, one row every ten seconds and sensor'
WITH ('connector' = 'datagen', 'number-of-rows' = '10');

CREATE TABLE alarms (
  alarm_id   BIGINT           COMMENT 'Number of the alarm',
  machine    STRING           COMMENT 'Machine that raised it',
  severity   STRING           COMMENT 'Severity: info, warning or critical',
  `language` STRING           COMMENT 'Language of the message text',
  duration_s INT              COMMENT 'How long it was active, in seconds',
  raised_at  TIMESTAMP(3)     COMMENT 'When it was raised',
  PRIMARY KEY (alarm_id) NOT ENFORCED,
  WATERMARK FOR raised_at AS raised_at - INTERVAL '5' SECOND
) COMMENT 'Alarms (alerts, warnings) of machines'
WITH ('connector' = 'datagen', 'number-of-rows' = '10');
