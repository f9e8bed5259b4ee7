// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The bytes of a file, mapped read-only; every read is checked against its end.
///
/// The mapping never changes and lives as long as the object, so threads may share it. A file that
/// another process shortens while it is mapped ends this process with SIGBUS: replace model files
/// (write a new one and rename), do not truncate them.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  /// The whole file; valid while this object lives.
  package let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  package var size: Int { bytes.count }

  /// Maps `path`; an absent, empty or unreadable file and a directory are told apart in the error.
  package init(path: String) throws {
    // Without blocking, so that a named pipe is an error and not a wait.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(toOpen: path, errno) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw Self.failure(toOpen: path, errno) }
    guard information.st_mode & S_IFMT != S_IFDIR else {
      throw ModelFileError(.io, "is a directory; name a file in it", path: path)
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw ModelFileError(.io, "is not a regular file", path: path)
    }
    let size = Int(information.st_size)
    guard size > 0 else {
      throw ModelFileError(.truncated, "the file is empty", path: path, offset: 0)
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else {
      throw ModelFileError(.io, "cannot map: " + String(cString: strerror(errno)), path: path)
    }
    self.path = path
    bytes = UnsafeRawBufferPointer(start: start, count: size)
    release = { munmap(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count) }
  }

  /// Bytes already in memory under a name for messages: what a network or a test hands over.
  package init(copying source: [UInt8], name: String) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    copy.copyBytes(from: source)
    path = name
    bytes = UnsafeRawBufferPointer(copy)
    release = { $0.deallocate() }
  }

  deinit {
    release(bytes)
  }

  /// The little-endian integer at any offset, aligned or not; throws past the end.
  package func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, at offset: Int
  ) throws -> Value {
    try check(offset, MemoryLayout<Value>.size)
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// The part `offset ..< offset + count` of the file; throws past the end.
  package func slice(_ offset: Int, _ count: Int) throws -> UnsafeRawBufferPointer {
    try check(offset, count)
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// Tells the system how the mapping will be read, for example `MADV_WILLNEED`; a hint only.
  package func advise(_ advice: Int32) {
    _ = madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, advice)
  }

  private func check(_ offset: Int, _ count: Int) throws {
    // Written so that no sum can overflow.
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw ModelFileError(
        .truncated, "needs \(count) bytes, but the file ends at \(size): it is cut off or damaged",
        path: path, offset: offset)
    }
  }

  private static func failure(toOpen path: String, _ number: Int32) -> ModelFileError {
    let reason = String(cString: strerror(number))
    switch number {
    case ENOENT, ENOTDIR: return ModelFileError(.notFound, "no such file", path: path)
    case EACCES, EPERM:
      return ModelFileError(.permission, "cannot read: \(reason); check its mode", path: path)
    default: return ModelFileError(.io, "cannot open: \(reason)", path: path)
    }
  }
}
