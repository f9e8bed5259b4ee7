// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A file written as `path.partial` and renamed to `path` when complete, so that an interruption at
/// any moment leaves either no file or a whole one under the final name.
final class PartialFile: Sendable {
  private let path: String
  private let partialPath: String
  private let descriptor: Int32
  private let committed = Mutex(false)

  /// Creates (or takes over) `path.partial`; throws while another process writes it.
  init(for path: String) throws {
    self.path = path
    partialPath = path + ".partial"
    descriptor = open(partialPath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Self.failure("cannot create", partialPath, errno)
    }
    do {
      try lock()
    } catch {
      close(descriptor)
      throw error
    }
    guard ftruncate(descriptor, 0) == 0 else {
      let number = errno
      close(descriptor)
      throw Self.failure("cannot empty", partialPath, number)
    }
  }

  deinit {
    if !committed.withLock({ $0 }) { unlink(partialPath) }
    close(descriptor)
  }

  /// Writes all of `bytes` at `offset`; threads may write different parts at once.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("cannot write", partialPath, errno) }
      done += count
    }
  }

  /// Gives the file its final size and name.
  func commit(size: Int) throws {
    guard ftruncate(descriptor, size) == 0 else {
      throw Self.failure("cannot extend", partialPath, errno)
    }
    guard fsync(descriptor) == 0 else { throw Self.failure("cannot save", partialPath, errno) }
    guard rename(partialPath, path) == 0 else {
      throw Self.failure("cannot rename the finished file to", path, errno)
    }
    committed.withLock { $0 = true }
  }

  /// One writer per file; and the file locked must still be the one under the partial name, because
  /// the writer before us may have renamed it between our `open` and our lock.
  private func lock() throws {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw ModelFileError(
        .io, "another process is writing this file; wait for it or write elsewhere",
        path: partialPath)
    }
    var opened = stat()
    var named = stat()
    guard fstat(descriptor, &opened) == 0, stat(partialPath, &named) == 0,
      opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
    else {
      throw ModelFileError(
        .io, "another process has just written this file; try again", path: partialPath)
    }
  }

  private static func failure(_ what: String, _ path: String, _ number: Int32) -> ModelFileError {
    let code: ModelFileError.Code =
      switch number {
      case ENOENT: .notFound
      case EACCES, EPERM, EROFS: .permission
      default: .io
      }
    return ModelFileError(code, "\(what): \(String(cString: strerror(number)))", path: path)
  }
}
