-- A hotel chain's bookings, front desk, room service and guest feedback.

CREATE TABLE rooms (
  room_id        STRING COMMENT 'Room, such as LIS-204: the house and the number on the door',
  hotel          STRING COMMENT 'Name of the house, such as Lisbon Baixa',
  `floor`        INT,
  room_type      STRING COMMENT 'single, double, family or suite',
  beds           INT,
  sea_view       BOOLEAN,
  rack_rate      DECIMAL(8, 2) COMMENT 'List price of a night in EUR',
  out_of_service BOOLEAN COMMENT 'True while the room cannot be sold (blocked)',
  renovated_on   DATE,
  PRIMARY KEY (room_id) NOT ENFORCED
) COMMENT 'The rooms of all houses'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOTEL_STREAMS}/rooms',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE bookings (
  booking_ref     STRING COMMENT 'Number of the booking',
  guest_id        STRING,
  hotel           STRING,
  room_type       STRING,
  channel         STRING COMMENT 'Where it was booked: web, app, agency, phone or walk_in',
  country         STRING COMMENT 'Where the guest comes from: PT = Portugal, ES = Spain, GB = United Kingdom, DE = Germany, FR = France, US = United States, BR = Brazil',
  adults          INT,
  children        INT,
  nights          INT COMMENT 'Length of the stay in nights',
  total_eur       DECIMAL(10, 2) COMMENT 'Price of the whole booking in EUR (booking value, revenue)',
  breakfast       BOOLEAN COMMENT 'True where breakfast is included',
  promo_code      STRING COMMENT 'Discount code; null where none was used',
  special_request STRING,
  status          STRING COMMENT 'confirmed (still to arrive), in_house, completed, cancelled or no_show',
  booked_at       TIMESTAMP_LTZ(3) COMMENT 'When the booking was made',
  cancelled_at    TIMESTAMP_LTZ(3),
  arrival_date    DATE COMMENT 'First night',
  PRIMARY KEY (booking_ref) NOT ENFORCED,
  WATERMARK FOR booked_at AS booked_at - INTERVAL '1' MINUTE
) COMMENT 'Bookings (reservations); a message may be delivered twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOTEL_STREAMS}/bookings',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE stays (
  stay_id        STRING,
  booking_ref    STRING COMMENT 'Booking that the guest arrived on',
  room_id        STRING,
  checked_in_at  TIMESTAMP_LTZ(3) COMMENT 'Check-in (arrival at the front desk)',
  checked_out_at TIMESTAMP_LTZ(3) COMMENT 'Check-out (departure); null while the guest is still in the house',
  clerk          STRING COMMENT 'Receptionist who did the check-in',
  key_cards      INT,
  minibar_eur    DECIMAL(8, 2) COMMENT 'Minibar charge in EUR; null where nothing was taken',
  PRIMARY KEY (stay_id) NOT ENFORCED,
  WATERMARK FOR checked_in_at AS checked_in_at - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${HOTEL_STREAMS}/stays',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE room_service_orders (
  order_id     STRING,
  room_id      STRING,
  item         STRING COMMENT 'Dish or drink on the menu',
  course       STRING COMMENT 'breakfast, snack, main, dessert or drinks',
  quantity     INT,
  amount_eur   DECIMAL(8, 2) COMMENT 'Price of the order in EUR, without the tip',
  tip_eur      DECIMAL(8, 2),
  waiter       STRING,
  payment      STRING COMMENT 'room_bill, card or cash',
  status       STRING COMMENT 'preparing, delivered or cancelled',
  ordered_at   TIMESTAMP_LTZ(3),
  delivered_at TIMESTAMP_LTZ(3) COMMENT 'When it was handed over; null where it was not (yet)',
  PRIMARY KEY (order_id) NOT ENFORCED,
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '30' SECOND
) COMMENT 'Room service: food and drink brought to the room'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOTEL_STREAMS}/room_service_orders',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE reviews (
  review_id   BIGINT,
  booking_ref STRING,
  portal      STRING COMMENT 'Where it was posted: TripNest, RoomRadar or own_site',
  stars       INT COMMENT 'Overall rating (score), 1 to 5',
  cleanliness INT,
  body        STRING COMMENT 'What the guest wrote; null where only stars were given',
  written_at  TIMESTAMP_LTZ(3),
  answered_at TIMESTAMP_LTZ(3) COMMENT 'When the manager replied; null where nobody has',
  PRIMARY KEY (review_id) NOT ENFORCED,
  WATERMARK FOR written_at AS written_at - INTERVAL '5' MINUTE
) COMMENT 'Guest reviews (feedback, ratings)'
WITH (
  'connector' = 'filesystem',
  'path' = '${HOTEL_STREAMS}/reviews',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
