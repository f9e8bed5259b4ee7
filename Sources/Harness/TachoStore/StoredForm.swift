// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoCatalog
import TachoRecord

/// How values are written in columns, and read back.
enum StoredForm {
  /// SQLite ends a text at a NUL character, which a crashed worker's last words may hold: it is
  /// written as its picture, U+2400.
  static func text(_ value: String) -> String {
    value.utf8.contains(0) ? value.replacingOccurrences(of: "\0", with: "\u{2400}") : value
  }

  static func text(_ value: String?) -> String? {
    value.map { (value: String) in text(value) }
  }

  /// A configuration value as SQL can compare it: numbers as numbers, true and false as 1 and 0,
  /// arrays and objects as JSON.
  static func column(_ value: ConfigurationValue) -> DatabaseValue {
    switch value {
    case .null: return .null
    case .bool(let value): return value.databaseValue
    case .int(let value): return value.databaseValue
    case .double(let value): return value.isFinite ? value.databaseValue : .null
    case .string(let value): return text(value).databaseValue
    case .array, .object: return text(value.canonicalJSON).databaseValue
    }
  }

  static func json(_ facts: [String: ConfigurationValue]) -> String {
    text(ConfigurationValue.object(facts).canonicalJSON)
  }

  /// Any record as one line of JSON with sorted keys.
  static func json(of record: some Encodable) throws -> String {
    try CompactJSONEncoder.text(of: record) ?? foundationJSON(of: record)
  }

  /// The same for types that encode themselves in a way that the compact encoder does not know.
  static func foundationJSON(of record: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return text(String(decoding: try encoder.encode(record), as: UTF8.self))
  }

  /// What `json` wrote; `place` says where it stood, for the message of a damaged row.
  static func decode<T: Decodable>(
    _ type: T.Type, _ json: String, path: String, place: String
  ) throws -> T {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(json.utf8))
    } catch {
      throw StoreError.corrupt(path: path, detail: "\(place) is not the JSON expected: \(error)")
    }
  }

  /// A policy as it was stored: what did not exist then has the value it has by default, which is how
  /// that run was measured.
  static func policy(
    _ json: String, path: String, place: String
  ) throws -> MeasurementPolicy {
    func members(_ json: String) throws -> [String: ConfigurationValue] {
      try decode([String: ConfigurationValue].self, json, path: path, place: place)
    }
    let stored = try members(json)
    let all = try members(Self.json(of: MeasurementPolicy())).merging(stored) { $1 }
    return try decode(MeasurementPolicy.self, Self.json(all), path: path, place: place)
  }

  /// Times as differences, which are short: `[12,3,3]`.
  ///
  /// Any integers come back as they were.
  static func steps(_ times: [Int]?, from origin: Int) -> String? {
    guard let times else { return nil }
    var last = origin
    return list(
      times.map { time in
        defer { last = time }
        return time &- last
      })
  }

  /// What `steps` took.
  static func sums(_ steps: [Int], from origin: Int) -> [Int] {
    var last = origin
    return steps.map { step in
      last = last &+ step
      return last
    }
  }

  static func list(_ values: [Int]?) -> String? {
    values.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }
  }

  /// A reading as its two columns: a value that is not finite is none, with that as the reason.
  static func columns(_ reading: Reading) -> (value: Double?, reason: String?) {
    switch reading {
    case .value(let value) where value.isFinite: return (value, nil)
    case .value(let value): return (nil, "not a finite number (\(value))")
    case .unavailable(let reason): return (nil, text(reason))
    }
  }
}
