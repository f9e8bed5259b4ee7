// SPDX-License-Identifier: Apache-2.0

/// Appends GGUF's encodings (little-endian, length-prefixed strings) to a byte array.
struct GGUFEncoder {
  var bytes: [UInt8] = []

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ value: GGUFValue) {
    switch value {
    case .uint8(let number): append(number)
    case .int8(let number): append(number)
    case .uint16(let number): append(number)
    case .int16(let number): append(number)
    case .uint32(let number): append(number)
    case .int32(let number): append(number)
    case .uint64(let number): append(number)
    case .int64(let number): append(number)
    case .float32(let number): append(number.bitPattern)
    case .float64(let number): append(number.bitPattern)
    case .bool(let flag): append(UInt8(flag ? 1 : 0))
    case .string(let text): append(text)
    case .array(let array):
      append(array.elementType.rawValue)
      append(UInt64(array.count))
      array.withEncodedBytes { bytes.append(contentsOf: $0) }
    }
  }
}
