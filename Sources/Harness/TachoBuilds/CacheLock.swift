// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A lock on a name of the cache: shared by those who use what it names, exclusive for who makes or
/// removes it.
///
/// The kernel frees it when the process ends, however that happens.
///
/// The files stay: whoever removed one would leave two processes with a lock each on the same name.
final class CacheLock: Sendable {
  enum Mode {
    case shared
    case exclusive

    fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
  }

  private let descriptor: Int32
  private let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// The lock, or nil while another holds it in a way that excludes this.
  static func attempt(_ path: String, _ mode: Mode) throws(BuildError) -> CacheLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system("cannot open the lock \(path)", errno) }
    let lock = CacheLock(descriptor: descriptor, path: path)
    return try lock.take(mode) ? lock : nil
  }

  /// Waits for the lock; `waiting` is called ten times a second and throws to give up.
  static func wait(
    _ path: String, _ mode: Mode, waiting: () throws(BuildError) -> Void
  ) throws(BuildError) -> CacheLock {
    while true {
      if let lock = try attempt(path, mode) { return lock }
      try waiting()
      usleep(100_000)
    }
  }

  private func take(_ mode: Mode) throws(BuildError) -> Bool {
    while flock(descriptor, mode.operation | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw .system("cannot lock \(path)", errno)
    }
    return true
  }
}
