// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  /// Writes a sample with its observation, measurements and kernel launches.
  package func append(_ sample: SampleRecord) throws {
    let observation = try StoredForm.json(sample.observation)
    try write(doing: "adding a sample") { try Self.insert(sample, observation, into: $0) }
  }

  /// The same for a sample of a launch pair, with its place in the pair.
  package func append(_ sample: SampleRecord, _ step: PairRecord.Step, pairID: String) throws {
    let observation = try StoredForm.json(sample.observation)
    try write(doing: "adding a sample of a pair") { database in
      try Self.insert(sample, observation, into: database)
      try Self.insert(step, pairID: pairID, into: database)
    }
  }

  private static func insert(
    _ sample: SampleRecord, _ observation: String, into database: Database
  ) throws {
    guard
      try Bool.fetchOne(
        database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)"),
        arguments: [sample.runID]) == true
    else { throw StoreError.noSuchRun(id: sample.runID) }
    try database.cachedStatement(
      sql: """
        INSERT INTO sample (run_id, sample_index, warmup, started_at, observation, launch_count,
          flag) VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      sample.runID, sample.index, sample.warmup, sample.startedAt, observation,
      sample.observation.launches?.count, StoredForm.text(sample.flag),
    ])
    let key = database.lastInsertedRowID
    for measurement in sample.measurements {
      try Self.insert(measurement, sample: key, into: database)
    }
    try Self.insert(sample.observation.launches ?? [], sample: key, into: database)
  }

  private static func insert(
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

  private static func insert(
    _ launches: [LaunchRecord], sample: Int64, into database: Database
  ) throws {
    var keys: [[String]: Int64] = [:]
    for (position, launch) in launches.enumerated() {
      let name = [launch.op, launch.variant]
      let operation: Int64
      if let known = keys[name] {
        operation = known
      } else {
        operation = try key(ofOperation: launch, in: database)
        keys[name] = operation
      }
      try database.cachedStatement(
        sql: """
          INSERT INTO launch (sample_key, position, operation_key, step, layer, enqueue_ns,
            first_start_ns, last_start_ns, first_end_ns, end_ns)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample, position, operation, launch.step, launch.layer, launch.enqueueNs,
        launch.firstStartNs, launch.lastStartNs, launch.firstEndNs, launch.endNs,
      ])
    }
  }

  private static func key(ofOperation launch: LaunchRecord, in database: Database) throws -> Int64 {
    let name: StatementArguments = [launch.op, launch.variant]
    let find = try database.cachedStatement(
      sql: "SELECT key FROM operation WHERE op = ? AND variant = ?")
    if let key = try Int64.fetchOne(find, arguments: name) { return key }
    try database.execute(sql: "INSERT INTO operation (op, variant) VALUES (?, ?)", arguments: name)
    return database.lastInsertedRowID
  }
}
