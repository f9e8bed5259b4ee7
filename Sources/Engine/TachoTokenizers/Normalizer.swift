// SPDX-License-Identifier: Apache-2.0
@_spi(_Unicode) import Swift

/// A change to the text between two added tokens before it is cut into words.
package enum Normalizer: Sendable, Equatable {
  /// Puts bytes in front of a text that is not empty.
  case prepend([UInt8])
  /// Replaces every occurrence of the first string by the second.
  case replace([UInt8], [UInt8])
  /// Unicode normalisation form C (UAX 15).
  case nfc

  /// How many times as long a text may become: one of a single byte for `prepend`.
  var growth: Double {
    switch self {
    case .prepend(let prefix): return Double(prefix.count + 1)
    case .replace(let old, let new): return max(1, Double(new.count) / Double(max(1, old.count)))
    // Composition excludes some characters: U+1D160 in 4 bytes becomes three of 4.
    case .nfc: return 3
    }
  }

  /// The changed text.
  func apply(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .prepend(let prefix): return bytes.isEmpty ? bytes : prefix + bytes
    case .replace(let old, let new): return Self.replacing(old, by: new, in: bytes)
    case .nfc: return Self.composed(bytes)
    }
  }

  private static func replacing(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard let first = old.first else { return bytes }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 16)
    var index = 0
    while index < bytes.count {
      if bytes[index] == first, bytes[index...].starts(with: old) {
        output += new
        index += old.count
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }

  /// Composes what is valid UTF-8; other bytes stay and separate what is composed.
  private static func composed(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
    if let text = String(validating: bytes, as: UTF8.self) { return composed(text) }
    var output: [UInt8] = []
    var valid: [UInt8] = []
    bytes.withUnsafeBufferPointer { source in
      var index = 0
      while index < source.count {
        if let (_, length) = UTF8Scalar.decode(source, at: index) {
          valid += source[index..<index + length]
          index += length
        } else {
          output += composed(String(decoding: valid, as: UTF8.self))
          output.append(source[index])
          valid.removeAll(keepingCapacity: true)
          index += 1
        }
      }
    }
    return output + composed(String(decoding: valid, as: UTF8.self))
  }

  private static func composed(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    for scalar in text._nfc {
      output += UTF8.encode(scalar).map(Array.init) ?? []
    }
    return output
  }
}
