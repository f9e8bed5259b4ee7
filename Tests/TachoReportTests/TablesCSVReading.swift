// SPDX-License-Identifier: Apache-2.0

/// A CSV reader of its own, by RFC 4180, to check the writer against.
enum CSVReading {
  struct Malformed: Error {}

  static func rows(_ text: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var quoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if quoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if scalars.first == "\"" {
          field.append("\"")
          scalars.removeFirst()
        } else {
          quoted = false
        }
        continue
      }
      switch scalar {
      case "\"":
        guard field.isEmpty else { throw Malformed() }
        quoted = true
      case ",", "\n":
        row.append(String(field))
        field = String.UnicodeScalarView()
        if scalar == "\n" {
          rows.append(row)
          row = []
        }
      default: field.append(scalar)
      }
    }
    guard !quoted, row.isEmpty, field.isEmpty else { throw Malformed() }
    return rows
  }
}
