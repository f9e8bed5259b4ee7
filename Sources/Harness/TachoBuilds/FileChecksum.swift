// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A 64-bit checksum of a file, to notice that it is damaged; no protection from who means harm.
///
/// Two running sums over words, the second of the first (as Adler's, 1995, with 64 bits), so that
/// what moved is noticed too.
enum FileChecksum {
  /// Hex digits of the checksum, and the number of bytes.
  static func of(_ path: String) throws(BuildError) -> (hex: String, bytes: Int) {
    let file = try ReadableFile(path)
    var first: UInt64 = 1
    var second: UInt64 = 0
    var offset = 0
    while offset < file.size {
      let chunk = try file.bytes(at: offset, count: min(1 << 20, file.size - offset))
      chunk.withUnsafeBytes { bytes in
        var at = 0
        while at + 8 <= bytes.count {
          first =
            first &+ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
          second = (second << 1 | second >> 63) &+ first
          at += 8
        }
        for byte in bytes[at...] {
          first = first &+ UInt64(byte)
          second = (second << 1 | second >> 63) &+ first
        }
      }
      offset += chunk.count
    }
    let digits = String(first ^ (second &* 0x9E37_79B9_7F4A_7C15), radix: 16)
    return (String(repeating: "0", count: 16 - digits.count) + digits, file.size)
  }
}
