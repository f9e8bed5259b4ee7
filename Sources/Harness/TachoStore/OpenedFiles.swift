// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// The store files this process has a connection to, or had.
///
/// Closing any descriptor of a file drops all of the process's POSIX locks on it (fcntl(2)), SQLite's
/// included, and then another process may take the write-ahead log away under a live connection. So a
/// file is looked at by hand only before its first connection.
enum OpenedFiles {
  private struct Key: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private static let keys = Mutex<Set<Key>>([])

  static func contains(_ path: String) -> Bool {
    guard let key = key(path) else { return false }
    return keys.withLock { $0.contains(key) }
  }

  static func insert(_ path: String) {
    guard let key = key(path) else { return }
    keys.withLock { _ = $0.insert(key) }
  }

  private static func key(_ path: String) -> Key? {
    var information = stat()
    guard stat(path, &information) == 0 else { return nil }
    return Key(device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
  }
}
