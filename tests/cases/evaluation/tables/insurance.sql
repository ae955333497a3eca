-- A property insurer: contracts, claims, their way through the house, payouts and online quotes.

CREATE TABLE policies (
  policy_no      STRING COMMENT 'Number of the contract',
  product_line   STRING COMMENT 'What is insured: motor (car), home, travel or pet',
  holder_id      STRING COMMENT 'Policyholder (insured customer); one may hold several policies',
  state_code     STRING COMMENT 'US state of the policyholder: TX = Texas, FL = Florida, OH = Ohio, GA = Georgia, CO = Colorado, OR = Oregon',
  annual_premium DECIMAL(10, 2) COMMENT 'Yearly premium in USD',
  deductible     INT COMMENT 'USD that the policyholder bears in each claim',
  sales_channel  STRING,
  auto_renew     BOOLEAN COMMENT 'True where the contract renews by itself',
  effective_from DATE,
  effective_to   DATE COMMENT 'Last day of cover',
  PRIMARY KEY (policy_no) NOT ENFORCED
) COMMENT 'Insurance contracts: one row for each'
WITH (
  'connector' = 'filesystem',
  'path' = '${INSURANCE_STREAMS}/policies',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE claims (
  claim_no         STRING,
  policy_no        STRING COMMENT 'Contract that the claim is made under',
  cause_of_loss    STRING COMMENT 'What happened: collision, theft, hail, water, fire, trip_cancelled, lost_baggage or vet_treatment',
  loss_description STRING,
  claimed_amount   DECIMAL(12, 2) COMMENT 'What the policyholder asks for, in USD',
  intake_channel   STRING,
  adjuster         STRING COMMENT 'Name of the claims adjuster (handler); null while unassigned',
  handling_team    STRING COMMENT 'fast_track, property, casualty or siu (special investigations unit)',
  fraud_score      DOUBLE COMMENT 'Suspicion of fraud by the model, 0 to 1; 1 is most suspicious',
  has_injury       BOOLEAN,
  loss_at          TIMESTAMP_LTZ(3) COMMENT 'When the damage happened',
  reported_at      TIMESTAMP_LTZ(3) COMMENT 'When the claim was filed with us (first notice of loss)',
  PRIMARY KEY (claim_no) NOT ENFORCED,
  WATERMARK FOR reported_at AS reported_at - INTERVAL '1' MINUTE
) COMMENT 'Claims as they are reported; a message may come more than once'
WITH (
  'connector' = 'filesystem',
  'path' = '${INSURANCE_STREAMS}/claims',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE claim_status_log (
  entry_id   BIGINT,
  claim_no   STRING,
  status     STRING COMMENT 'Status from this moment on: open, in_review, docs_requested, approved, denied or closed',
  changed_by STRING COMMENT 'user for a change by staff, rule for an automatic one, customer for one by self-service',
  changed_at TIMESTAMP_LTZ(3),
  PRIMARY KEY (entry_id) NOT ENFORCED,
  WATERMARK FOR changed_at AS changed_at - INTERVAL '30' SECOND
) COMMENT 'Every change of status of every claim; may hold repeats'
WITH (
  'connector' = 'filesystem',
  'path' = '${INSURANCE_STREAMS}/claim_status_log',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE payouts (
  payout_id    STRING,
  claim_no     STRING,
  payee_type   STRING COMMENT 'Who gets the money: policyholder, repair_shop, clinic or third_party',
  amount_usd   DECIMAL(12, 2) COMMENT 'Amount of the payment in USD',
  pay_method   STRING COMMENT 'ach (bank transfer), check or card',
  is_final     BOOLEAN COMMENT 'True for the last payment of its claim',
  hold_reason  STRING COMMENT 'Why the payment is held back: bank_details, compliance or duplicate_check; null where it is not held',
  requested_at TIMESTAMP_LTZ(3) COMMENT 'When the adjuster asked for the payment',
  paid_at      TIMESTAMP_LTZ(3) COMMENT 'When the money left; null while it has not been paid',
  PRIMARY KEY (payout_id) NOT ENFORCED,
  WATERMARK FOR requested_at AS requested_at - INTERVAL '1' MINUTE
) COMMENT 'Payments on claims'
WITH (
  'connector' = 'filesystem',
  'path' = '${INSURANCE_STREAMS}/payouts',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE quote_requests (
  request_id     STRING,
  visitor_id     STRING COMMENT 'Cookie of the visitor of the website',
  product_line   STRING COMMENT 'motor, home, travel or pet',
  zip_code       STRING,
  applicant_age  INT COMMENT 'Age of the applicant in years',
  device         STRING,
  referrer       STRING COMMENT 'Where the visitor came from: google_ads, comparison_site, newsletter or partner; null for direct visits',
  http_status    INT COMMENT '200 = quoted, 422 = input rejected, 500 = server error, 504 = timeout',
  latency_ms     INT COMMENT 'Response time of the rating engine in milliseconds',
  quoted_premium DECIMAL(10, 2) COMMENT 'Yearly premium offered, in USD; null where no quote came out',
  policy_no      STRING COMMENT 'Policy that was bought from the quote; null where none was',
  requested_at   TIMESTAMP_LTZ(3),
  PRIMARY KEY (request_id) NOT ENFORCED,
  WATERMARK FOR requested_at AS requested_at - INTERVAL '10' SECOND
) COMMENT 'Requests for a quote on the website'
WITH (
  'connector' = 'filesystem',
  'path' = '${INSURANCE_STREAMS}/quote_requests',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
