-- What customers buy and how they pay.
-- Every stream is written at least once: a retried delivery repeats a row, key and all.

CREATE TABLE orders (
  order_id    STRING         COMMENT 'Order number, such as O-5f3a09c1',
  customer_id STRING         COMMENT 'Customer number',
  product     STRING         COMMENT 'Name of the product ordered',
  category    STRING         COMMENT 'Product category',
  quantity    INT            COMMENT 'Units ordered',
  amount      DECIMAL(10, 2) COMMENT 'Order value in EUR: goods, VAT and shipping fee together',
  shipping_fee DECIMAL(10, 2) COMMENT 'Shipping fee in EUR contained in the amount',
  city        STRING         COMMENT 'City the order is shipped to',
  channel     STRING         COMMENT 'Sales channel: web, app or store',
  status      STRING         COMMENT 'Outcome at checkout: confirmed, cancelled or fraud_hold',
  order_time  TIMESTAMP_LTZ(3) COMMENT 'When the order was placed',
  PRIMARY KEY (order_id) NOT ENFORCED,
  WATERMARK FOR order_time AS order_time - INTERVAL '30' SECOND
) COMMENT 'Orders placed in the shop (purchases, sales), one row per order'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRIBUTARY_STREAMS}/orders',
  'source.monitor-interval' = '1 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE payments (
  payment_id     STRING         COMMENT 'Payment attempt number',
  order_id       STRING         COMMENT 'Order that is paid',
  `method`       STRING         COMMENT 'Payment method: card, paypal, invoice or gift_card',
  amount         DECIMAL(10, 2) COMMENT 'Amount of the attempt in EUR',
  status         STRING         COMMENT 'Outcome: succeeded, failed or refunded',
  failure_reason STRING         COMMENT 'Why it failed: insufficient_funds, card_expired, issuer_timeout or fraud_suspected; null otherwise',
  attempt        INT            COMMENT 'Number of the attempt for this order, from 1',
  payment_time   TIMESTAMP_LTZ(3) COMMENT 'When the payment provider reported the outcome',
  PRIMARY KEY (payment_id) NOT ENFORCED,
  WATERMARK FOR payment_time AS payment_time - INTERVAL '1' MINUTE
) COMMENT 'Payment attempts (charges, transactions) and refunds reported by the payment provider'
WITH (
  'connector' = 'filesystem',
  'path' = '${TRIBUTARY_STREAMS}/payments',
  'source.monitor-interval' = '1 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
