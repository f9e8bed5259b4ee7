// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoCatalog
package import TachoRecord

extension ResultStore: StudyStore {
  package func beginStudy(id: String, name: String, definition: String) throws {
    try write(doing: "beginning a study") { database in
      let known = try String.fetchOne(
        database, sql: "SELECT definition FROM study WHERE id = ?", arguments: [id])
      if let known {
        guard known == StoredForm.text(definition) else {
          throw StoreError.studyDiffers(id: id)
        }
        return
      }
      try database.execute(
        sql: "INSERT INTO study (id, name, definition, started_at) VALUES (?, ?, ?, ?)",
        arguments: [
          id, StoredForm.text(name), StoredForm.text(definition),
          ISO8601DateFormatter().string(from: Date()),
        ])
    }
  }

  package func withTrials<Result>(
    ofStudy id: String, _ body: (inout [StudyRow]) throws -> Result
  ) throws -> Result {
    try write(doing: "working on a study") { database in
      let before = try Self.rows(ofStudy: id, database, path: path)
      var after = before
      let result = try body(&after)
      let known = Dictionary(uniqueKeysWithValues: before.map { ($0.trial.number, $0) })
      for row in after where known[row.trial.number] != row {
        try database.execute(
          sql: """
            INSERT INTO study_trial (study_id, number, configuration, state, record, worker, heartbeat)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (study_id, number) DO UPDATE SET state = excluded.state,
              record = excluded.record, worker = excluded.worker, heartbeat = excluded.heartbeat
            """,
          arguments: [
            id, row.trial.number, StoredForm.text(row.trial.configuration.canonicalJSON),
            row.trial.state.rawValue, StoredForm.json(of: row.trial), row.worker, row.heartbeat,
          ])
      }
      return result
    }
  }

  /// A study's trials as they stand, for those who only look.
  package func trials(ofStudy id: String) throws -> [StudyRow] {
    try read(doing: "reading a study") { try Self.rows(ofStudy: id, $0, path: path) }
  }

  private static func rows(
    ofStudy id: String, _ database: Database, path: String
  ) throws -> [StudyRow] {
    try Row.fetchAll(
      database,
      sql:
        "SELECT number, record, worker, heartbeat FROM study_trial WHERE study_id = ? ORDER BY number",
      arguments: [id]
    ).map { row in
      StudyRow(
        trial: try StoredForm.decode(
          TrialRecord.self, row["record"], path: path,
          place: "study \(id), trial \(row["number"] as Int)"),
        worker: row["worker"], heartbeat: row["heartbeat"])
    }
  }
}
