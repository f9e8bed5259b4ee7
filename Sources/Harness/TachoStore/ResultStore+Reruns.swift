// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoRecord

extension ResultStore {
  /// A run as it can be named, with where it belongs.
  package struct KnownRun: Sendable, Hashable {
    package let id: String
    package let sweepID: String
    package let benchmark: String
    package let label: String
    package let launch: Int
    package let startedAt: String
  }

  /// The runs whose ids begin with a text, the oldest first.
  package func runs(idPrefix prefix: String) throws -> [KnownRun] {
    try read(doing: "looking for a run") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, sweep_id, benchmark, label, launch, started_at FROM run
          WHERE substr(id, 1, length(?1)) = ?1 ORDER BY started_at, rowid
          """, arguments: [prefix]
      ).map {
        KnownRun(
          id: $0["id"], sweepID: $0["sweep_id"], benchmark: $0["benchmark"], label: $0["label"],
          launch: $0["launch"], startedAt: $0["started_at"])
      }
    }
  }

  /// The sweeps that only measure a row of another one again, with what they say of it.
  package func reruns() throws -> [String: String] {
    try read(doing: "looking for reruns") { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT sweep_id, message FROM event WHERE kind = ?",
        arguments: [EventRecord.rerunKind])
      return Dictionary(rows.map { ($0["sweep_id"], $0["message"]) }) { first, _ in first }
    }
  }
}
