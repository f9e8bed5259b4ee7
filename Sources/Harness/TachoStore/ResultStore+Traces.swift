// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  /// Adds to a sample what was recorded inside it, and the metrics that follow from it.
  package func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    try write(doing: "adding a trace") { database in
      guard
        let key = try Int64.fetchOne(
          database, sql: "SELECT key FROM sample WHERE run_id = ? AND sample_index = ?",
          arguments: [runID, index])
      else { throw StoreError.noSuchRun(id: runID) }
      try Self.insert(trace, sample: key, into: database)
      for measurement in measurements {
        try Self.insert(measurement, sample: key, into: database)
      }
    }
  }

  static func insert(_ trace: SampleTrace, sample: Int64, into database: Database) throws {
    try database.execute(
      sql: """
        UPDATE sample SET launch_count = ?, omitted_launches = ?, partial_launches = ?
        WHERE key = ?
        """,
      arguments: [trace.launches.count, trace.omittedLaunches, trace.isPartial, sample])
    try insert(trace.launches, sample: sample, into: database)
    for step in trace.steps {
      try database.cachedStatement(
        sql: """
          INSERT INTO step (sample_key, step, batch_rows, start_ns, end_ns, processor,
            involuntary_switches, minor_faults, major_faults, slow)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample, step.step, step.rows, step.startNs, step.endNs, step.processor,
        step.involuntarySwitches, step.minorFaults, step.majorFaults, step.isSlow,
      ])
    }
    for (position, span) in trace.spans.enumerated() {
      try database.cachedStatement(
        sql: """
          INSERT INTO span (sample_key, position, name, step, start_ns, end_ns)
          VALUES (?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample, position, StoredForm.text(span.name), span.step, span.startNs, span.endNs,
      ])
    }
  }

  private static func insert(
    _ launches: [LaunchRecord], sample: Int64, into database: Database
  ) throws {
    var keys: [[String]: Int64] = [:]
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO launch (sample_key, position, operation_key, step, layer, enqueue_ns,
          first_start_ns, last_start_ns, first_end_ns, end_ns, last_end_ns, workers)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for (position, launch) in launches.enumerated() {
      let name = [launch.op, launch.variant]
      let operation: Int64
      if let known = keys[name] {
        operation = known
      } else {
        operation = try key(ofOperation: launch, in: database)
        keys[name] = operation
      }
      let workers = launch.workerNs.map { String($0 &- launch.enqueueNs) }
      try statement.execute(arguments: [
        sample, position, operation, launch.step, launch.layer, launch.enqueueNs,
        launch.firstStartNs, launch.lastStartNs, launch.firstEndNs, launch.endNs,
        launch.lastEndNs,
        workers.isEmpty ? nil : "[" + workers.joined(separator: ",") + "]",
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

  /// What was recorded inside a sweep's samples, by the samples' keys.
  func traces(_ database: Database, _ sweepID: String) throws -> [Int64: SampleTrace] {
    let ofSweep = """
      JOIN sample ON sample.key = sample_key JOIN run ON run.id = sample.run_id
      WHERE run.sweep_id = ?
      """
    var result: [Int64: SampleTrace] = [:]
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT sample.key, omitted_launches, partial_launches FROM sample
        JOIN run ON run.id = sample.run_id WHERE run.sweep_id = ? AND launch_count IS NOT NULL
        """, arguments: [sweepID])
    {
      result[row[0]] = SampleTrace(omittedLaunches: row[1] ?? 0, isPartial: row[2] ?? false)
    }
    let launches = try Row.fetchCursor(
      database,
      sql: """
        SELECT launch.*, operation.op, operation.variant FROM launch
        JOIN operation ON operation.key = launch.operation_key \(ofSweep)
        ORDER BY sample_key, launch.position
        """, arguments: [sweepID])
    while let row = try launches.next() {
      result[row["sample_key"]]?.launches.append(try launch(row))
    }
    let steps = try Row.fetchCursor(
      database, sql: "SELECT step.* FROM step \(ofSweep) ORDER BY sample_key, step.step",
      arguments: [sweepID])
    while let row = try steps.next() {
      result[row["sample_key"]]?.steps.append(
        StepRecord(
          step: row["step"], rows: row["batch_rows"], startNs: row["start_ns"],
          endNs: row["end_ns"], processor: row["processor"],
          involuntarySwitches: row["involuntary_switches"], minorFaults: row["minor_faults"],
          majorFaults: row["major_faults"], isSlow: row["slow"]))
    }
    let spans = try Row.fetchCursor(
      database, sql: "SELECT span.* FROM span \(ofSweep) ORDER BY sample_key, span.position",
      arguments: [sweepID])
    while let row = try spans.next() {
      result[row["sample_key"]]?.spans.append(
        SpanRecord(
          name: row["name"], step: row["step"], startNs: row["start_ns"], endNs: row["end_ns"]))
    }
    return result
  }

  private func launch(_ row: Row) throws -> LaunchRecord {
    let enqueue: Int = row["enqueue_ns"]
    let end: Int = row["end_ns"]
    var workers: [Int] = []
    if let text = row["workers"] as String? {
      workers = try StoredForm.decode([Int].self, text, path: path, place: "workers of a launch")
        .map { enqueue &+ $0 }
    }
    return LaunchRecord(
      op: row["op"], variant: row["variant"], step: row["step"], layer: row["layer"],
      enqueueNs: enqueue, firstStartNs: row["first_start_ns"], lastStartNs: row["last_start_ns"],
      firstEndNs: row["first_end_ns"], lastEndNs: (row["last_end_ns"] as Int?) ?? end, endNs: end,
      workerNs: workers)
  }
}
