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
///
/// Measurements are added some samples at a time: nothing is whole before `finish`.
struct SampleWriter {
  /// A row of measurements that is not written yet.
  private struct Row {
    let sample: Int
    let metric: Int64
    let reading: Reading
  }

  let database: Database
  /// What was known before and what this transaction added: to be kept only when it is committed.
  private(set) var keys: StoredKeys
  private let sampleStatement: InsertStatement
  /// Whether the run that the statement has is the one in `keys`.
  private var runIsBound = false
  /// By the number of rows: one statement for all measurements of a sample takes half the time of one each,
  /// and one for those of several samples four fifths of that.
  private var measurementStatements: [InsertStatement?]
  private var mostRowsStatement: InsertStatement?
  private var rows: [Row] = []
  /// Rows of a sample are few; of a batch as many as a statement takes without its preparation showing.
  private static let fewRows = 16
  private static let mostRows = 128

  init(_ database: Database, keys: StoredKeys) throws {
    self.database = database
    self.keys = keys
    sampleStatement = try InsertStatement(
      database,
      """
      INSERT INTO sample (run_id, sample_index, warmup, started_at, observation, flag, environment)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    measurementStatements = Array(repeating: nil, count: Self.fewRows + 1)
    rows.reserveCapacity(Self.mostRows)
  }

  /// With `OR FAIL` SQLite keeps no copies of pages to undo the statement alone: a failure undoes the whole
  /// transaction here.
  private static func measurementSQL(_ rows: Int) -> String {
    "INSERT OR FAIL INTO measurement (sample_key, metric_key, value, unavailable_reason) VALUES "
      + Array(repeating: "(?, ?, ?, ?)", count: rows).joined(separator: ", ")
  }

  private static let fewRowsSQL = (0...fewRows).map(measurementSQL)
  private static let mostRowsSQL = measurementSQL(mostRows)

  /// A sample whose observation and environment are already text, which the caller keeps until it calls
  /// `release` or writes the next sample.
  mutating func write(
    _ sample: SampleRecord, observation: JSONBytes, environment: JSONBytes?
  ) throws {
    if keys.run != sample.runID {
      guard
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)"),
          arguments: [sample.runID]) == true
      else { throw StoreError.noSuchRun(id: sample.runID) }
      keys.run = sample.runID
      runIsBound = false
    }
    if !runIsBound { sampleStatement.bind(sample.runID, at: 1) }
    runIsBound = true
    sampleStatement.bind(sample.index, at: 2)
    sampleStatement.bind(sample.warmup ? 1 : 0, at: 3)
    sampleStatement.bind(sample.startedAt, at: 4)
    sampleStatement.bind(kept: observation, at: 5)
    sampleStatement.bind(StoredForm.text(sample.flag), at: 6)
    sampleStatement.bind(kept: environment, at: 7)
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
    for place in measurements.indices {
      let metric = try key(of: measurements[place].metric, at: place)
      rows.append(Row(sample: sample, metric: metric, reading: measurements[place].reading))
      guard rows.count == Self.mostRows else { continue }
      let statement = try mostRowsStatement ?? InsertStatement(database, Self.mostRowsSQL)
      mostRowsStatement = statement
      try add(rows[...], with: statement)
      rows.removeAll(keepingCapacity: true)
    }
  }

  /// Writes what is left; returns the keys to remember.
  mutating func finish() throws -> StoredKeys {
    while !rows.isEmpty {
      let some = rows.prefix(Self.fewRows)
      try add(some, with: measurementStatement(some.count))
      rows.removeFirst(some.count)
    }
    return keys
  }

  /// The texts of the last sample are not referred to any more.
  func release() { sampleStatement.release() }

  private func add(_ rows: ArraySlice<Row>, with statement: InsertStatement) throws {
    var parameter: Int32 = 1
    for row in rows {
      let (value, reason) = StoredForm.columns(row.reading)
      statement.bind(row.sample, at: parameter)
      statement.bind(Int(row.metric), at: parameter + 1)
      statement.bind(value, at: parameter + 2)
      statement.bind(reason, at: parameter + 3)
      parameter += 4
    }
    try statement.run()
  }

  private mutating func measurementStatement(_ rows: Int) throws -> InsertStatement {
    if let statement = measurementStatements[rows] { return statement }
    let statement = try InsertStatement(database, Self.fewRowsSQL[rows])
    measurementStatements[rows] = statement
    return statement
  }

  private mutating func key(of metric: Metric, at place: Int) throws -> Int64 {
    // In place: a copy of a metric counts the owners of its texts.
    let known = keys.row.withUnsafeBufferPointer { row in
      place < row.count && row[place].metric == metric ? row[place].key : nil
    }
    if let known { return known }
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
