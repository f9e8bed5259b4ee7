// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoCatalog
package import TachoRecord

extension ResultStore: RecordSink {
  /// Writes a new sweep with its machine, build and suite text; a sweep that is there already is
  /// being resumed, and must be of the same plan, machine and build.
  package func begin(_ sweep: SweepRecord) throws {
    try write(doing: "beginning a sweep") { database in
      if let row = try Row.fetchOne(
        database, sql: "SELECT plan_hash, machine_id, build_id FROM sweep WHERE id = ?",
        arguments: [sweep.id])
      {
        if row["plan_hash"] != sweep.planHash {
          throw StoreError.sweepDiffers(id: sweep.id, what: "plan")
        }
        if row["machine_id"] != sweep.machine.id {
          throw StoreError.sweepDiffers(id: sweep.id, what: "machine")
        }
        if row["build_id"] != sweep.build.id {
          throw StoreError.sweepDiffers(id: sweep.id, what: "build")
        }
        return
      }
      try Self.insert(sweep, into: database)
    }
  }

  private static func insert(_ sweep: SweepRecord, into database: Database) throws {
    let suiteHash = SHA256.hex(sweep.suiteText)
    try database.execute(
      sql: "INSERT INTO machine (id, facts) VALUES (?, ?) ON CONFLICT DO NOTHING",
      arguments: [sweep.machine.id, StoredForm.json(sweep.machine.facts)])
    try database.execute(
      sql: "INSERT INTO build (id, facts) VALUES (?, ?) ON CONFLICT DO NOTHING",
      arguments: [sweep.build.id, StoredForm.json(sweep.build.facts)])
    try database.execute(
      sql: "INSERT INTO suite (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
      arguments: [suiteHash, StoredForm.text(sweep.suiteText)])
    try database.execute(
      sql: """
        INSERT INTO sweep (id, suite, suite_hash, plan_hash, command, started_at, machine_id,
          machine_name, build_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        sweep.id, StoredForm.text(sweep.suite), suiteHash, sweep.planHash,
        StoredForm.text(sweep.command), sweep.startedAt, sweep.machine.id,
        StoredForm.text(sweep.machine.name), sweep.build.id,
      ])
  }

  /// Writes a run as `running`, and its point when it is new.
  package func begin(_ run: RunRecord) throws {
    try write(doing: "beginning a run") { database in
      guard
        try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM sweep WHERE id = ?)",
          arguments: [run.sweepID]) == true
      else {
        let known = try String.fetchAll(database, sql: "SELECT id FROM sweep ORDER BY started_at")
        throw StoreError.noSuchSweep(id: run.sweepID, known: known)
      }
      let pointID = run.point.id
      try Self.insert(run.point, id: pointID, into: database)
      let policy = try run.policy.map { try StoredForm.json(of: $0) }
      let axes = ConfigurationValue.array(run.point.axes.map { .string($0) }).canonicalJSON
      try database.execute(
        sql: """
          INSERT INTO run (id, sweep_id, point_id, benchmark, variant, axes, label, launch,
            position, plan_position, started_at, finished_at, status, reason, facts, stderr_tail,
            policy)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run.id, run.sweepID, pointID, StoredForm.text(run.point.benchmark),
          StoredForm.text(run.point.variant), StoredForm.text(axes),
          StoredForm.text(run.point.label), run.launch, run.order, run.planIndex, run.startedAt,
          run.finishedAt,
          run.status.rawValue, StoredForm.text(run.reason), StoredForm.json(run.facts),
          StoredForm.text(run.stderrTail), policy,
        ])
    }
  }

  private static func insert(_ point: Point, id: String, into database: Database) throws {
    try database.execute(
      sql: "INSERT INTO point (id, kind, configuration) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      arguments: [id, point.kind, StoredForm.text(point.configuration.canonicalJSON)])
    guard database.changesCount > 0 else { return }
    for (path, value) in point.configuration.values {
      try database.execute(
        sql: "INSERT INTO point_value (point_id, path, value) VALUES (?, ?, ?)",
        arguments: [id, path, StoredForm.column(value)])
    }
  }

  package func finish(_ run: RunRecord) throws {
    try write(doing: "finishing a run") { database in
      try database.execute(
        sql: """
          UPDATE run SET finished_at = ?, status = ?, reason = ?, facts = ?, stderr_tail = ?
          WHERE id = ?
          """,
        arguments: [
          run.finishedAt, run.status.rawValue, StoredForm.text(run.reason),
          StoredForm.json(run.facts), StoredForm.text(run.stderrTail), run.id,
        ])
      if database.changesCount == 0 { throw StoreError.noSuchRun(id: run.id) }
    }
  }

  package func append(_ event: EventRecord) throws {
    try write(doing: "adding an event") { database in
      try database.execute(
        sql: """
          INSERT INTO event (id, sweep_id, run_id, at, kind, message) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          UUID().uuidString, event.sweepID, event.runID, event.at, StoredForm.text(event.kind),
          StoredForm.text(event.message),
        ])
    }
  }
}
