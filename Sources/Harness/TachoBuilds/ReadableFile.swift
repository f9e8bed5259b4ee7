// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file read by offset, with its size when it was opened.
final class ReadableFile {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(BuildError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open \(path)", errno) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BuildError(.failed, "\(path) is not a file")
    }
    self.descriptor = descriptor
    size = Int(information.st_size)
  }

  deinit { close(descriptor) }

  /// Exactly these bytes; throws, before memory is reserved, when the file has not so many.
  func bytes(at offset: Int, count: Int) throws(BuildError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw BuildError(
        .failed,
        "\(path) ends before byte \(offset) + \(count): it has \(size) bytes. It is cut short or damaged"
      )
    }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
      }
      if read < 0 && errno == EINTR { continue }
      guard read > 0 else {
        throw read < 0
          ? .system("cannot read \(path)", errno)
          : BuildError(.failed, "\(path) became shorter while it was read")
      }
      done += read
    }
    return bytes
  }
}
