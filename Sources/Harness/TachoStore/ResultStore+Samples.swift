// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  /// Writes a sample with its observation, measurements and trace.
  package func append(_ sample: SampleRecord) throws {
    let observation = try StoredForm.json(sample.observation)
    let environment = try sample.environment.map { try StoredForm.json(of: $0) }
    try write(doing: "adding a sample") { database in
      guard
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)"),
          arguments: [sample.runID]) == true
      else { throw StoreError.noSuchRun(id: sample.runID) }
      try database.cachedStatement(
        sql: """
          INSERT INTO sample (run_id, sample_index, warmup, started_at, observation, flag,
            environment) VALUES (?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample.runID, sample.index, sample.warmup, sample.startedAt, observation,
        StoredForm.text(sample.flag), environment,
      ])
      let key = database.lastInsertedRowID
      for measurement in sample.measurements {
        try Self.insert(measurement, sample: key, into: database)
      }
      if let trace = sample.observation.trace {
        try Self.insert(trace, sample: key, into: database)
      }
    }
  }

  static func insert(
    _ measurement: Measurement, sample: Int64, into database: Database
  ) throws {
    let (value, reason) = StoredForm.columns(measurement.reading)
    try database.cachedStatement(
      sql: """
        INSERT INTO measurement (sample_key, metric_key, value, unavailable_reason)
        VALUES (?, ?, ?, ?)
        """
    ).execute(arguments: [sample, try key(of: measurement.metric, in: database), value, reason])
  }

  /// The row of a metric as it is defined now: a changed definition is another row.
  private static func key(of metric: Metric, in database: Database) throws -> Int64 {
    let content: StatementArguments = [
      metric.id, metric.version, metric.unit.rawValue, metric.better.rawValue, metric.definition,
    ]
    let find = try database.cachedStatement(
      sql: """
        SELECT key FROM metric
        WHERE id = ? AND version = ? AND unit = ? AND better = ? AND definition = ?
        """)
    if let key = try Int64.fetchOne(find, arguments: content) { return key }
    try database.execute(
      sql: "INSERT INTO metric (id, version, unit, better, definition) VALUES (?, ?, ?, ?, ?)",
      arguments: content)
    return database.lastInsertedRowID
  }
}
