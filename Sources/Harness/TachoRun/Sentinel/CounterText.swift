// SPDX-License-Identifier: Apache-2.0

/// Numbers in a text of /proc, found without making strings: a sample is not kept waiting for them.
struct CounterText {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The integer after `key` where that begins a line: in `key : 12`, `key 12` and `key: 12`.
  func value(of key: StaticString) -> Int? {
    guard let start = lineStart(key) else { return nil }
    var position = start + key.utf8CodeUnitCount
    while position < bytes.count, Self.isFiller(bytes[position]) { position += 1 }
    return number(at: &position)
  }

  /// The integers of the line that begins with `key`, in order.
  func values(after key: StaticString) -> [Int] {
    guard let start = lineStart(key) else { return [] }
    return values(from: start + key.utf8CodeUnitCount)
  }

  /// The integers of a process's stat file from field 4 on.
  ///
  /// They come behind the last `)`, for the name before it may hold anything, and the letter of the
  /// state, field 3.
  func valuesBehindName() -> [Int] {
    guard let close = bytes.lastIndex(of: UInt8(ascii: ")")), close + 3 < bytes.count else {
      return []
    }
    return values(from: close + 3)
  }

  /// The integer right after `key` in the line that begins with `line`.
  func value(of key: StaticString, inLine line: StaticString) -> Int? {
    guard let start = lineStart(line) else { return nil }
    var position = start
    while position < bytes.count, bytes[position] != Self.newline {
      if matches(key, at: position) {
        position += key.utf8CodeUnitCount
        return number(at: &position)
      }
      position += 1
    }
    return nil
  }

  /// Lines that begin with `prefix` and a digit.
  func countOfLines(numbered prefix: StaticString) -> Int {
    var count = 0
    var position = 0
    while position < bytes.count {
      let next = position + prefix.utf8CodeUnitCount
      if matches(prefix, at: position), next < bytes.count, Self.isDigit(bytes[next]) { count += 1 }
      position = endOfLine(position) + 1
    }
    return count
  }

  private static let newline = UInt8(ascii: "\n")

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isFiller(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: ":")
  }

  private func endOfLine(_ position: Int) -> Int {
    var position = position
    while position < bytes.count, bytes[position] != Self.newline { position += 1 }
    return position
  }

  private func lineStart(_ key: StaticString) -> Int? {
    var position = 0
    while position < bytes.count {
      if matches(key, at: position) { return position }
      position = endOfLine(position) + 1
    }
    return nil
  }

  private func matches(_ key: StaticString, at position: Int) -> Bool {
    let count = key.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return key.withUTF8Buffer { text in
      for index in 0..<count where text[index] != bytes[position + index] { return false }
      return true
    }
  }

  private func values(from start: Int) -> [Int] {
    var values: [Int] = []
    var position = start
    while position < bytes.count, bytes[position] != Self.newline {
      if let number = number(at: &position) {
        values.append(number)
      } else {
        position += 1
      }
    }
    return values
  }

  /// A number with an optional sign; nil, and no step, where there is none or it is beyond 2^53: no
  /// counter gets there, and sums of smaller ones do not overflow.
  private func number(at position: inout Int) -> Int? {
    var index = position
    let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let first = index
    var value = 0
    while index < bytes.count, Self.isDigit(bytes[index]) {
      value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
      if value > 1 << 53 { return nil }
      index += 1
    }
    guard index > first else { return nil }
    position = index
    return isNegative ? -value : value
  }
}
