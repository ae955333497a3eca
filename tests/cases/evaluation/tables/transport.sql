-- A city's buses and trams, from a planning system with German names.

CREATE TABLE fahrten (
  fahrt_nr     STRING       COMMENT 'Trip number',
  linie        STRING       COMMENT 'Line (route) that the trip runs on, such as S1 or 42',
  richtung     STRING       COMMENT 'Direction: inbound or outbound',
  fzg_nr       STRING       COMMENT 'Vehicle that runs the trip',
  fahrer_id    STRING       COMMENT 'Driver; null where none was assigned',
  abfahrt_soll TIMESTAMP(3) COMMENT 'Scheduled departure',
  abfahrt_ist  TIMESTAMP(3) COMMENT 'Actual departure; null where the trip was cancelled',
  versp_min    INT          COMMENT 'Delay on arrival in minutes; 0 where on time, null where the trip was cancelled',
  km           DOUBLE       COMMENT 'Distance in km',
  ausfall      BOOLEAN      COMMENT 'True where the trip was cancelled (did not run)',
  grund        STRING       COMMENT 'Reason of a cancellation: no_driver, vehicle_defect, roadworks or weather; null otherwise',
  WATERMARK FOR abfahrt_soll AS abfahrt_soll - INTERVAL '5' MINUTE
) COMMENT 'Trips (runs, journeys) of buses and trams, one row per trip'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRANSPORT_STREAMS}/fahrten',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE stop_events (
  evt_id     STRING       COMMENT 'Number of the report',
  fahrt_nr   STRING       COMMENT 'Trip',
  stop_name  STRING       COMMENT 'Name of the stop (station)',
  ein        INT          COMMENT 'Passengers boarding (getting on); null where the counter was faulty',
  aus        INT          COMMENT 'Passengers alighting (getting off); null where the counter was faulty',
  load_pct   DOUBLE       COMMENT 'Occupancy in percent of the capacity',
  door_s     INT          COMMENT 'Dwell time: seconds with open doors',
  counter_ok BOOLEAN      COMMENT 'False where the passenger counter was faulty',
  ts         TIMESTAMP(3) COMMENT 'When the doors opened',
  PRIMARY KEY (evt_id) NOT ENFORCED,
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) COMMENT 'Stops that vehicles made, with passengers counted; the radio may send a row twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRANSPORT_STREAMS}/stop_events',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE fleet (
  fzg_nr       STRING COMMENT 'Fzg.-Nr.',
  model        STRING COMMENT 'Typ',
  fuel         STRING COMMENT 's. Liste',
  seats        INT,
  depot        STRING COMMENT 'Btf.',
  `year`       INT COMMENT 'Bj.',
  wheelchair   BOOLEAN,
  extras       ARRAY<STRING>,
  last_service DATE
) COMMENT 'Stammdaten vehicles'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRANSPORT_STREAMS}/fleet',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE tickets (
  ticket_id STRING,
  product   STRING,
  price_eur DECIMAL(8, 2),
  zones     INT,
  channel   STRING,
  age_group STRING,
  refunded  BOOLEAN,
  bought_at TIMESTAMP(3),
  WATERMARK FOR bought_at AS bought_at - INTERVAL '30' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${TRANSPORT_STREAMS}/tickets',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE incidents (
  incident_id STRING       COMMENT 'Number of the incident',
  fzg_nr      STRING       COMMENT 'Vehicle concerned',
  kind        STRING       COMMENT 'breakdown, collision, vandalism, medical or blocked_track',
  severity    INT          COMMENT 'Severity from 1 (minor) to 5 (critical)',
  place       ROW<street STRING, district STRING> COMMENT 'Where it happened',
  injured     INT          COMMENT 'People injured; null where not known yet',
  note        STRING       COMMENT 'Note of the control room',
  reported_at TIMESTAMP(3) COMMENT 'When it was reported',
  resolved_at TIMESTAMP(3) COMMENT 'When it was resolved; null while it is open',
  WATERMARK FOR reported_at AS reported_at - INTERVAL '1' MINUTE
) COMMENT 'Incidents (disruptions) reported to the control room'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRANSPORT_STREAMS}/incidents',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
