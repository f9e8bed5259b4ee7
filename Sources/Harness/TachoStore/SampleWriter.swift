// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

/// Row keys that a store has already looked up; rows of these tables are never removed.
struct StoredKeys: Sendable {
  struct Operation: Hashable, Sendable {
    let op: String
    let variant: String
  }

  /// By the metric's id: definitions are long, and hashing one costs more than comparing it with itself.
  var metrics: [String: [(metric: Metric, key: Int64)]] = [:]
  var operations: [Operation: Int64] = [:]
  /// The run that was written to last.
  var run: String?
}

/// Writes samples within one transaction, with statements that are prepared once.
struct SampleWriter {
  private let database: Database
  /// What was known before and what this transaction added: to be kept only when it is committed.
  private(set) var keys: StoredKeys
  private let sampleStatement: InsertStatement
  private let measurementStatement: InsertStatement
  private let launchStatement: InsertStatement

  init(_ database: Database, keys: StoredKeys) throws {
    self.database = database
    self.keys = keys
    sampleStatement = try InsertStatement(
      database,
      """
      INSERT INTO sample (run_id, sample_index, warmup, started_at, observation, launch_count,
        flag) VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    measurementStatement = try InsertStatement(
      database,
      """
      INSERT INTO measurement (sample_key, metric_key, value, unavailable_reason)
      VALUES (?, ?, ?, ?)
      """)
    launchStatement = try InsertStatement(
      database,
      """
      INSERT INTO launch (sample_key, position, operation_key, step, layer, enqueue_ns,
        first_start_ns, last_start_ns, first_end_ns, end_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
  }

  /// A sample whose observation is already text.
  mutating func write(_ sample: SampleRecord, observation: String) throws {
    if keys.run != sample.runID {
      guard
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)"),
          arguments: [sample.runID]) == true
      else { throw StoreError.noSuchRun(id: sample.runID) }
      keys.run = sample.runID
    }
    let launches = sample.observation.launches
    sampleStatement.bind(sample.runID, at: 1)
    sampleStatement.bind(sample.index, at: 2)
    sampleStatement.bind(sample.warmup ? 1 : 0, at: 3)
    sampleStatement.bind(sample.startedAt, at: 4)
    sampleStatement.bind(observation, at: 5)
    sampleStatement.bind(launches?.count, at: 6)
    sampleStatement.bind(StoredForm.text(sample.flag), at: 7)
    try sampleStatement.run()
    let key = Int(database.lastInsertedRowID)
    for measurement in sample.measurements { try write(measurement, sample: key) }
    for (position, launch) in (launches ?? []).enumerated() {
      try write(launch, position, sample: key)
    }
  }

  private mutating func write(_ measurement: Measurement, sample: Int) throws {
    let (value, reason) = StoredForm.columns(measurement.reading)
    let metric = try key(of: measurement.metric)
    measurementStatement.bind(sample, at: 1)
    measurementStatement.bind(Int(metric), at: 2)
    measurementStatement.bind(value, at: 3)
    measurementStatement.bind(reason, at: 4)
    try measurementStatement.run()
  }

  private mutating func write(_ launch: LaunchRecord, _ position: Int, sample: Int) throws {
    let operation = try key(of: .init(op: launch.op, variant: launch.variant))
    launchStatement.bind(sample, at: 1)
    launchStatement.bind(position, at: 2)
    launchStatement.bind(Int(operation), at: 3)
    launchStatement.bind(launch.step, at: 4)
    launchStatement.bind(launch.layer, at: 5)
    launchStatement.bind(launch.enqueueNs, at: 6)
    launchStatement.bind(launch.firstStartNs, at: 7)
    launchStatement.bind(launch.lastStartNs, at: 8)
    launchStatement.bind(launch.firstEndNs, at: 9)
    launchStatement.bind(launch.endNs, at: 10)
    try launchStatement.run()
  }

  /// The row of a metric as it is defined now: a changed definition is another row.
  private mutating func key(of metric: Metric) throws -> Int64 {
    if let known = keys.metrics[metric.id]?.first(where: { $0.metric == metric }) {
      return known.key
    }
    let key = try key(
      "metric", "id, version, unit, better, definition",
      [metric.id, metric.version, metric.unit.rawValue, metric.better.rawValue, metric.definition])
    keys.metrics[metric.id, default: []].append((metric, key))
    return key
  }

  private mutating func key(of operation: StoredKeys.Operation) throws -> Int64 {
    if let key = keys.operations[operation] { return key }
    let key = try key("operation", "op, variant", [operation.op, operation.variant])
    keys.operations[operation] = key
    return key
  }

  /// The key of the row with this content, which is added when it is not there.
  private func key(
    _ table: String, _ columns: String, _ content: StatementArguments
  ) throws -> Int64 {
    let places = Array(repeating: "?", count: columns.split(separator: ",").count)
      .joined(separator: ", ")
    if let key = try Int64.fetchOne(
      database, sql: "SELECT key FROM \(table) WHERE (\(columns)) = (\(places))",
      arguments: content)
    {
      return key
    }
    try database.execute(
      sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places))", arguments: content)
    return database.lastInsertedRowID
  }
}
