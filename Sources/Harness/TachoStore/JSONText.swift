// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// JSON being written, as the bytes that SQLite is given: a text of Swift's in between costs as much as
/// writing it.
///
/// Memory of its own, because an array asks at every append whether it is the only owner, and a sample's
/// JSON is some hundred appends.
final class JSONText {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Bytes written so far.
  private(set) var count = 0
  /// False when something asked to be written in a way that is not supported.
  var isSupported = true

  init(capacity: Int = 1_024) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// What was written, until something is added.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Takes back what was written after the first `count` bytes.
  func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count)
    self.count = count
  }

  /// Has room for `more` bytes, and says where they go.
  @inline(__always)
  private func room(_ more: Int) -> UnsafeMutablePointer<UInt8> {
    if capacity - count < more { grow(more) }
    return start + count
  }

  @inline(never)
  private func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    moved.update(from: start, count: count)
    start.deallocate()
    start = moved
  }

  @inline(__always)
  private func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    room(count).update(from: bytes, count: count)
    self.count += count
  }

  func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  func append(verbatim text: String) {
    var text = text
    text.withUTF8 { bytes in
      if let first = bytes.baseAddress { append(first, bytes.count) }
    }
  }

  /// A member's name with what stands around it; the names of properties need no escapes.
  func append(name: String, isFirst: Bool) {
    append(isFirst ? "\"" : ",\"")
    append(verbatim: name)
    append("\":")
  }

  /// A text as a JSON string.
  func append(quoted text: String) {
    var text = text
    let isPlain = text.withUTF8 { bytes -> Bool in
      // Names and paths, nearly always, have nothing to escape.
      if bytes.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      ) {
        return false
      }
      append("\"")
      if let first = bytes.baseAddress { append(first, bytes.count) }
      append("\"")
      return true
    }
    if !isPlain { append(verbatim: ConfigurationValue.quoted(text)) }
  }

  func append(_ value: Int) {
    append(magnitude: value.magnitude, isNegative: value < 0)
  }

  /// The digits of a 64-bit number, from the last.
  private func append(magnitude: UInt, isNegative: Bool) {
    var length = isNegative ? 2 : 1
    var rest = magnitude
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    let place = room(length)
    rest = magnitude
    var next = length
    repeat {
      next -= 1
      place[next] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    if isNegative { place[0] = UInt8(ascii: "-") }
    count += length
  }

  /// As `description` has it; numbers that are not finite are strings.
  func append(_ value: Double) {
    // Counts and bytes: whole, and far below where `description` takes to exponents.
    if value.magnitude < 1e12, value != 0, value == value.rounded(.towardZero) {
      append(magnitude: UInt(value.magnitude), isNegative: value < 0)
      append(".0")
    } else if value.isFinite {
      append(verbatim: value.description)
    } else {
      append(value.isNaN ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"")
    }
  }

  func append(_ value: Bool) { append(value ? "true" : "false") }

  func append(_ values: [Int]) {
    append("[")
    var isFirst = true
    for value in values {
      if !isFirst { append(",") }
      isFirst = false
      append(value)
    }
    append("]")
  }

  /// Ends an object whose members each end with a comma.
  func closeObject() {
    if count > 0, start[count - 1] == UInt8(ascii: ",") { count -= 1 }
    append("}")
  }
}
