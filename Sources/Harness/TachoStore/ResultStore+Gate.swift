// SPDX-License-Identifier: Apache-2.0
import GRDB
package import TachoRecord

extension ResultStore {
  private enum Stage: String {
    case decision, confirmation
  }

  /// A gate job that begins; its sweep is on record.
  package func begin(_ record: GateRecord) throws {
    try write(doing: "beginning a gate job") { database in
      try database.execute(
        sql: "INSERT INTO gate (sweep_id, record) VALUES (?, ?)",
        arguments: [record.sweepID, StoredForm.json(of: record)])
    }
  }

  /// What a job came to.
  package func finish(_ result: GateResult) throws {
    try write(doing: "finishing a gate job") { database in
      try database.execute(
        sql: """
          UPDATE gate SET record = ?, outcome = ?, invalid = ?, differences = ?, causes = ?,
            started_at = ?, finished_at = ? WHERE sweep_id = ?
          """,
        arguments: [
          StoredForm.json(of: result.record), result.outcome.rawValue,
          StoredForm.json(of: result.invalid),
          StoredForm.json(of: result.differences), StoredForm.json(of: result.causes),
          result.startedAt,
          result.finishedAt, result.record.sweepID,
        ])
      if database.changesCount == 0 { throw StoreError.noSuchGate(sweepID: result.record.sweepID) }
      for (stage, decisions) in [
        (Stage.decision, result.decisions), (.confirmation, result.confirmations),
      ] {
        for (position, decision) in decisions.enumerated() {
          try database.execute(
            sql: """
              INSERT INTO gate_decision (sweep_id, stage, position, member_id, verdict, pairs,
                fail_evidence, fail_threshold, pass_evidence, pass_threshold, shift, low, high,
                reason, base, candidate)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """,
            arguments: [
              result.record.sweepID, stage.rawValue, position, decision.memberID,
              decision.verdict.rawValue, decision.pairs, decision.failEvidence,
              decision.failThreshold, decision.passEvidence, decision.passThreshold,
              decision.shift, decision.low, decision.high, decision.reason,
              decision.base, decision.candidate,
            ])
        }
      }
    }
  }

  /// A sweep's gate job; nil when it is none or was broken off.
  package func gateResult(of sweepID: String) throws -> GateResult? {
    try read(doing: "reading a gate job") { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM gate WHERE sweep_id = ? AND outcome IS NOT NULL",
          arguments: [sweepID])
      else { return nil }
      func decoded<Value: Decodable>(_ column: String) throws -> Value {
        try StoredForm.decode(
          Value.self, row[column], path: path, place: "gate \(sweepID), \(column)")
      }
      return GateResult(
        record: try decoded("record"), decisions: try decisions(database, sweepID, .decision),
        confirmations: try decisions(database, sweepID, .confirmation),
        differences: try decoded("differences"), causes: try decoded("causes"),
        invalid: try decoded("invalid"), startedAt: row["started_at"],
        finishedAt: row["finished_at"])
    }
  }

  private func decisions(
    _ database: Database, _ sweepID: String, _ stage: Stage
  ) throws -> [GateDecision] {
    try Row.fetchAll(
      database,
      sql: "SELECT * FROM gate_decision WHERE sweep_id = ? AND stage = ? ORDER BY position",
      arguments: [sweepID, stage.rawValue]
    ).map { row in
      guard let verdict = GateVerdict(rawValue: row["verdict"]) else {
        throw StoreError.corrupt(
          path: path, detail: "gate \(sweepID) has a verdict '\(row["verdict"] as String)'")
      }
      return GateDecision(
        memberID: row["member_id"], verdict: verdict, pairs: row["pairs"],
        failEvidence: row["fail_evidence"], failThreshold: row["fail_threshold"],
        passEvidence: row["pass_evidence"], passThreshold: row["pass_threshold"],
        shift: row["shift"], low: row["low"], high: row["high"], base: row["base"],
        candidate: row["candidate"], reason: row["reason"])
    }
  }
}
