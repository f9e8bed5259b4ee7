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
    spelling.withUnsafeBufferPointer { source in
      var output: [UInt8] = []
      output.reserveCapacity(source.count)
      var index = 0
      while index < source.count {
        let lead = source[index]
        var scalar = UInt32(lead)
        if lead >= 0x80 {
          guard let (value, length) = UTF8Scalar.decode(source, at: index) else { return nil }
          scalar = value
          index += length
        } else {
          index += 1
        }
        guard scalar < 0x144 else { return nil }
        let byte = bytes[Int(scalar)]
        guard byte >= 0 else { return nil }
        output.append(UInt8(truncatingIfNeeded: byte))
      }
      return output
    }
  }
}
