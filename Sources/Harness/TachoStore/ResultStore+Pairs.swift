// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore: PairSink {
  package func begin(_ pair: PairRecord, builds: [BuildRecord]) throws {
    try write(doing: "beginning a launch pair") { database in
      for build in builds {
        try database.execute(
          sql: "INSERT INTO build (id, facts) VALUES (?, ?) ON CONFLICT DO NOTHING",
          arguments: [build.id, StoredForm.json(build.facts)])
      }
      try database.execute(
        sql: """
          INSERT INTO pair (id, sweep_id, pair_index, position, base_run_id, base_build_id,
            candidate_run_id, candidate_build_id, seed, started_first, started_at, finished_at,
            status, reason, series) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          pair.id, pair.sweepID, pair.index, pair.order, pair.base.runID, pair.base.buildID,
          pair.candidate.runID, pair.candidate.buildID,
          // SQLite's integers are signed.
          String(pair.seed), pair.startedFirst.rawValue, pair.startedAt, pair.finishedAt,
          pair.status.rawValue, StoredForm.text(pair.reason), pair.series,
        ])
      for step in pair.steps { try Self.insert(step, pairID: pair.id, into: database) }
    }
  }

  package func finish(_ pair: PairRecord) throws {
    try write(doing: "finishing a launch pair") { database in
      try database.execute(
        sql: "UPDATE pair SET finished_at = ?, status = ?, reason = ? WHERE id = ?",
        arguments: [
          pair.finishedAt, pair.status.rawValue, StoredForm.text(pair.reason), pair.id,
        ])
      if database.changesCount == 0 { throw StoreError.noSuchPair(id: pair.id) }
    }
  }

  static func insert(_ step: PairRecord.Step, pairID: String, into database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO pair_sample (pair_id, position, side, round, sample_index, asked_ns)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      pairID, step.position, step.side.rawValue, step.round, step.sampleIndex, step.askedNs,
    ])
  }

  /// The launch pairs of a sweep in executed order, with the order of their samples.
  func pairs(_ database: Database, _ sweepID: String) throws -> [PairRecord] {
    var steps: [String: [PairRecord.Step]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT pair_sample.* FROM pair_sample JOIN pair ON pair.id = pair_sample.pair_id
        WHERE pair.sweep_id = ? ORDER BY pair_id, pair_sample.position
        """, arguments: [sweepID])
    while let row = try rows.next() {
      let pair: String = row["pair_id"]
      steps[pair, default: []].append(
        PairRecord.Step(
          position: row["position"], side: try side(row["side"], of: pair), round: row["round"],
          sampleIndex: row["sample_index"], askedNs: row["asked_ns"]))
    }
    return try Row.fetchAll(
      database, sql: "SELECT * FROM pair WHERE sweep_id = ? ORDER BY position, rowid",
      arguments: [sweepID]
    ).map { row in
      let id: String = row["id"]
      guard let status = RunStatus(rawValue: row["status"]),
        let seed = UInt64(row["seed"] as String)
      else {
        throw StoreError.corrupt(path: path, detail: "pair \(id) has no known status or no seed")
      }
      return PairRecord(
        id: id, sweepID: sweepID, index: row["pair_index"], order: row["position"],
        base: .init(runID: row["base_run_id"], buildID: row["base_build_id"]),
        candidate: .init(runID: row["candidate_run_id"], buildID: row["candidate_build_id"]),
        seed: seed, startedFirst: try side(row["started_first"], of: id),
        startedAt: row["started_at"], finishedAt: row["finished_at"], status: status,
        reason: row["reason"], series: row["series"], steps: steps[id] ?? [])
    }
  }

  private func side(_ name: String, of pair: String) throws -> PairSide {
    guard let side = PairSide(rawValue: name) else {
      throw StoreError.corrupt(path: path, detail: "pair \(pair) has a side '\(name)'")
    }
    return side
  }
}
