-- The help desk of a cloud provider: its agents, tickets, their messages, and incidents of the
-- services. About half of the columns are documented.

CREATE TABLE agents (
  agent_id    STRING,
  full_name   STRING,
  team        STRING COMMENT 'tier1, tier2, billing or platform',
  site        STRING COMMENT 'Office: Lisbon, Austin, Manila or remote',
  langs       STRING COMMENT 'Languages spoken, separated by commas, such as en,pt',
  is_lead     BOOLEAN,
  cost_per_hr DECIMAL(6, 2) COMMENT 'What an hour costs us, in USD',
  hired_on    DATE,
  PRIMARY KEY (agent_id) NOT ENFORCED
) COMMENT 'Support staff, one row each'
WITH (
  'connector' = 'filesystem',
  'path' = '${HELPDESK_STREAMS}/agents',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE tickets (
  ticket_no       BIGINT,
  acct_id         STRING COMMENT 'Customer account',
  requester_email STRING,
  subject         STRING,
  category        STRING COMMENT 'billing, login, outage, how_to, bug or feature_request',
  prio            STRING COMMENT 'Priority, P1 (urgent) to P4 (low)',
  channel         STRING COMMENT 'email, chat, phone or web_form',
  plan_tier       STRING COMMENT 'free, pro or enterprise',
  status          STRING COMMENT 'new, open, pending (we wait for the customer), solved or closed',
  assignee_id     STRING COMMENT 'Agent who owns the ticket; null while it is in the queue',
  incident_id     STRING COMMENT 'Incident the ticket was linked to, if any',
  reopen_cnt      INT,
  sla_breached    BOOLEAN COMMENT 'True if the first reply came later than the SLA allows',
  csat            INT COMMENT 'Satisfaction rating, 1 (bad) to 5 (great); null if the customer did not rate',
  created_at      TIMESTAMP_LTZ(3),
  first_reply_at  TIMESTAMP_LTZ(3) COMMENT 'First public answer of an agent; null until then',
  solved_at       TIMESTAMP_LTZ(3),
  PRIMARY KEY (ticket_no) NOT ENFORCED,
  WATERMARK FOR created_at AS created_at - INTERVAL '1' MINUTE
) COMMENT 'Support tickets (cases, requests) with their present state; a row may be repeated'
WITH (
  'connector' = 'filesystem',
  'path' = '${HELPDESK_STREAMS}/tickets',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE ticket_msgs (
  msg_id      STRING,
  ticket_no   BIGINT,
  author_type STRING COMMENT 'customer, agent or bot',
  agent_id    STRING COMMENT 'Who wrote it; null unless author_type is agent',
  is_internal BOOLEAN COMMENT 'Internal note that the customer does not see',
  word_cnt    INT,
  attach_kb   INT COMMENT 'Size of the attachments in kB; null if there are none',
  sentiment   DOUBLE COMMENT 'Tone from -1 (angry) to 1 (happy); customer messages only',
  sent_ts     TIMESTAMP_LTZ(3),
  PRIMARY KEY (msg_id) NOT ENFORCED,
  WATERMARK FOR sent_ts AS sent_ts - INTERVAL '30' SECOND
) COMMENT 'Messages (replies, notes) on tickets; at-least-once delivery'
WITH (
  'connector' = 'filesystem',
  'path' = '${HELPDESK_STREAMS}/ticket_msgs',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE incidents (
  incident_id    STRING,
  svc            STRING COMMENT 'Service concerned, e.g. auth-api or object-store',
  region         STRING,
  sev            STRING COMMENT 'Severity: sev1 (worst) to sev4',
  alert_src      STRING COMMENT 'What raised the alert: prometheus, synthetic, log_rule or customer',
  affected_accts INT COMMENT 'Number of customer accounts affected',
  err_rate_pct   DOUBLE COMMENT 'Peak error rate in percent',
  credits_usd    DECIMAL(10, 2) COMMENT 'SLA credits granted to customers; null if none',
  root_cause     STRING COMMENT 'Free text, null as long as it is not known',
  detected_at    TIMESTAMP_LTZ(3),
  acked_at       TIMESTAMP_LTZ(3) COMMENT 'When someone on call acknowledged the page',
  mitigated_at   TIMESTAMP_LTZ(3) COMMENT 'End of customer impact; null while it goes on',
  PRIMARY KEY (incident_id) NOT ENFORCED,
  WATERMARK FOR detected_at AS detected_at - INTERVAL '10' SECOND
) COMMENT 'Service incidents, one row each'
WITH (
  'connector' = 'filesystem',
  'path' = '${HELPDESK_STREAMS}/incidents',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
