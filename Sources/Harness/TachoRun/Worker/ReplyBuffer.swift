// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Cuts a byte stream into lines; what is not yet a whole line stays.
struct ReplyBuffer {
  private var bytes: [UInt8] = []
  /// Where the next line begins, and up to where there is known to be no newline.
  private var start = 0
  private var searched = 0

  /// Bytes of a line whose newline has not come.
  var pending: Int { bytes.count - start }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  /// The next whole line without its newline, or nil.
  mutating func nextLine() -> [UInt8]? {
    let newline: Int? = bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, searched < buffer.count else { return nil }
      guard let found = memchr(base + searched, 10, buffer.count - searched) else { return nil }
      return UnsafeRawPointer(found) - base
    }
    guard let newline else {
      searched = bytes.count
      return nil
    }
    let line = Array(bytes[start..<newline])
    start = newline + 1
    searched = start
    if start == bytes.count || start > 1 << 20 {
      bytes.removeFirst(start)
      (start, searched) = (0, 0)
    }
    return line
  }
}
