-- A bank's cards, accounts, transfers, rates and fraud desk.

CREATE TABLE card_txn (
  txn_id     STRING         COMMENT 'Number of the authorisation',
  acctNo     STRING         COMMENT 'Account that is charged',
  merchant   STRING         COMMENT 'Name of the merchant (shop, retailer)',
  mcc        STRING         COMMENT 'Merchant category: grocery, fuel, travel, restaurant, electronics or gambling',
  ctry       STRING         COMMENT 'Country of the merchant: DE = Germany, AT = Austria, FR = France, NL = Netherlands, GB = United Kingdom, US = United States',
  amt_eur    DECIMAL(12, 2) COMMENT 'Amount in EUR',
  entry_mode STRING         COMMENT 'How the card was read: chip, contactless, magstripe or ecommerce',
  resp       STRING         COMMENT 'Response of the issuer: approved, declined or referred',
  decl_rsn   STRING         COMMENT 'Reason of a decline: insufficient_funds, limit_exceeded, expired_card or suspected_fraud; null otherwise',
  resp_ms    INT            COMMENT 'Response time of the issuer in milliseconds (latency); null where it was not measured',
  is_3ds     BOOLEAN        COMMENT 'True where the cardholder was authenticated by 3-D Secure',
  terminal   ROW<id STRING, city STRING> COMMENT 'Terminal that read the card; null in e-commerce',
  ts         TIMESTAMP_LTZ(3) COMMENT 'Time of the authorisation',
  PRIMARY KEY (txn_id) NOT ENFORCED,
  WATERMARK FOR ts AS ts - INTERVAL '20' SECOND
) COMMENT 'Card transactions (card payments, purchases, authorisations); a retry repeats the row'
WITH (
  'connector' = 'filesystem',
  'path' = '${FINANCE_STREAMS}/card_txn',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE accounts (
  acctNo         STRING COMMENT 'acct no',
  custId         STRING COMMENT 'cust',
  acct_type      STRING COMMENT 'see code list 17',
  branch         STRING COMMENT 'branch',
  bal_eur        DECIMAL(14, 2) COMMENT 'balance',
  credit_lim_eur INT,
  frozen         BOOLEAN COMMENT 'flag',
  `language`     STRING COMMENT 'corr. language',
  opened_on      DATE,
  PRIMARY KEY (acctNo) NOT ENFORCED
) COMMENT 'acct master'
WITH (
  'connector' = 'filesystem',
  'path' = '${FINANCE_STREAMS}/accounts',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE transfers (
  transferId STRING,
  fromAcct   STRING,
  toAcct     STRING,
  amount     DECIMAL(12, 2),
  currency   STRING,
  status     STRING,
  channel    STRING,
  reference  STRING,
  createdAt  TIMESTAMP_LTZ(3),
  settledAt  TIMESTAMP_LTZ(3),
  WATERMARK FOR createdAt AS createdAt - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${FINANCE_STREAMS}/transfers',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE fx_rates (
  pair      STRING COMMENT 'Currency pair, such as EUR/USD',
  bid       DOUBLE COMMENT 'Bid',
  ask       DOUBLE COMMENT 'Ask',
  spread_bp DOUBLE COMMENT 'Spread between ask and bid in basis points',
  venue     STRING COMMENT 'Where it was quoted: LDN, FFM or NYC',
  quoteTime TIMESTAMP_LTZ(3) COMMENT 'When it was quoted',
  WATERMARK FOR quoteTime AS quoteTime - INTERVAL '5' SECOND
) COMMENT 'Exchange rate quotes, about one a pair every ten minutes'
WITH (
  'connector' = 'filesystem',
  'path' = '${FINANCE_STREAMS}/fx_rates',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE fraud_alerts (
  alertId  STRING        COMMENT 'Number of the alert',
  txn_id   STRING        COMMENT 'Card transaction that is suspected',
  score    DOUBLE        COMMENT 'Risk score from 0 (harmless) to 1 (certain fraud)',
  rules    ARRAY<STRING> COMMENT 'Rules that fired: velocity, geo_jump, new_device, high_amount, night',
  analyst  STRING        COMMENT 'Analyst who works on it; null while nobody has taken it (unassigned)',
  verdict  STRING        COMMENT 'Verdict: fraud or genuine; null while the alert is open',
  raisedAt TIMESTAMP_LTZ(3) COMMENT 'When the alert was raised',
  closedAt TIMESTAMP_LTZ(3) COMMENT 'When the analyst closed it; null while open',
  PRIMARY KEY (alertId) NOT ENFORCED,
  WATERMARK FOR raisedAt AS raisedAt - INTERVAL '30' SECOND
) COMMENT 'Alerts of the fraud detection on card transactions'
WITH (
  'connector' = 'filesystem',
  'path' = '${FINANCE_STREAMS}/fraud_alerts',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
