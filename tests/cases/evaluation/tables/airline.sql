-- An airline's operations: fleet, flights, bookings, baggage and crew. About half is documented.

CREATE TABLE aircraft (
  tail_no          STRING COMMENT 'Registration of the aircraft (plane)',
  aircraft_type    STRING,
  manufacturer     STRING COMMENT 'Airbus, Boeing or Embraer',
  seats            INT,
  has_wifi         BOOLEAN,
  in_service_since DATE COMMENT 'First day in the fleet',
  PRIMARY KEY (tail_no) NOT ENFORCED
) COMMENT 'The fleet: one row for each aircraft'
WITH (
  'connector' = 'filesystem',
  'path' = '${AIRLINE_STREAMS}/aircraft',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE flights (
  flight_id     STRING COMMENT 'One flight on one day',
  flight_no     STRING COMMENT 'Public flight number, such as TA412',
  tail_no       STRING,
  origin        STRING COMMENT 'Airport of departure (from): LIS = Lisbon, OPO = Porto, MAD = Madrid, FRA = Frankfurt, CDG = Paris, JFK = New York, GRU = Sao Paulo',
  destination   STRING COMMENT 'Airport of arrival (to): LIS = Lisbon, OPO = Porto, MAD = Madrid, FRA = Frankfurt, CDG = Paris, JFK = New York, GRU = Sao Paulo',
  flight_status STRING COMMENT 'boarding, airborne (in the air), landed, diverted or cancelled',
  gate          STRING,
  delay_min     INT COMMENT 'Minutes of delay at departure, 0 = on time; null while it has not departed',
  delay_reason  STRING COMMENT 'air_traffic, technical, late_inbound or crew; only for delays of more than 15 minutes',
  sched_dep     TIMESTAMP_LTZ(3) COMMENT 'Scheduled departure',
  actual_dep    TIMESTAMP_LTZ(3),
  actual_arr    TIMESTAMP_LTZ(3),
  PRIMARY KEY (flight_id) NOT ENFORCED,
  WATERMARK FOR sched_dep AS sched_dep - INTERVAL '1' MINUTE
) COMMENT 'Flights by scheduled departure; a message may come more than once'
WITH (
  'connector' = 'filesystem',
  'path' = '${AIRLINE_STREAMS}/flights',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE bookings (
  booking_id      STRING,
  flight_id       STRING,
  customer_id     STRING COMMENT 'Who booked (customer)',
  country         STRING COMMENT 'Country of the customer: PT = Portugal, ES = Spain, DE = Germany, FR = France, BR = Brazil, US = United States',
  cabin           STRING COMMENT 'Travel class: economy, premium or business',
  fare_eur        DECIMAL(10, 2) COMMENT 'Price of the whole booking in EUR',
  pax_count       INT COMMENT 'Passengers (travellers) in the booking',
  channel         STRING,
  tier            STRING COMMENT 'Frequent-flyer tier: silver, gold or platinum; null for non-members',
  special_request STRING,
  booking_status  STRING,
  booked_at       TIMESTAMP_LTZ(3),
  PRIMARY KEY (booking_id) NOT ENFORCED,
  WATERMARK FOR booked_at AS booked_at - INTERVAL '30' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${AIRLINE_STREAMS}/bookings',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE baggage_scans (
  scan_id      BIGINT,
  bag_tag      STRING COMMENT 'Number on the tag of the bag (suitcase, luggage)',
  booking_id   STRING,
  station      STRING COMMENT 'Where on its way the bag was scanned: check_in, sorting, loading or claim',
  airport      STRING,
  weight_kg    DOUBLE COMMENT 'Weight in kg, measured at check_in only; null elsewhere',
  is_misrouted BOOLEAN COMMENT 'True where the bag was found on the wrong way',
  scanned_at   TIMESTAMP_LTZ(3),
  PRIMARY KEY (scan_id) NOT ENFORCED,
  WATERMARK FOR scanned_at AS scanned_at - INTERVAL '10' SECOND
) COMMENT 'Each reading of a bag tag'
WITH (
  'connector' = 'filesystem',
  'path' = '${AIRLINE_STREAMS}/baggage_scans',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE crew_duty (
  duty_id    BIGINT,
  crew_name  STRING,
  `role`     STRING,
  base       STRING,
  flight_id  STRING,
  is_standby BOOLEAN,
  duty_start TIMESTAMP_LTZ(3),
  duty_end   TIMESTAMP_LTZ(3) COMMENT 'null while still on duty',
  PRIMARY KEY (duty_id) NOT ENFORCED,
  WATERMARK FOR duty_start AS duty_start - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${AIRLINE_STREAMS}/crew_duty',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
