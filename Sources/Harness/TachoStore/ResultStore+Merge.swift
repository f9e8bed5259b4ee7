// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord

/// What a merge added to a store.
package struct MergeSummary: Sendable, Hashable {
  package var sweeps: Int
  package var runs: Int
  package var samples: Int
  package var events: Int
}

extension ResultStore {
  /// Adds everything another store has and this one lacks; doing it again adds nothing.
  ///
  /// Ids are hashes of content or unique by construction, so rows of different machines never meet. A
  /// run that was still running here and has ended there takes its ending from there.
  @discardableResult
  package func merge(from otherPath: String) throws -> MergeSummary {
    let own = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let theirs = URL(fileURLWithPath: otherPath).resolvingSymlinksInPath().path
    if own == theirs { throw StoreError.mergeWithItself(path: path) }
    // Opening it checks that it is a store, and of this schema.
    _ = try ResultStore(path: otherPath, readOnly: true)
    do {
      writing.lock()
      defer { writing.unlock() }
      return try queue.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [otherPath])
        defer { try? database.execute(sql: "DETACH DATABASE other") }
        var summary = MergeSummary(sweeps: 0, runs: 0, samples: 0, events: 0)
        try database.inTransaction(.immediate) {
          summary = try Self.copy(database)
          return .commit
        }
        return summary
      }
    } catch let error as DatabaseError {
      throw StoreError.wrapping(error, path: path, doing: "merging \(otherPath)")
    }
  }

  private static func copy(_ database: Database) throws -> MergeSummary {
    func add(_ sql: String) throws -> Int {
      try database.execute(sql: sql)
      return database.changesCount
    }
    for table in ["machine", "build", "suite"] {
      _ = try add("INSERT OR IGNORE INTO main.\(table) SELECT * FROM other.\(table)")
    }
    let sweeps = try add(
      "INSERT OR IGNORE INTO main.sweep SELECT * FROM other.sweep ORDER BY rowid")
    for table in ["point", "point_value"] {
      _ = try add("INSERT OR IGNORE INTO main.\(table) SELECT * FROM other.\(table)")
    }
    for (table, columns) in [
      ("metric", "id, version, unit, better, definition"), ("operation", "op, variant"),
    ] {
      _ = try add(
        """
        INSERT OR IGNORE INTO main.\(table) (\(columns))
        SELECT \(columns) FROM other.\(table) ORDER BY key
        """)
    }
    let runs = try add("INSERT OR IGNORE INTO main.run SELECT * FROM other.run ORDER BY rowid")
    _ = try add(
      """
      UPDATE main.run SET (finished_at, status, reason, facts, stderr_tail) =
        (SELECT finished_at, status, reason, facts, stderr_tail FROM other.run AS theirs
         WHERE theirs.id = main.run.id)
      WHERE status IN ('running', 'interrupted') AND id IN
        (SELECT id FROM other.run WHERE status NOT IN ('running', 'interrupted'))
      """)
    let samples = try copySamples(database, add)
    _ = try add("INSERT OR IGNORE INTO main.pair SELECT * FROM other.pair ORDER BY rowid")
    _ = try add(
      """
      UPDATE main.pair SET (finished_at, status, reason) =
        (SELECT finished_at, status, reason FROM other.pair AS theirs
         WHERE theirs.id = main.pair.id)
      WHERE status = 'running' AND id IN (SELECT id FROM other.pair WHERE status <> 'running')
      """)
    _ = try add("INSERT OR IGNORE INTO main.pair_sample SELECT * FROM other.pair_sample")
    // A job that was still going on here takes its ending from there.
    _ = try add(
      """
      DELETE FROM main.gate WHERE outcome IS NULL AND sweep_id IN
        (SELECT sweep_id FROM other.gate WHERE outcome IS NOT NULL)
      """)
    for table in ["gate", "gate_decision"] {
      _ = try add("INSERT OR IGNORE INTO main.\(table) SELECT * FROM other.\(table)")
    }
    let events = try add(
      """
      INSERT OR IGNORE INTO main.event (id, sweep_id, run_id, at, kind, message)
      SELECT id, sweep_id, run_id, at, kind, message FROM other.event ORDER BY key
      """)
    return MergeSummary(sweeps: sweeps, runs: runs, samples: samples, events: events)
  }

  /// Samples get new keys here; measurements, launches and counters follow the samples that are new.
  private static func copySamples(_ database: Database, _ add: (String) throws -> Int) throws -> Int
  {
    let last = try Int64.fetchOne(database, sql: "SELECT MAX(key) FROM main.sample") ?? 0
    let samples = try add(
      """
      INSERT OR IGNORE INTO main.sample
        (run_id, sample_index, warmup, started_at, observation, launch_count, flag,
         omitted_launches, partial_launches, environment)
      SELECT run_id, sample_index, warmup, started_at, observation, launch_count, flag,
        omitted_launches, partial_launches, environment
      FROM other.sample ORDER BY key
      """)
    let matched = """
      FROM main.sample AS mine JOIN other.sample AS theirs
        ON theirs.run_id = mine.run_id AND theirs.sample_index = mine.sample_index
      """
    _ = try add(
      """
      INSERT INTO main.measurement SELECT mine.key, metric.key, value, unavailable_reason
      \(matched)
      JOIN other.measurement AS reading ON reading.sample_key = theirs.key
      JOIN other.metric AS named ON named.key = reading.metric_key
      JOIN main.metric AS metric ON metric.id = named.id AND metric.version = named.version
        AND metric.unit = named.unit AND metric.better = named.better
        AND metric.definition = named.definition
      WHERE mine.key > \(last)
      """)
    _ = try add(
      """
      INSERT INTO main.launch SELECT mine.key, call.position, operation.key, step, layer,
        enqueue_ns, first_start_ns, last_start_ns, first_end_ns, end_ns, last_end_ns, workers
      \(matched)
      JOIN other.launch AS call ON call.sample_key = theirs.key
      JOIN other.operation AS named ON named.key = call.operation_key
      JOIN main.operation AS operation ON operation.op = named.op
        AND operation.variant = named.variant
      WHERE mine.key > \(last)
      """)
    _ = try add(
      """
      INSERT INTO main.step SELECT mine.key, step, batch_rows, start_ns, end_ns, processor,
        involuntary_switches, minor_faults, major_faults, slow
      \(matched) JOIN other.step AS pass ON pass.sample_key = theirs.key WHERE mine.key > \(last)
      """)
    _ = try add(
      """
      INSERT INTO main.span SELECT mine.key, position, name, step, start_ns, end_ns
      \(matched) JOIN other.span AS work ON work.sample_key = theirs.key WHERE mine.key > \(last)
      """)
    for (table, columns) in [
      ("counter", "thread, event, quantity"), ("kernel_counter", "op, launches, event"),
    ] {
      let all =
        "position, \(columns), scope, counter_group, raw, enabled_ns, running_ns, value, validity, reason"
      _ = try add(
        """
        INSERT INTO main.\(table) (sample_key, \(all)) SELECT mine.key, \(all)
        \(matched)
        JOIN other.\(table) AS reading ON reading.sample_key = theirs.key
        WHERE mine.key > \(last)
        """)
    }
    _ = try add(
      """
      INSERT INTO main.item SELECT mine.key, request.position, scheduled_ns, sent_ns, admitted_ns,
        done_ns, prompt_tokens, cached_tokens, output_tokens, ended_by_eos, failure,
        output_fingerprint, emission_steps_ns, emission_tokens, text_steps_ns
      \(matched)
      JOIN other.item AS request ON request.sample_key = theirs.key
      WHERE mine.key > \(last)
      """)
    return samples
  }
}
