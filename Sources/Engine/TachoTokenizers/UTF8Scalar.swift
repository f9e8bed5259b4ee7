// SPDX-License-Identifier: Apache-2.0

/// Strict UTF-8 decoding (Unicode 16.0, table 3-7) of bytes that may be anything.
enum UTF8Scalar {
  /// The scalar that starts at `index` and its length in bytes; nil where no valid one starts.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int)? {
    let lead = bytes[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let length = length(lead)
    guard length > 0, index + length <= bytes.count,
      secondRange(lead).contains(bytes[index + 1])
    else { return nil }
    var value = UInt32(lead) & (0x7f >> UInt32(length))
    for offset in 1..<length {
      let byte = bytes[index + offset]
      guard byte & 0xc0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3f)
    }
    return (value, length)
  }

  /// Whether `bytes`, too short as they are, start a valid character.
  static func couldGrow(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let lead = bytes.first, lead >= 0x80, bytes.count < length(lead) else { return false }
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return true }
    return secondRange(lead).contains(second) && rest.allSatisfy { $0 & 0xc0 == 0x80 }
  }

  /// Bytes a multi-byte lead announces; 0 for continuation bytes and bytes that lead nothing.
  private static func length(_ lead: UInt8) -> Int {
    switch lead {
    case 0xc2...0xdf: return 2
    case 0xe0...0xef: return 3
    case 0xf0...0xf4: return 4
    default: return 0
    }
  }

  /// Second bytes that keep overlong forms, surrogates and values above U+10FFFF out.
  private static func secondRange(_ lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xe0: return 0xa0...0xbf
    case 0xed: return 0x80...0x9f
    case 0xf0: return 0x90...0xbf
    case 0xf4: return 0x80...0x8f
    default: return 0x80...0xbf
    }
  }
}
