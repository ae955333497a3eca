-- A bike share: another domain, for the semantic parser's tests.

CREATE TABLE rides (
  ride_id       STRING           COMMENT 'Ride number',
  bike_id       STRING           COMMENT 'Bike number',
  rider_type    STRING           COMMENT 'Kind of rider: member, casual or staff',
  start_station STRING           COMMENT 'Station where the ride began',
  end_station   STRING           COMMENT 'Station where the bike was returned; null while it is out',
  distance_km   DOUBLE           COMMENT 'Distance in km',
  duration_min  INT              COMMENT 'Duration in minutes',
  fare          DECIMAL(8, 2)    COMMENT 'Price of the ride in USD',
  ended_at      TIMESTAMP_LTZ(3) COMMENT 'When the bike was returned',
  PRIMARY KEY (ride_id) NOT ENFORCED,
  WATERMARK FOR ended_at AS ended_at - INTERVAL '1' MINUTE
) COMMENT 'Finished rides (trips, journeys) of the bike share'
WITH ('connector' = 'datagen', 'number-of-rows' = '10');

CREATE TABLE station_status (
  station      STRING           COMMENT 'Station',
  bikes        INT              COMMENT 'Bikes that can be taken',
  free_docks   INT              COMMENT 'Docks without a bike',
  reported_at  TIMESTAMP_LTZ(3) COMMENT 'When the station reported',
  WATERMARK FOR reported_at AS reported_at - INTERVAL '1' MINUTE
) COMMENT 'What stations report every minute'
WITH ('connector' = 'datagen', 'number-of-rows' = '10');
