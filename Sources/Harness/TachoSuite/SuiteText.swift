// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The text of one suite file, read with checks that a directory, a pipe or a huge file fail.
struct SuiteText: Sendable {
  /// Bytes of one file; the largest suites have a few hundred lines.
  static let maxBytes = 1 << 20

  let path: String
  let text: String

  /// Reads a regular UTF-8 file; `noun` is what messages call it.
  init(
    path: String, neededAt position: SourcePosition? = nil, noun: String = "suite"
  ) throws(SuiteError) {
    func failure(_ message: String) -> SuiteError {
      guard let position else { return SuiteError(SourcePosition(file: path), message) }
      return SuiteError(position, "\(quoted(path)): \(message)")
    }
    // Without blocking, so that a named pipe is an error and not a wait.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw failure("cannot open the \(noun): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw failure("cannot read the \(noun): \(String(cString: strerror(errno)))")
    }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw failure("is a directory; name a \(noun) file inside it")
    default: throw failure("is not a regular file")
    }
    guard let bytes = Self.read(descriptor) else {
      throw failure("cannot read the \(noun): \(String(cString: strerror(errno)))")
    }
    guard bytes.count <= Self.maxBytes else {
      throw failure("is larger than \(Self.maxBytes) bytes; is it a \(noun)?")
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      let place = Self.firstInvalid(bytes, file: path)
      throw SuiteError(place, "not UTF-8 text; save the file in UTF-8")
    }
    text.makeContiguousUTF8()
    self.path = path
    self.text = text
  }

  /// A file's text that is already at hand, for suites that do not come from disk.
  init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// At most one byte more than allowed; nil when reading fails.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count <= maxBytes {
      let count = buffer.withUnsafeMutableBytes { area in
        Foundation.read(descriptor, area.baseAddress, area.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  /// Where the first byte stands that is not UTF-8.
  private static func firstInvalid(_ bytes: [UInt8], file: String) -> SourcePosition {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var position = SourcePosition(file: file, line: 1, column: 1)
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      if scalar == "\n" {
        position.line += 1
        position.column = 1
      } else {
        position.column += 1
      }
    }
    return position
  }
}
