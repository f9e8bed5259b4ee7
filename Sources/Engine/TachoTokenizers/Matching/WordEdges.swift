// SPDX-License-Identifier: Apache-2.0

/// What surrounds an added token in the text, with the character classes of Rust's `regex` crate,
/// which Hugging Face uses here.
enum WordEdges {
  /// Whether a word character (`\w`) ends at `end`.
  static func endsWithWord(_ bytes: [UInt8], _ end: Int) -> Bool {
    scalar(bytes, before: end).map { isWord($0.0) } ?? false
  }

  /// Whether a word character starts at `start`.
  static func startsWithWord(_ bytes: [UInt8], _ start: Int) -> Bool {
    scalar(bytes, at: start).map { isWord($0.0) } ?? false
  }

  /// Where the white space that ends at `end` starts.
  static func spaceStart(_ bytes: [UInt8], _ end: Int) -> Int {
    var start = end
    while let (value, length) = scalar(bytes, before: start), ScalarClass.of(value) == .space {
      start -= length
    }
    return start
  }

  /// Where the white space that starts at `start` ends.
  static func spaceEnd(_ bytes: [UInt8], _ start: Int) -> Int {
    var end = start
    while let (value, length) = scalar(bytes, at: end), ScalarClass.of(value) == .space {
      end += length
    }
    return end
  }

  private static func scalar(_ bytes: [UInt8], at index: Int) -> (UInt32, Int)? {
    guard index < bytes.count else { return nil }
    return bytes.withUnsafeBufferPointer { UTF8Scalar.decode($0, at: index) }
  }

  private static func scalar(_ bytes: [UInt8], before end: Int) -> (UInt32, Int)? {
    for length in 1...4 where length <= end {
      if let found = scalar(bytes, at: end - length), found.1 == length { return found }
    }
    return nil
  }

  private static func isWord(_ value: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return false }
    if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }
}
