// SPDX-License-Identifier: Apache-2.0
import GRDB
import Synchronization
package import TachoRecord

extension ResultStore {
  /// Adds to a sample what was recorded inside it, and the metrics that follow from it.
  package func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    let known = keys.withLock { $0 }
    let found = try write(doing: "adding a trace") { database in
      guard
        let key = try Int.fetchOne(
          database, sql: "SELECT key FROM sample WHERE run_id = ? AND sample_index = ?",
          arguments: [runID, index])
      else { throw StoreError.noSuchRun(id: runID) }
      var writer = try SampleWriter(database, keys: known)
      try writer.write(trace, sample: key)
      for measurement in measurements { try writer.write(measurement, sample: key) }
      return writer.keys
    }
    keys.withLock { $0 = found }
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
