-- live ops

CREATE TABLE gameMatches (
  mtchId    STRING,
  gmMode    STRING,
  mapNm     STRING,
  srvId     STRING,
  regn      STRING,
  plCnt     INT COMMENT 'players in match',
  avgPingMs INT,
  st        STRING COMMENT 'running / finished / aborted / crashed',
  winTeam   STRING,
  mvpPId    STRING COMMENT 'MVP -> players.pId',
  startTs   TIMESTAMP_LTZ(3),
  endTs     TIMESTAMP_LTZ(3),
  PRIMARY KEY (mtchId) NOT ENFORCED,
  WATERMARK FOR startTs AS startTs - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${GAMING_STREAMS}/game_matches',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE players (
  pId      STRING,
  nick     STRING,
  ctry     STRING,
  plat     STRING,
  lvl      INT,
  rankTier STRING,
  xp       BIGINT,
  clan     STRING,
  isVip    BOOLEAN,
  regDt    DATE,
  PRIMARY KEY (pId) NOT ENFORCED
) WITH (
  'connector' = 'filesystem',
  'path' = '${GAMING_STREAMS}/players',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE purch (
  purchId STRING,
  pId     STRING,
  itemNm  STRING,
  itemCat STRING,
  qty     INT,
  totUsd  DECIMAL(10, 2),
  payMthd STRING,
  st      STRING,
  promoCd STRING,
  ts      TIMESTAMP_LTZ(3),
  PRIMARY KEY (purchId) NOT ENFORCED,
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) COMMENT 'in-game purchases'
WITH (
  'connector' = 'filesystem',
  'path' = '${GAMING_STREAMS}/purch',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE chatRpts (
  rptId     BIGINT,
  rptrPId   STRING COMMENT 'who reported -> players.pId',
  tgtPId    STRING COMMENT 'who was reported -> players.pId',
  rsn       STRING,
  chan      STRING,
  msgTxt    STRING,
  modr      STRING COMMENT 'moderator, null = unassigned',
  vrdct     STRING COMMENT 'null = open',
  createdTs TIMESTAMP(3),
  closedTs  TIMESTAMP(3),
  WATERMARK FOR createdTs AS createdTs - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${GAMING_STREAMS}/chat_rpts',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE srvMetr (
  srvId  STRING,
  regn   STRING,
  state  STRING,
  cpuPct DOUBLE,
  memMb  INT,
  plOnl  INT,
  tickMs DOUBLE,
  ts     TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'filesystem',
  'path' = '${GAMING_STREAMS}/srv_metr',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
