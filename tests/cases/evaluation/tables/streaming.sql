-- A music-streaming service: accounts, catalogue, plays, billing and advertising. About half of
-- the columns are documented.

CREATE TABLE subscribers (
  subscriber_id    STRING COMMENT 'Account (user, member, listener)',
  email            STRING,
  country          STRING COMMENT 'Home country: SE = Sweden, NO = Norway, DE = Germany, GB = United Kingdom, US = United States, JP = Japan, MX = Mexico, NG = Nigeria',
  plan             STRING COMMENT 'free, student, premium or family; free and student hear ads',
  birth_year       INT,
  acq_channel      STRING COMMENT 'How the account was won: organic, referral, social or tv; null where unknown',
  marketing_opt_in BOOLEAN,
  joined_on        DATE COMMENT 'Day of sign-up (registration)',
  PRIMARY KEY (subscriber_id) NOT ENFORCED
) COMMENT 'One row for each account'
WITH (
  'connector' = 'filesystem',
  'path' = '${STREAMING_STREAMS}/subscribers',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE tracks (
  track_id    STRING,
  title       STRING COMMENT 'Name of the song',
  artist      STRING,
  label_name  STRING COMMENT 'Record label that owns the recording',
  genre       STRING,
  duration_s  INT COMMENT 'Length of the song in seconds',
  bpm         INT COMMENT 'Tempo in beats per minute; null where it was not analysed',
  is_explicit BOOLEAN,
  released_on DATE,
  PRIMARY KEY (track_id) NOT ENFORCED
) COMMENT 'The catalogue: one row for each song'
WITH (
  'connector' = 'filesystem',
  'path' = '${STREAMING_STREAMS}/tracks',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE plays (
  play_id       STRING COMMENT 'One song being played (streamed) once',
  subscriber_id STRING,
  track_id      STRING,
  device        STRING COMMENT 'mobile (phone), desktop (computer), speaker (smart speaker), car or tv',
  play_source   STRING,
  playlist_name STRING COMMENT 'Set where play_source is playlist, null otherwise',
  listened_s    INT COMMENT 'Seconds that were really listened to',
  end_reason    STRING COMMENT 'completed, skipped or playback_error',
  bitrate_kbps  INT,
  buffering_ms  INT COMMENT 'Milliseconds of waiting before the sound started; null when offline',
  is_offline    BOOLEAN,
  started_at    TIMESTAMP_LTZ(3),
  PRIMARY KEY (play_id) NOT ENFORCED,
  WATERMARK FOR started_at AS started_at - INTERVAL '30' SECOND
) COMMENT 'Plays as the apps report them; a message may come more than once'
WITH (
  'connector' = 'filesystem',
  'path' = '${STREAMING_STREAMS}/plays',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE invoices (
  invoice_no    STRING,
  subscriber_id STRING,
  amount_usd    DECIMAL(8, 2) COMMENT 'Invoiced amount in USD, tax included',
  tax_usd       DECIMAL(8, 2),
  pay_method    STRING COMMENT 'card, paypal, carrier (on the phone bill) or gift_card',
  invoice_state STRING COMMENT 'pending, paid, failed or refunded',
  failure_code  STRING,
  promo_code    STRING COMMENT 'Discount code; null where none was used',
  issued_at     TIMESTAMP_LTZ(3),
  paid_at       TIMESTAMP_LTZ(3) COMMENT 'When the money came in; null until then',
  PRIMARY KEY (invoice_no) NOT ENFORCED,
  WATERMARK FOR issued_at AS issued_at - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${STREAMING_STREAMS}/invoices',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE ad_impressions (
  impression_id BIGINT COMMENT 'One ad shown or played once',
  subscriber_id STRING,
  advertiser    STRING,
  ad_format     STRING COMMENT 'audio, video or banner',
  revenue_usd   DECIMAL(8, 4) COMMENT 'What we earn for it, in USD',
  completed_pct INT COMMENT 'How much of an audio or video ad was heard or seen, 0 to 100; null for banners',
  was_clicked   BOOLEAN,
  shown_at      TIMESTAMP_LTZ(3),
  PRIMARY KEY (impression_id) NOT ENFORCED,
  WATERMARK FOR shown_at AS shown_at - INTERVAL '10' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '${STREAMING_STREAMS}/ad_impressions',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
