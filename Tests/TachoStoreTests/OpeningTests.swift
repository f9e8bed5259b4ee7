// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import Testing

@testable import TachoStore

@Suite struct OpeningTests {
  @Test func aNewStoreIsInWALModeAndChecksReferences() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.queue.inDatabase { (database) throws in
        #expect(try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal")
        #expect(try Int.fetchOne(database, sql: "PRAGMA synchronous") == 1)
        #expect(try Int.fetchOne(database, sql: "PRAGMA foreign_keys") == 1)
        #expect(try Int.fetchOne(database, sql: "PRAGMA busy_timeout") == 30_000)
      }
      // An empty file, as `touch` or `mktemp` leave, becomes a store too.
      let empty = path + ".empty"
      try Data().write(to: URL(fileURLWithPath: empty))
      #expect(try ResultStore(path: empty).sweeps().isEmpty)
    }
  }

  /// The schema on record: what a release had is only ever added to, by migrations.
  ///
  /// `TACHO_RECORD_GOLDEN=1` writes it anew; look at what changed before it is committed.
  @Test func schemaIsTheOneOnRecord() throws {
    let record = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "schema.sql")
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      let dump = try store.queue.read { database in
        try String.fetchAll(
          database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).joined(separator: ";\n") + ";\n"
      }
      if ProcessInfo.processInfo.environment["TACHO_RECORD_GOLDEN"] == "1" {
        try Data(dump.utf8).write(to: record)
      }
      #expect(dump == (try String(contentsOf: record, encoding: .utf8)))
    }
  }

  /// A store of the first schema, with rows in it, is brought up to date and reads as it did.
  @Test func anOlderStoreIsMigrated() throws {
    try StoreFixtures.withStorePath { path in
      let old = try DatabaseQueue(path: path)
      try StoreSchema.migrator.migrate(old, upTo: "1 sweeps, runs, samples")
      try old.write { database in
        try database.execute(
          sql: """
            INSERT INTO machine VALUES ('m', '{}'); INSERT INTO build VALUES ('b', '{}');
            INSERT INTO suite VALUES ('h', 't');
            INSERT INTO sweep VALUES ('s', 'x', 'h', 'p', 'c', 't', 'm', 'name', 'b');
            INSERT INTO point VALUES ('q', 'kernel', '{}');
            INSERT INTO run VALUES ('r', 's', 'q', 'b', NULL, '[]', 'l', 0, 0, 0, 't', NULL,
              'completed', NULL, '{}', NULL);
            INSERT INTO metric VALUES (1, 'm', 1, 'seconds', 'lower', 'd');
            INSERT INTO sample VALUES (1, 'r', 0, 0, 't', '{"startNs":1,"endNs":2}', NULL, 'steal');
            INSERT INTO measurement VALUES (1, 1, 0.5, NULL);
            """)
      }
      try old.close()
      #expect(throws: StoreError.olderSchema(path: path)) {
        try ResultStore(path: path, readOnly: true)
      }
      let store = try ResultStore(path: path)
      let run = try store.results(of: "s").runs[0]
      #expect(run.record.policy == nil && run.samples[0].environment == nil)
      #expect(run.values(of: "m") == [0.5])
      let median = try store.queue.read {
        try Double.fetchOne($0, sql: "SELECT median FROM v_point_summary")
      }
      #expect(median == 0.5)
    }
  }

  @Test func badPathsAreExplained() throws {
    try StoreFixtures.withStorePath { path in
      func complaint(_ path: String, readOnly: Bool = false) -> String {
        do {
          _ = try ResultStore(path: path, readOnly: readOnly)
          return "opened"
        } catch { return "\(error)" }
      }
      #expect(complaint(path, readOnly: true).contains("no result store at"))
      let nowhere = path + ".missing/deeper/results.sqlite"
      #expect(complaint(nowhere).contains("mkdir -p '\(path).missing/deeper'"))
      let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
      #expect(complaint(directory).contains("is a directory"))

      let text = path + ".txt"
      try "name,value\nthis is a CSV file\n".write(toFile: text, atomically: true, encoding: .utf8)
      #expect(complaint(text).contains("not an SQLite database"))
      #expect(complaint(text, readOnly: true).contains("not an SQLite database"))
      #expect(try String(contentsOfFile: text, encoding: .utf8).hasPrefix("name,value"))

      let foreign = path + ".foreign"
      try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE photos (id)") }
      let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
      #expect(complaint(foreign).contains("another program"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before)
    }
  }

  @Test func aNewerSchemaIsRefused() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.queue.write {
        try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('7 from the future')")
      }
      for readOnly in [false, true] {
        let error = #expect(throws: StoreError.self) {
          try ResultStore(path: path, readOnly: readOnly)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("newer tacho"))
        #expect("\(error.map { "\($0)" } ?? "")".contains("7 from the future"))
      }
    }
  }

  /// A page of garbage in the middle gives an error that says so, whatever is read first.
  @Test func aDamagedFileIsReported() throws {
    try StoreFixtures.withStorePath { path in
      try StoreFixtures.fill(try ResultStore(path: path))
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for page in 1..<(bytes.count / 4096) {
        bytes.replaceSubrange(
          page * 4096..<(page + 1) * 4096, with: Data(repeating: 0xA5, count: 4096))
      }
      let damaged = path + ".damaged"
      try bytes.write(to: URL(fileURLWithPath: damaged))
      let error = #expect(throws: StoreError.self) {
        _ = try ResultStore(path: damaged, readOnly: true).results(of: "sweep-1")
      }
      guard case .corrupt = error else {
        Issue.record("expected a report of damage, not \(String(describing: error))")
        return
      }
    }
  }

  @Test func cutFilesNeverCrash() throws {
    try StoreFixtures.withStorePath { path in
      try StoreFixtures.fill(try ResultStore(path: path))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let whole = try ResultStore(path: path).resultSet().sweeps[0].runs[0].samples
      for (index, length) in stride(from: 1, to: bytes.count, by: 7_777).enumerated() {
        let cut = "\(path).cut\(index)"
        try bytes.prefix(length).write(to: URL(fileURLWithPath: cut))
        do {
          // A last page that is an index nobody reads is not missed: then nothing else is missing.
          let sweeps = try ResultStore(path: cut, readOnly: true).resultSet(withRequests: true)
            .sweeps
          #expect(sweeps.map(\.runs.first?.samples) == [whole], "cut at \(length)")
          #expect(length > bytes.count - 4096, "cut at \(length) and not noticed")
        } catch {
          #expect(error is StoreError, "cut at \(length): \(error)")
        }
      }
    }
  }

  @Test func readingOnlyNeverWrites() throws {
    try StoreFixtures.withStorePath { path in
      try StoreFixtures.fill(try ResultStore(path: path))
      let store = try ResultStore(path: path, readOnly: true)
      #expect(throws: StoreError.self) { try store.begin(StoreFixtures.sweep("another")) }
      #expect(throws: StoreError.self) { try store.markInterrupted("sweep-1") }
    }
  }
}
