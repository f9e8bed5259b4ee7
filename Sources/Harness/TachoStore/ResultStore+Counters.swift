// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

extension ResultStore {
  /// The row of a reading's total, in place of a thread's.
  private static let allThreads = -1

  static func insert(
    _ readings: [CounterReading], sample: Int64, into database: Database
  ) throws {
    for (position, reading) in readings.enumerated() {
      let total = CounterReading.OnThread(thread: allThreads, count: reading.total)
      for row in [total] + reading.threads {
        let count = StoredCount(row.count)
        try database.cachedStatement(
          sql: """
            INSERT OR IGNORE INTO counter (sample_key, position, thread, event, quantity, scope,
              counter_group, raw, enabled_ns, running_ns, value, validity, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).execute(arguments: [
          sample, position, row.thread, StoredForm.text(reading.event),
          reading.quantity?.rawValue, reading.scope?.rawValue, reading.group, count.raw,
          count.enabledNs, count.runningNs, count.value, count.validity, count.reason,
        ])
      }
    }
  }

  static func insert(
    _ readings: [KernelCounterReading], sample: Int64, into database: Database
  ) throws {
    for (position, reading) in readings.enumerated() {
      let count = StoredCount(reading.count)
      try database.cachedStatement(
        sql: """
          INSERT INTO kernel_counter (sample_key, position, op, launches, event, scope,
            counter_group, raw, enabled_ns, running_ns, value, validity, reason)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sample, position, StoredForm.text(reading.op), reading.launches,
        StoredForm.text(reading.event), reading.scope?.rawValue, reading.group, count.raw,
        count.enabledNs, count.runningNs, count.value, count.validity, count.reason,
      ])
    }
  }

  /// A sweep's readings by sample, in the order they were reported.
  func counters(_ database: Database, _ sweepID: String) throws -> [Int64: [CounterReading]] {
    var result: [Int64: [CounterReading]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT counter.* FROM counter
        JOIN sample ON sample.key = counter.sample_key JOIN run ON run.id = sample.run_id
        WHERE run.sweep_id = ? ORDER BY sample_key, counter.position, thread <> -1, thread
        """, arguments: [sweepID])
    while let row = try rows.next() {
      let key: Int64 = row["sample_key"]
      let thread: Int = row["thread"]
      let count = try count(row)
      if thread == Self.allThreads {
        result[key, default: []].append(
          CounterReading(
            event: row["event"],
            quantity: (row["quantity"] as String?).flatMap { .init(rawValue: $0) },
            scope: try scope(row), group: row["counter_group"], total: count))
      } else if let last = result[key]?.indices.last {
        result[key]?[last].threads.append(.init(thread: thread, count: count))
      }
    }
    return result
  }

  func kernelCounters(
    _ database: Database, _ sweepID: String
  ) throws -> [Int64: [KernelCounterReading]] {
    var result: [Int64: [KernelCounterReading]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT kernel_counter.* FROM kernel_counter
        JOIN sample ON sample.key = kernel_counter.sample_key
        JOIN run ON run.id = sample.run_id
        WHERE run.sweep_id = ? ORDER BY sample_key, kernel_counter.position
        """, arguments: [sweepID])
    while let row = try rows.next() {
      result[row["sample_key"], default: []].append(
        KernelCounterReading(
          op: row["op"], launches: row["launches"], event: row["event"], scope: try scope(row),
          group: row["counter_group"], count: try count(row)))
    }
    return result
  }

  private func scope(_ row: Row) throws -> CounterReading.Scope? {
    guard let text: String = row["scope"] else { return nil }
    guard let scope = CounterReading.Scope(rawValue: text) else {
      throw StoreError.corrupt(path: path, detail: "a counter has the scope '\(text)'")
    }
    return scope
  }

  /// A count's columns as they were stored: the validity is not worked out again.
  private func count(_ row: Row) throws -> CounterCount {
    let text: String = row["validity"]
    guard let validity = CounterValidity(rawValue: text) else {
      throw StoreError.corrupt(path: path, detail: "a counter has the validity '\(text)'")
    }
    var count = CounterCount.unavailable("")
    count.validity = validity
    count.reason = row["reason"]
    count.raw = row["raw"]
    count.enabledNs = row["enabled_ns"]
    count.runningNs = row["running_ns"]
    count.value = row["value"]
    return count
  }
}

/// A count as columns: a value that is not finite is none, with that as the reason.
private struct StoredCount {
  let raw: Int?
  let enabledNs: Int?
  let runningNs: Int?
  let value: Double?
  let validity: String
  let reason: String?

  init(_ count: CounterCount) {
    let isNumber = count.value?.isFinite ?? true
    raw = count.raw
    enabledNs = count.enabledNs
    runningNs = count.runningNs
    value = isNumber ? count.value : nil
    validity = (isNumber ? count.validity : .unavailable).rawValue
    reason = isNumber ? StoredForm.text(count.reason) : "not a finite number"
  }
}
