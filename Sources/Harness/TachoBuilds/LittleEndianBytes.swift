// SPDX-License-Identifier: Apache-2.0

/// Numbers in a run of bytes, the lowest byte first.
struct LittleEndianBytes {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// An unsigned number of at most eight bytes; the caller has checked that they are there.
  func number(at offset: Int, bytes count: Int) -> UInt64 {
    var value: UInt64 = 0
    for at in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + at]) }
    return value
  }
}
