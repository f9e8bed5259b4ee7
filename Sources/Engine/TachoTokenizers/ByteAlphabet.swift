// SPDX-License-Identifier: Apache-2.0

/// GPT-2's printable spelling of bytes: each of the 256 bytes is one character of U+0021...U+0143.
///
/// Printable Latin-1 bytes stand for themselves, the other 68 follow from U+0100 on in order
/// (Radford et al., "Language Models are Unsupervised Multitask Learners", released code).
enum ByteAlphabet {
  /// The scalar that spells each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: return UInt32(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each scalar below U+0144; -1 for the ones that spell none.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = Int16(byte) }
    return table
  }()

  /// The raw bytes that `spelling` stands for; nil if a character of it spells no byte.
  static func decode(_ spelling: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    return decode(spelling[...], into: &output) ? output : nil
  }

  /// Appends the raw bytes that `spelling` stands for; false if a character of it spells no byte.
  static func decode(_ spelling: ArraySlice<UInt8>, into output: inout [UInt8]) -> Bool {
    spelling.withUnsafeBufferPointer { source in
      return bytes.withUnsafeBufferPointer { bytes in
        var index = 0
        while index < source.count {
          var scalar = Int(source[index])
          index += 1
          if scalar >= 0x80 {
            // All the alphabet beyond ASCII is two bytes long.
            guard scalar >= 0xc2, scalar <= 0xc5, index < source.count,
              source[index] & 0xc0 == 0x80
            else { return false }
            scalar = (scalar & 0x1f) << 6 | Int(source[index] & 0x3f)
            index += 1
          }
          guard scalar < bytes.count, bytes[scalar] >= 0 else { return false }
          output.append(UInt8(truncatingIfNeeded: bytes[scalar]))
        }
        return true
      }
    }
  }
}
