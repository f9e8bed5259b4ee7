// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

/// Row keys that a store has already looked up.
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
  /// The metrics that were written last, in their order: a run's samples have the same ones.
  var row: [(metric: Metric, key: Int64)] = []
  /// `PRAGMA data_version` of the connection when they were looked up: with another one, another
  /// connection has written since, and none of them holds.
  var version: Int?
}

/// Writes samples within one transaction, with statements that are prepared once.
struct SampleWriter {
  let database: Database
  /// What was known before and what this transaction added: to be kept only when it is committed.
  private(set) var keys: StoredKeys
  private let sampleStatement: InsertStatement
  /// By the number of rows: one statement for all measurements of a sample takes half the time of one each.
  private var measurementStatements: [InsertStatement?]
  private static let mostRows = 16

  init(_ database: Database, keys: StoredKeys) throws {
    self.database = database
    self.keys = keys
    sampleStatement = try InsertStatement(
      database,
      """
      INSERT INTO sample (run_id, sample_index, warmup, started_at, observation, flag, environment)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    measurementStatements = Array(repeating: nil, count: Self.mostRows + 1)
  }

  /// The sample's key is the first parameter of every row.
  private static let measurementSQL = (0...mostRows).map { rows in
    let values = (0..<rows).map { "(?1, ?\(3 * $0 + 2), ?\(3 * $0 + 3), ?\(3 * $0 + 4))" }
    return "INSERT INTO measurement (sample_key, metric_key, value, unavailable_reason) VALUES "
      + values.joined(separator: ", ")
  }

  /// A sample whose observation and environment are already text.
  mutating func write(_ sample: SampleRecord, _ text: SampleText) throws {
    if keys.run != sample.runID {
      guard
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)"),
          arguments: [sample.runID]) == true
      else { throw StoreError.noSuchRun(id: sample.runID) }
      keys.run = sample.runID
    }
    sampleStatement.bind(sample.runID, at: 1)
    sampleStatement.bind(sample.index, at: 2)
    sampleStatement.bind(sample.warmup ? 1 : 0, at: 3)
    sampleStatement.bind(sample.startedAt, at: 4)
    sampleStatement.bind(text.observation, at: 5)
    sampleStatement.bind(StoredForm.text(sample.flag), at: 6)
    sampleStatement.bind(text.environment, at: 7)
    try sampleStatement.run()
    let key = Int(database.lastInsertedRowID)
    try write(sample.measurements, sample: key)
    if let trace = sample.observation.trace { try write(trace, sample: key) }
    if let requests = sample.observation.requests {
      try ResultStore.insert(requests, sample: Int64(key), into: database)
    }
    if let counters = sample.observation.counters {
      try ResultStore.insert(counters, sample: Int64(key), into: database)
    }
    if let counters = sample.observation.kernelCounters {
      try ResultStore.insert(counters, sample: Int64(key), into: database)
    }
  }

  mutating func write(_ measurements: [Measurement], sample: Int) throws {
    for start in stride(from: 0, to: measurements.count, by: Self.mostRows) {
      let rows = min(measurements.count - start, Self.mostRows)
      let statement = try measurementStatement(rows)
      statement.bind(sample, at: 1)
      for row in 0..<rows {
        let place = start + row
        let (value, reason) = StoredForm.columns(measurements[place].reading)
        let metric = try key(of: measurements[place].metric, at: place)
        let parameter = Int32(3 * row + 2)
        statement.bind(Int(metric), at: parameter)
        statement.bind(value, at: parameter + 1)
        statement.bind(reason, at: parameter + 2)
      }
      try statement.run()
    }
  }

  private mutating func measurementStatement(_ rows: Int) throws -> InsertStatement {
    if let statement = measurementStatements[rows] { return statement }
    let statement = try InsertStatement(database, Self.measurementSQL[rows])
    measurementStatements[rows] = statement
    return statement
  }

  private mutating func key(of metric: Metric, at place: Int) throws -> Int64 {
    if place < keys.row.count, keys.row[place].metric == metric { return keys.row[place].key }
    let key = try key(of: metric)
    if place < keys.row.count {
      keys.row[place] = (metric, key)
    } else if place == keys.row.count {
      keys.row.append((metric, key))
    }
    return key
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

  mutating func key(of operation: StoredKeys.Operation) throws -> Int64 {
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
