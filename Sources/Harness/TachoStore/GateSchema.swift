// SPDX-License-Identifier: Apache-2.0

/// Tables of the gate: a job is a sweep whose launch pairs belong to series, with what was decided.
enum GateSchema {
  static let tables = """
    ALTER TABLE pair ADD COLUMN series TEXT;
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
      reason TEXT NOT NULL,
      PRIMARY KEY (sweep_id, stage, position)
    ) WITHOUT ROWID;
    """

  /// The middle of each side's launches, in the unit of what is compared.
  static let values = """
    ALTER TABLE gate_decision ADD COLUMN base REAL;
    ALTER TABLE gate_decision ADD COLUMN candidate REAL;
    """
}
