-- A marketplace for food delivery: partners, orders, couriers, ratings and support. Half documented.

CREATE TABLE restaurants (
  restaurant_id  STRING,
  name           STRING,
  cuisine        STRING COMMENT 'italian, indian, burger, sushi, thai, turkish or vegan',
  city           STRING,
  commission_pct DECIMAL(4, 1) COMMENT 'Percent of the basket that we keep',
  is_paused      BOOLEAN COMMENT 'True while the restaurant takes no new orders',
  partner_since  DATE,
  PRIMARY KEY (restaurant_id) NOT ENFORCED
) COMMENT 'Partner restaurants, one row each'
WITH (
  'connector' = 'filesystem',
  'path' = '${FOODDELIVERY_STREAMS}/restaurants',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE orders (
  order_id      STRING,
  customer_id   STRING COMMENT 'Who ordered',
  restaurant_id STRING,
  order_status  STRING COMMENT 'placed, preparing, on_the_way, delivered or cancelled',
  item_count    INT,
  subtotal_eur  DECIMAL(8, 2) COMMENT 'Basket value: the food alone, without delivery fee and tip',
  delivery_fee  DECIMAL(6, 2),
  tip_eur       DECIMAL(6, 2) COMMENT 'Tip for the courier; null where none was given',
  promo_code    STRING,
  pay_method    STRING COMMENT 'How it is paid: card, paypal, apple_pay or cash',
  platform      STRING,
  cancel_reason STRING COMMENT 'customer_request, restaurant_closed, no_courier or payment_failed; null unless cancelled',
  placed_at     TIMESTAMP_LTZ(3),
  promised_at   TIMESTAMP_LTZ(3) COMMENT 'When it should be at the door (ETA told to the customer)',
  delivered_at  TIMESTAMP_LTZ(3),
  PRIMARY KEY (order_id) NOT ENFORCED,
  WATERMARK FOR placed_at AS placed_at - INTERVAL '30' SECOND
) COMMENT 'Orders as they stand now; the same row may be sent twice'
WITH (
  'connector' = 'filesystem',
  'path' = '${FOODDELIVERY_STREAMS}/orders',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE courier_events (
  event_id    BIGINT,
  courier_id  STRING COMMENT 'The rider or driver',
  order_id    STRING,
  event_type  STRING COMMENT 'assigned, at_restaurant, picked_up, delivered or dropped (the courier gave the order back)',
  vehicle     STRING,
  distance_km DOUBLE COMMENT 'Way from restaurant to customer; on delivered only, else null',
  event_ts    TIMESTAMP_LTZ(3),
  PRIMARY KEY (event_id) NOT ENFORCED,
  WATERMARK FOR event_ts AS event_ts - INTERVAL '10' SECOND
) COMMENT 'Status events from the courier app'
WITH (
  'connector' = 'filesystem',
  'path' = '${FOODDELIVERY_STREAMS}/courier_events',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE reviews (
  review_id     BIGINT,
  order_id      STRING,
  food_stars    INT COMMENT 'Rating of the food, 1 (bad) to 5 (great)',
  courier_stars INT,
  review_text   STRING,
  reviewed_at   TIMESTAMP_LTZ(3),
  PRIMARY KEY (review_id) NOT ENFORCED,
  WATERMARK FOR reviewed_at AS reviewed_at - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${FOODDELIVERY_STREAMS}/reviews',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE support_tickets (
  ticket_id      STRING,
  order_id       STRING COMMENT 'The order it is about',
  topic          STRING COMMENT 'What the customer complains of: late, missing_item, wrong_order, cold_food or payment',
  priority       STRING,
  ticket_state   STRING COMMENT 'open (no reply yet), pending (replied, not solved) or solved',
  agent          STRING COMMENT 'Who handles it',
  refund_eur     DECIMAL(6, 2) COMMENT 'Money given back; null where none',
  opened_at      TIMESTAMP_LTZ(3),
  first_reply_at TIMESTAMP_LTZ(3),
  solved_at      TIMESTAMP_LTZ(3),
  PRIMARY KEY (ticket_id) NOT ENFORCED,
  WATERMARK FOR opened_at AS opened_at - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${FOODDELIVERY_STREAMS}/support_tickets',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
