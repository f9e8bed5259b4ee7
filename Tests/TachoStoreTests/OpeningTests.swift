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

  /// The schema as released: a migration that is out is never edited, so this text never changes.
  @Test func schemaIsTheReleasedOne() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      let names = try store.queue.read { database in
        try String.fetchAll(
          database,
          sql: """
            SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'
            ORDER BY type, name
            """)
      }
      #expect(
        names == [
          "index event_by_sweep", "index pair_by_sweep", "index point_value_by_path",
          "index run_by_point", "index run_by_sweep", "table build", "table event",
          "table grdb_migrations", "table launch", "table machine", "table measurement",
          "table metric", "table operation", "table pair", "table pair_sample", "table point",
          "table point_value", "table run", "table sample", "table suite", "table sweep",
          "view v_measurement", "view v_point_summary",
        ])
      let dump = try store.queue.read { database in
        try String.fetchAll(
          database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).joined(separator: ";\n")
      }
      #expect(dump == ReleasedSchema.text)
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
      for (index, length) in stride(from: 1, to: bytes.count, by: 7_777).enumerated() {
        let cut = "\(path).cut\(index)"
        try bytes.prefix(length).write(to: URL(fileURLWithPath: cut))
        #expect(throws: StoreError.self, "cut at \(length)") {
          _ = try ResultStore(path: cut, readOnly: true).resultSet()
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
