CREATE TABLE build (
  id TEXT PRIMARY KEY,
  facts TEXT NOT NULL
);
CREATE TABLE counter (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  position INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  event TEXT NOT NULL,
  quantity TEXT,
  scope TEXT,
  counter_group INTEGER,
  raw INTEGER,
  enabled_ns INTEGER,
  running_ns INTEGER,
  value REAL,
  validity TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (sample_key, position, thread)
) WITHOUT ROWID;
CREATE TABLE event (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sweep_id TEXT NOT NULL REFERENCES sweep (id),
  run_id TEXT REFERENCES run (id),
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX event_by_sweep ON event (sweep_id);
CREATE TABLE gate (
  sweep_id TEXT PRIMARY KEY REFERENCES sweep (id),
  record TEXT NOT NULL,
  outcome TEXT,
  invalid TEXT,
  differences TEXT,
  causes TEXT,
  started_at TEXT,
  finished_at TEXT
);
CREATE TABLE gate_decision (
  sweep_id TEXT NOT NULL REFERENCES gate (sweep_id),
  stage TEXT NOT NULL,
  position INTEGER NOT NULL,
  member_id TEXT NOT NULL,
  verdict TEXT NOT NULL,
  pairs INTEGER NOT NULL,
  fail_evidence REAL NOT NULL,
  fail_threshold REAL NOT NULL,
  pass_evidence REAL NOT NULL,
  pass_threshold REAL NOT NULL,
  shift REAL,
  low REAL,
  high REAL,
  reason TEXT NOT NULL, base REAL, candidate REAL,
  PRIMARY KEY (sweep_id, stage, position)
) WITHOUT ROWID;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
CREATE TABLE item (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  position INTEGER NOT NULL,
  scheduled_ns INTEGER,
  sent_ns INTEGER,
  admitted_ns INTEGER,
  done_ns INTEGER,
  prompt_tokens INTEGER,
  cached_tokens INTEGER,
  output_tokens INTEGER,
  ended_by_eos INTEGER,
  failure TEXT,
  output_fingerprint TEXT,
  emission_steps_ns TEXT,
  emission_tokens TEXT,
  text_steps_ns TEXT,
  PRIMARY KEY (sample_key, position)
) WITHOUT ROWID;
CREATE TABLE kernel_counter (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  position INTEGER NOT NULL,
  op TEXT NOT NULL,
  launches INTEGER NOT NULL,
  event TEXT NOT NULL,
  scope TEXT,
  counter_group INTEGER,
  raw INTEGER,
  enabled_ns INTEGER,
  running_ns INTEGER,
  value REAL,
  validity TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (sample_key, position)
) WITHOUT ROWID;
CREATE TABLE launch (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  position INTEGER NOT NULL,
  operation_key INTEGER NOT NULL REFERENCES operation (key),
  step INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  enqueue_ns INTEGER NOT NULL,
  first_start_ns INTEGER NOT NULL,
  last_start_ns INTEGER NOT NULL,
  first_end_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL, last_end_ns INTEGER, workers TEXT,
  PRIMARY KEY (sample_key, position)
) WITHOUT ROWID;
CREATE TABLE machine (
  id TEXT PRIMARY KEY,
  facts TEXT NOT NULL
);
CREATE TABLE measurement (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  metric_key INTEGER NOT NULL REFERENCES metric (key),
  value REAL,
  unavailable_reason TEXT,
  PRIMARY KEY (sample_key, metric_key),
  CHECK ((value IS NULL) <> (unavailable_reason IS NULL))
) WITHOUT ROWID;
CREATE TABLE metric (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  unit TEXT NOT NULL,
  better TEXT NOT NULL,
  definition TEXT NOT NULL,
  UNIQUE (id, version, unit, better, definition)
);
CREATE TABLE operation (
  key INTEGER PRIMARY KEY,
  op TEXT NOT NULL,
  variant TEXT NOT NULL,
  UNIQUE (op, variant)
);
CREATE TABLE pair (
  id TEXT PRIMARY KEY,
  sweep_id TEXT NOT NULL REFERENCES sweep (id),
  pair_index INTEGER NOT NULL,
  position INTEGER NOT NULL,
  base_run_id TEXT NOT NULL REFERENCES run (id),
  base_build_id TEXT NOT NULL REFERENCES build (id),
  candidate_run_id TEXT NOT NULL REFERENCES run (id),
  candidate_build_id TEXT NOT NULL REFERENCES build (id),
  seed TEXT NOT NULL,
  started_first TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT NOT NULL,
  reason TEXT
, series TEXT);
CREATE INDEX pair_by_sweep ON pair (sweep_id, position);
CREATE TABLE pair_sample (
  pair_id TEXT NOT NULL REFERENCES pair (id),
  position INTEGER NOT NULL,
  side TEXT NOT NULL,
  round INTEGER,
  sample_index INTEGER NOT NULL,
  asked_ns INTEGER NOT NULL,
  PRIMARY KEY (pair_id, position)
) WITHOUT ROWID;
CREATE TABLE point (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  configuration TEXT NOT NULL
);
CREATE TABLE point_value (
  point_id TEXT NOT NULL REFERENCES point (id),
  path TEXT NOT NULL,
  value,
  PRIMARY KEY (point_id, path)
) WITHOUT ROWID;
CREATE INDEX point_value_by_path ON point_value (path, value);
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  sweep_id TEXT NOT NULL REFERENCES sweep (id),
  point_id TEXT NOT NULL REFERENCES point (id),
  benchmark TEXT NOT NULL,
  variant TEXT,
  axes TEXT NOT NULL,
  label TEXT NOT NULL,
  launch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  plan_position INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT NOT NULL,
  reason TEXT,
  facts TEXT NOT NULL,
  stderr_tail TEXT
, policy TEXT);
CREATE INDEX run_by_point ON run (point_id);
CREATE INDEX run_by_sweep ON run (sweep_id, position);
CREATE TABLE sample (
  key INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run (id),
  sample_index INTEGER NOT NULL,
  warmup INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  observation TEXT NOT NULL,
  launch_count INTEGER,
  flag TEXT, omitted_launches INTEGER, partial_launches INTEGER, environment TEXT,
  UNIQUE (run_id, sample_index)
);
CREATE TABLE span (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  PRIMARY KEY (sample_key, position)
) WITHOUT ROWID;
CREATE TABLE step (
  sample_key INTEGER NOT NULL REFERENCES sample (key),
  step INTEGER NOT NULL,
  batch_rows INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  processor INTEGER NOT NULL,
  involuntary_switches INTEGER NOT NULL,
  minor_faults INTEGER NOT NULL,
  major_faults INTEGER NOT NULL,
  slow INTEGER NOT NULL,
  PRIMARY KEY (sample_key, step)
) WITHOUT ROWID;
CREATE TABLE study (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  started_at TEXT NOT NULL
);
CREATE TABLE study_trial (
  study_id TEXT NOT NULL REFERENCES study (id),
  number INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  state TEXT NOT NULL,
  record TEXT NOT NULL,
  worker TEXT,
  heartbeat REAL,
  PRIMARY KEY (study_id, number)
) WITHOUT ROWID;
CREATE TABLE suite (
  hash TEXT PRIMARY KEY,
  text TEXT NOT NULL
);
CREATE TABLE sweep (
  id TEXT PRIMARY KEY,
  suite TEXT NOT NULL,
  suite_hash TEXT NOT NULL REFERENCES suite (hash),
  plan_hash TEXT NOT NULL,
  command TEXT NOT NULL,
  started_at TEXT NOT NULL,
  machine_id TEXT NOT NULL REFERENCES machine (id),
  machine_name TEXT NOT NULL,
  build_id TEXT NOT NULL REFERENCES build (id)
);
CREATE VIEW v_counted_sample AS
WITH taken AS (
  SELECT sample.run_id, sample.sample_index, sample.flag,
    json_extract(run.policy, '$.contaminated') AS contaminated,
    json_extract(run.policy, '$.samplesMin') AS fewest,
    COUNT(CASE WHEN sample.flag IS NULL THEN 1 END) OVER
      (PARTITION BY run.sweep_id, run.benchmark, run.point_id, run.launch) AS unflagged
  FROM sample JOIN run ON run.id = sample.run_id WHERE sample.warmup = 0
)
SELECT run_id, sample_index FROM taken
WHERE flag IS NULL OR contaminated IS NOT 'repeat' OR unflagged < MAX(fewest, 1);
CREATE VIEW v_launch AS
SELECT run.sweep_id, run.id AS run_id, run.benchmark, run.label AS point, run.launch AS process,
  sample.sample_index, sample.warmup, launch.position, operation.op, operation.variant,
  launch.step, launch.layer, launch.enqueue_ns,
  launch.enqueue_ns - LAG(launch.end_ns) OVER (
    PARTITION BY launch.sample_key ORDER BY launch.position) AS gap_ns,
  launch.first_start_ns - launch.enqueue_ns AS queue_ns,
  launch.last_start_ns - launch.first_start_ns AS skew_ns,
  launch.end_ns - launch.first_start_ns AS exec_ns,
  launch.end_ns - launch.first_end_ns AS first_waits_ns
FROM launch
JOIN operation ON operation.key = launch.operation_key
JOIN sample ON sample.key = launch.sample_key
JOIN run ON run.id = sample.run_id;
CREATE VIEW v_measurement AS
SELECT sweep.id AS sweep_id, sweep.suite, sweep.started_at AS sweep_started_at,
  sweep.machine_id, sweep.machine_name, sweep.build_id,
  run.id AS run_id, run.benchmark, point.kind, run.point_id, run.variant,
  run.label AS point, run.launch, run.position, run.status,
  sample.sample_index, sample.warmup, sample.flag,
  metric.id AS metric, metric.version AS metric_version, metric.unit, metric.better,
  measurement.value, measurement.unavailable_reason
FROM measurement
JOIN metric ON metric.key = measurement.metric_key
JOIN sample ON sample.key = measurement.sample_key
JOIN run ON run.id = sample.run_id
JOIN point ON point.id = run.point_id
JOIN sweep ON sweep.id = run.sweep_id;
CREATE VIEW v_point_summary AS
WITH ranked AS (
  SELECT *,
    ROW_NUMBER() OVER (PARTITION BY sweep_id, benchmark, point_id, metric, metric_version
      ORDER BY value) AS place,
    COUNT(*) OVER (PARTITION BY sweep_id, benchmark, point_id, metric, metric_version) AS n
  FROM v_measurement JOIN v_counted_sample USING (run_id, sample_index)
  WHERE value IS NOT NULL
)
SELECT sweep_id, suite, machine_name, benchmark, kind, point_id, point, metric, unit, better,
  n, AVG(CASE WHEN place IN ((n + 1) / 2, n / 2 + 1) THEN value END) AS median,
  AVG(value) AS mean, MIN(value) AS minimum, MAX(value) AS maximum
FROM ranked GROUP BY sweep_id, benchmark, point_id, metric, metric_version;
