// SPDX-License-Identifier: Apache-2.0

/// Tables of tuning: studies, and their trials.
enum StudySchema {
  static let tables = """
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
    """
}
