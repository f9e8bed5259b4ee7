// SPDX-License-Identifier: Apache-2.0
import TachoModelFiles

/// Builds GGUF bytes field by field, so that tests can break any one of them.
struct GGUFBytes {
  var bytes: [UInt8] = []

  init(version: UInt32 = 3, tensors: UInt64, keys: UInt64) {
    bytes += Array("GGUF".utf8)
    append(version)
    append(tensors)
    append(keys)
  }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) {
    append(bytes: Array(text.utf8))
  }

  mutating func append(bytes text: [UInt8]) {
    append(UInt64(text.count))
    bytes += text
  }

  mutating func key(_ key: String, _ type: GGUFValueType) {
    append(key)
    append(type.rawValue)
  }

  mutating func key(_ name: String, text: String) {
    key(name, .string)
    append(text)
  }

  mutating func key(_ name: String, uint32: UInt32) {
    key(name, .uint32)
    append(uint32)
  }

  mutating func tensor(_ name: String, _ dimensions: [UInt64], type: UInt32, offset: UInt64) {
    append(name)
    append(UInt32(dimensions.count))
    for dimension in dimensions { append(dimension) }
    append(type)
    append(offset)
  }

  mutating func pad(to alignment: Int = 32) {
    bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
  }

  /// Opens what was built so far from memory.
  func open() throws -> GGUFFile {
    try GGUFFile(MappedFile(copying: bytes, name: "test.gguf"))
  }
}
