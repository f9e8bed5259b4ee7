// SPDX-License-Identifier: Apache-2.0

/// The last few KiB of what a process printed, whatever it printed before.
struct OutputTail {
  static let capacity = 8 << 10
  private var bytes: [UInt8] = []

  mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more.suffix(Self.capacity))
    // Cut rarely: a flood of small writes must not move 8 KiB for each.
    if bytes.count > 4 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
  }

  var text: String { String(decoding: bytes.suffix(Self.capacity), as: UTF8.self) }

  /// The last line that says something, shortened, for a one-line reason.
  ///
  /// Where Swift's runtime wrote a backtrace it is the line before, that says why.
  var lastLine: String? {
    let lines = text.split(whereSeparator: \.isNewline)
    let line =
      lines.last { $0.contains("Fatal error: ") } ?? lines.last { !$0.allSatisfy(\.isWhitespace) }
    return line.map { $0.count > 200 ? String($0.prefix(200)) + "..." : String($0) }
  }
}
