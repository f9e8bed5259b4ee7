// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The tables and views of a result store, as named migrations.
///
/// A migration that has been released is never edited: a change of schema is a new one after it.
enum StoreSchema {
  /// "Tach", in the header's application id, tells a result store from another program's database.
  static let applicationID: Int32 = 0x5461_6368

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 sweeps, runs, samples") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: whatWasMeasured)
      try database.execute(sql: whatCameOut)
      try database.execute(sql: views)
    }
    migrator.registerMigration("2 steps, spans, workers of launches") { database in
      try database.execute(sql: insideSamples)
    }
    migrator.registerMigration("3 environment of samples, policy of runs") { database in
      try database.execute(sql: environmentAndPolicy)
    }
    migrator.registerMigration("4 counters") { database in
      try database.execute(sql: counters)
    }
    migrator.registerMigration("5 requests of load runs") { database in
      try database.execute(sql: items)
    }
    migrator.registerMigration("6 launch pairs") { database in
      try database.execute(sql: launchPairs)
    }
    migrator.registerMigration("7 jobs of the gate") { database in
      try database.execute(sql: GateSchema.tables)
    }
    migrator.registerMigration("8 values of a gate's members") { database in
      try database.execute(sql: GateSchema.values)
    }
    migrator.registerMigration("9 studies") { database in
      try database.execute(sql: StudySchema.tables)
    }
    return migrator
  }

  /// Identities: rows are written once and shared; ids are hashes of the content.
  private static let whatWasMeasured = """
    CREATE TABLE machine (
      id TEXT PRIMARY KEY,
      facts TEXT NOT NULL
    );
    CREATE TABLE build (
      id TEXT PRIMARY KEY,
      facts TEXT NOT NULL
    );
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
    """

  /// Results: rows are appended; only a run's ending is written later.
  private static let whatCameOut = """
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
    );
    CREATE INDEX run_by_sweep ON run (sweep_id, position);
    CREATE INDEX run_by_point ON run (point_id);
    CREATE TABLE sample (
      key INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES run (id),
      sample_index INTEGER NOT NULL,
      warmup INTEGER NOT NULL,
      started_at TEXT NOT NULL,
      observation TEXT NOT NULL,
      launch_count INTEGER,
      flag TEXT,
      UNIQUE (run_id, sample_index)
    );
    CREATE TABLE measurement (
      sample_key INTEGER NOT NULL REFERENCES sample (key),
      metric_key INTEGER NOT NULL REFERENCES metric (key),
      value REAL,
      unavailable_reason TEXT,
      PRIMARY KEY (sample_key, metric_key),
      CHECK ((value IS NULL) <> (unavailable_reason IS NULL))
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
      end_ns INTEGER NOT NULL,
      PRIMARY KEY (sample_key, position)
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
    """

  /// What happened inside samples: forward steps and named host work.
  ///
  /// `launch.workers` is a JSON list: start, end, start, end ... of each worker, from the launch's enqueue.
  private static let insideSamples = """
    ALTER TABLE launch ADD COLUMN last_end_ns INTEGER;
    ALTER TABLE launch ADD COLUMN workers TEXT;
    ALTER TABLE sample ADD COLUMN omitted_launches INTEGER;
    ALTER TABLE sample ADD COLUMN partial_launches INTEGER;
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
    CREATE TABLE span (
      sample_key INTEGER NOT NULL REFERENCES sample (key),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      start_ns INTEGER NOT NULL,
      end_ns INTEGER NOT NULL,
      PRIMARY KEY (sample_key, position)
    ) WITHOUT ROWID;
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
    """

  /// Counted events: of a sample on one thread (the kernel's id) or on all together (-1), and of an
  /// operation's launches.
  ///
  /// What was not counted has no value and a reason.
  private static let counters = """
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
    """

  /// One request each; emissions as JSON arrays of differences, the first from the scheduled arrival.
  private static let items = """
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
    """

  /// For people with an SQL prompt: flat rows with names in place of keys.
  private static let views = """
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
      FROM v_measurement WHERE warmup = 0 AND value IS NOT NULL
    )
    SELECT sweep_id, suite, machine_name, benchmark, kind, point_id, point, metric, unit, better,
      n, AVG(CASE WHEN place IN ((n + 1) / 2, n / 2 + 1) THEN value END) AS median,
      AVG(value) AS mean, MIN(value) AS minimum, MAX(value) AS maximum
    FROM ranked GROUP BY sweep_id, benchmark, point_id, metric, metric_version;
    """

  /// `v_counted_sample` is `SampleSelection` in SQL: flagged samples are left out of a launch that was to
  /// repeat them and has the fewest samples without.
  private static let environmentAndPolicy = """
    ALTER TABLE sample ADD COLUMN environment TEXT;
    ALTER TABLE run ADD COLUMN policy TEXT;
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
    DROP VIEW v_point_summary;
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
    """

  /// Two runs that took samples in turns: the order in which they did.
  private static let launchPairs = """
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
    );
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
    """
}
