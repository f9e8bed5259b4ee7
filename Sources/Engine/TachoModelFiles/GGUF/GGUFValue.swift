// SPDX-License-Identifier: Apache-2.0

/// One GGUF metadata value in the type the file gives it.
package enum GGUFValue: Sendable, Equatable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case uint64(UInt64)
  case int64(Int64)
  case float32(Float)
  case float64(Double)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)

  package var type: GGUFValueType {
    switch self {
    case .uint8: return .uint8
    case .int8: return .int8
    case .uint16: return .uint16
    case .int16: return .int16
    case .uint32: return .uint32
    case .int32: return .int32
    case .uint64: return .uint64
    case .int64: return .int64
    case .float32: return .float32
    case .float64: return .float64
    case .bool: return .bool
    case .string: return .string
    case .array: return .array
    }
  }

  /// The whole number, whatever its width; nil for other types and above `Int.max`.
  package var intValue: Int? {
    switch self {
    case .uint8(let value): return Int(value)
    case .int8(let value): return Int(value)
    case .uint16(let value): return Int(value)
    case .int16(let value): return Int(value)
    case .uint32(let value): return Int(value)
    case .int32(let value): return Int(value)
    case .uint64(let value): return Int(exactly: value)
    case .int64(let value): return Int(value)
    default: return nil
    }
  }

  /// The number as a double; nil for bools, strings and arrays.
  package var doubleValue: Double? {
    switch self {
    case .float32(let value): return Double(value)
    case .float64(let value): return value
    default: return intValue.map { Double($0) }
    }
  }

  /// Reads a value of `type` at the cursor; `key` names it in errors.
  static func read(
    _ type: GGUFValueType, key: String, from cursor: inout ByteCursor
  ) throws -> GGUFValue {
    switch type {
    case .uint8: return .uint8(try cursor.integer(UInt8.self))
    case .int8: return .int8(try cursor.integer(Int8.self))
    case .uint16: return .uint16(try cursor.integer(UInt16.self))
    case .int16: return .int16(try cursor.integer(Int16.self))
    case .uint32: return .uint32(try cursor.integer(UInt32.self))
    case .int32: return .int32(try cursor.integer(Int32.self))
    case .uint64: return .uint64(try cursor.integer(UInt64.self))
    case .int64: return .int64(try cursor.integer(Int64.self))
    case .float32: return .float32(Float(bitPattern: try cursor.integer(UInt32.self)))
    case .float64: return .float64(Double(bitPattern: try cursor.integer(UInt64.self)))
    case .bool: return .bool(try cursor.integer(UInt8.self) != 0)
    case .string: return .string(try cursor.string("the text of '\(key)'"))
    case .array: return .array(try GGUFArray.read(key: key, from: &cursor, depth: 1))
    }
  }
}
