// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

/// Results in one SQLite file that any number of processes may write and read at the same time.
///
/// Every write is one short transaction in WAL mode: when the call returns, a `kill -9` of the process
/// cannot lose it. (`synchronous = NORMAL`: a power cut may lose the last moments, never the file.)
package final class ResultStore: Sendable {
  package let path: String
  package let readOnly: Bool
  let queue: DatabaseQueue
  /// Of a store that is written.
  private let samples: SampleConnection?
  /// Held while one of the two connections writes: SQLite would have the other one sleep and try again.
  let writing = NSLock()

  /// Opens a store, creating it when it is to be written and does not exist yet.
  package init(path: String, readOnly: Bool = false) throws {
    self.path = path
    self.readOnly = readOnly
    try Self.checkFile(path, readOnly: readOnly)
    queue = try Self.mapping(path, doing: "opening it") {
      try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: readOnly))
    }
    OpenedFiles.insert(path)
    samples = try Self.mapping(path, doing: "preparing its tables") { [queue] in
      // Each question is asked in a transaction of its own: another process may be creating the
      // store at this moment.
      try queue.read { try Self.checkContent($0, path: path) }
      if !readOnly { try queue.inDatabase(Self.switchToWAL) }
      if try !queue.read({ try Self.isUpToDate($0, path: path) }) {
        if readOnly { throw StoreError.olderSchema(path: path) }
        try Self.migrate(queue)
      }
      return readOnly ? nil : try SampleConnection(path: path)
    }
  }

  private static func configuration(readOnly: Bool) -> GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(30)
    configuration.label = "result store"
    return configuration
  }

  /// What can be told from the file system, before SQLite touches anything.
  private static func checkFile(_ path: String, readOnly: Bool) throws {
    let files = FileManager.default
    var isDirectory: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isDirectory) {
      if isDirectory.boolValue { throw StoreError.isDirectory(path: path) }
      if OpenedFiles.contains(path) { return }
      guard let file = FileHandle(forReadingAtPath: path) else {
        throw StoreError.notWritable(path: path)
      }
      defer { try? file.close() }
      let header = try file.read(upToCount: 16) ?? Data()
      if header.isEmpty, !readOnly { return }
      guard header == Data("SQLite format 3\0".utf8) else {
        throw StoreError.notADatabase(path: path)
      }
      return
    }
    if readOnly { throw StoreError.missing(path: path) }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !files.fileExists(atPath: directory, isDirectory: &isDirectory) || !isDirectory.boolValue {
      throw StoreError.noSuchDirectory(path: path, directory: directory)
    }
  }

  /// Another program's database is refused before anything is written to it.
  private static func checkContent(_ database: Database, path: String) throws {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    if application == StoreSchema.applicationID { return }
    // A store that is being created may have the migrator's table and no other yet.
    let tables = try String.fetchAll(
      database,
      sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'grdb_migrations'")
    if application != 0 || !tables.isEmpty { throw StoreError.foreignDatabase(path: path) }
  }

  private static func isUpToDate(_ database: Database, path: String) throws -> Bool {
    let migrator = StoreSchema.migrator
    // Before anything else: this also fixes the snapshot that the next questions are answered from.
    guard try database.tableExists("grdb_migrations") else { return false }
    if try migrator.hasBeenSuperseded(database) {
      throw StoreError.newerSchema(
        path: path, migrations: try migrator.appliedIdentifiers(database).sorted())
    }
    return try migrator.hasCompletedMigrations(database)
  }

  /// WAL is a property of the file; switching to it is the one step the busy timeout does not cover.
  private static func switchToWAL(_ database: Database) throws {
    let deadline = Date().addingTimeInterval(30)
    while true {
      do {
        _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        break
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        if Date() > deadline { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    try database.execute(sql: "PRAGMA synchronous = NORMAL")
  }

  /// Two processes may create the same store at once: who loses the race for one migration goes on with
  /// the next, until all are done; two seconds without any progress are another kind of failure.
  private static func migrate(_ queue: DatabaseQueue) throws {
    let migrator = StoreSchema.migrator
    var applied = 0
    var idle = 0
    while true {
      do {
        try migrator.migrate(queue)
        return
      } catch {
        if try queue.read(migrator.hasCompletedMigrations) { return }
        let now = try queue.read { try migrator.appliedIdentifiers($0).count }
        idle = now > applied ? 0 : idle + 1
        applied = now
        guard idle < 100 else { throw error }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  private static func mapping<T>(_ path: String, doing: String, _ body: () throws -> T) throws -> T
  {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError.wrapping(error, path: path, doing: doing)
    }
  }

  /// The version of the SQLite library in use, for example `3.40.1`.
  package func sqliteVersion() throws -> String {
    try read(doing: "asking for its version") { database in
      try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? "unknown"
    }
  }

  /// One short IMMEDIATE transaction; SQLite's errors come out as the store's.
  func write<T>(doing: String, _ body: (Database) throws -> T) throws -> T {
    if readOnly { throw readOnlyError(doing) }
    return try Self.mapping(path, doing: doing) {
      try writing.withLock { try queue.write(body) }
    }
  }

  /// The same for samples, through their own connection and with the keys known there.
  func writeSamples(
    doing: String, isBatch: Bool = false, _ body: (Database, StoredKeys) throws -> StoredKeys
  ) throws {
    guard let samples else { throw readOnlyError(doing) }
    try Self.mapping(path, doing: doing) {
      try writing.withLock { try samples.write(isBatch: isBatch, body) }
    }
  }

  private func readOnlyError(_ doing: String) -> StoreError {
    StoreError.failed(
      path: path, doing: doing, detail: "it was opened for reading only; open it for writing")
  }

  /// One consistent view of the store.
  func read<T>(doing: String, _ body: (Database) throws -> T) throws -> T {
    try Self.mapping(path, doing: doing) { try queue.read(body) }
  }
}
