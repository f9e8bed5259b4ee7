// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  /// Adds to a sample what was recorded inside it, and the metrics that follow from it.
  package func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    try writeSamples(doing: "adding a trace") { database, keys in
      guard
        let key = try Int.fetchOne(
          database, sql: "SELECT key FROM sample WHERE run_id = ? AND sample_index = ?",
          arguments: [runID, index])
      else { throw StoreError.noSuchRun(id: runID) }
      var writer = try SampleWriter(database, keys: keys)
      try writer.write(trace, sample: key)
      try writer.write(measurements, sample: key)
      return try writer.finish()
    }
  }

  /// What was recorded inside a sweep's samples, by the samples' keys: the first samples of each run that
  /// together have at most so many launches, those that are no warm-up before the others.
  func traces(
    _ database: Database, _ sweepID: String, atMost limit: Int
  ) throws -> [Int64: SampleTrace] {
    var result: [Int64: SampleTrace] = [:]
    var taken: [String: Int] = [:]
    for row in try Row.fetchAll(
      database,
      sql: """
        SELECT sample.key, run_id, launch_count, omitted_launches, partial_launches FROM sample
        JOIN run ON run.id = sample.run_id WHERE run.sweep_id = ? AND launch_count IS NOT NULL
        ORDER BY run_id, warmup, sample_index
        """, arguments: [sweepID])
    {
      let (run, count): (String, Int) = (row[1], row[2])
      guard limit > 0, count <= limit - taken[run, default: 0] else { continue }
      taken[run, default: 0] += count
      result[row[0]] = try trace(
        database, of: row[0],
        SampleTrace(omittedLaunches: row[3] ?? 0, isPartial: row[4] ?? false))
    }
    return result
  }

  private func trace(
    _ database: Database, of sample: Int64, _ known: SampleTrace
  ) throws -> SampleTrace {
    var trace = known
    let launches = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT launch.*, operation.op, operation.variant FROM launch
          JOIN operation ON operation.key = launch.operation_key
          WHERE sample_key = ? ORDER BY launch.position
          """), arguments: [sample])
    while let row = try launches.next() { trace.launches.append(try launch(row)) }
    let steps = try Row.fetchCursor(
      database.cachedStatement(sql: "SELECT * FROM step WHERE sample_key = ? ORDER BY step"),
      arguments: [sample])
    while let row = try steps.next() {
      trace.steps.append(
        StepRecord(
          step: row["step"], rows: row["batch_rows"], startNs: row["start_ns"],
          endNs: row["end_ns"], processor: row["processor"],
          involuntarySwitches: row["involuntary_switches"], minorFaults: row["minor_faults"],
          majorFaults: row["major_faults"], isSlow: row["slow"]))
    }
    let spans = try Row.fetchCursor(
      database.cachedStatement(sql: "SELECT * FROM span WHERE sample_key = ? ORDER BY position"),
      arguments: [sample])
    while let row = try spans.next() {
      trace.spans.append(
        SpanRecord(
          name: row["name"], step: row["step"], startNs: row["start_ns"], endNs: row["end_ns"]))
    }
    return trace
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
