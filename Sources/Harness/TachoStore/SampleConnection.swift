// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// The connection that samples are written through.
///
/// It does not have SQLite look up the rows that a new row refers to, which with nine measurements to a
/// sample took a third of the time: `SampleWriter` has every key from the database itself, and the keys
/// it remembers hold only while no other connection has written (`StoredKeys.version`).
final class SampleConnection: Sendable {
  /// Frames in the log from which on it is copied into the file: SQLite's own default.
  private static let checkpointPages = 1_000
  /// Frames from which on a batch waits for that too (128 MiB).
  private static let waitingPages = 32_768

  /// Whether a checkpoint is under way; outlives the connection where one ends after it.
  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  let queue: DatabaseQueue
  /// Kept from one sample to the next: looking a metric up costs as much as writing its value.
  let keys = Mutex(StoredKeys())
  private let path: String
  /// Whether the transaction being committed is a batch.
  private let isBatch = Atomic(false)
  private let checkpointing = Flag()
  /// Opened by the first batch that needs it.
  private let background = Mutex<DatabaseQueue?>(nil)

  init(path: String) throws {
    self.path = path
    queue = try DatabaseQueue(path: path, configuration: Self.configuration("samples"))
    queue.inDatabase { database in
      _ = sqlite3_wal_hook(
        database.sqliteConnection,
        { context, connection, _, pages in
          guard let context else { return SQLITE_OK }
          Unmanaged<SampleConnection>.fromOpaque(context).takeUnretainedValue()
            .committed(connection, pages: Int(pages))
          return SQLITE_OK
        }, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  /// What is under way ends first, so that a store that was closed is one file again.
  deinit {
    background.withLock { $0 }?.inDatabase { _ in }
    queue.inDatabase { database in
      _ = sqlite3_wal_hook(database.sqliteConnection, nil, nil)
    }
  }

  private static func configuration(_ label: String) -> GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(30)
    configuration.label = label
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    return configuration
  }

  /// Runs `body` with the keys that hold in its transaction; it returns them with what it added, which is
  /// remembered when the transaction is committed.
  func write(isBatch: Bool, _ body: (Database, StoredKeys) throws -> StoredKeys) throws {
    let known = keys.withLock { $0 }
    let found = try queue.write { database in
      self.isBatch.store(isBatch, ordering: .relaxed)
      let version = try Int.fetchOne(
        database.cachedStatement(sql: "PRAGMA data_version"))
      if let version, known.version == version { return try body(database, known) }
      var keys = StoredKeys()
      keys.version = version
      return try body(database, keys)
    }
    keys.withLock { $0 = found }
  }

  /// Has the log copied into the file.
  ///
  /// Between samples that are being taken at once: done meanwhile, it would disturb the next sample. Batches
  /// do not wait for the disk.
  private func committed(_ connection: OpaquePointer?, pages: Int) {
    if pages < Self.checkpointPages { return }
    if isBatch.load(ordering: .relaxed), pages < Self.waitingPages, checkpointInBackground() {
      return
    }
    // Somebody else may be at it, or still read what the file has: the next commit tries again.
    _ = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }

  /// False when there is no connection for it.
  private func checkpointInBackground() -> Bool {
    if checkpointing.isSet.exchange(true, ordering: .relaxed) { return true }
    let opened = background.withLock { queue in
      if queue == nil {
        queue = try? DatabaseQueue(path: path, configuration: Self.configuration("checkpoints"))
      }
      return queue
    }
    guard let opened else {
      checkpointing.isSet.store(false, ordering: .relaxed)
      return false
    }
    // Not `self`: were this its last owner, it would end here, waiting for the queue it is on.
    opened.asyncWriteWithoutTransaction { [checkpointing] database in
      _ = sqlite3_wal_checkpoint_v2(
        database.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      checkpointing.isSet.store(false, ordering: .relaxed)
    }
    return true
  }
}
