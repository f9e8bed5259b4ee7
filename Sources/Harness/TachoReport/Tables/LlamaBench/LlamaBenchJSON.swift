// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// `-o json`: an array of objects with the samples in `samples_ns` and `samples_ts`.
package enum LlamaBenchJSON: LlamaBenchFormat {
  package static let name = "json"

  package static func render(_ rows: [LlamaBenchRow]) -> String {
    let objects = rows.map { row in
      "  {\n" + members(of: row).map { "    " + $0 }.joined(separator: ",\n") + "\n  }"
    }
    return "[\n" + objects.joined(separator: ",\n") + (objects.isEmpty ? "]\n" : "\n]\n")
  }

  /// `"name": value` of every field, the samples last.
  static func members(of row: LlamaBenchRow) -> [String] {
    let fields = LlamaBenchField.all.map { field in
      "\"\(field.name)\": " + json(field.value(row), field.kind)
    }
    let times = row.samplesNs.map { String($0) }.joined(separator: ", ")
    let rates = row.samplesTs.map { String(format: "%g", $0) }.joined(separator: ", ")
    return fields + ["\"samples_ns\": [ \(times) ]", "\"samples_ts\": [ \(rates) ]"]
  }

  private static func json(_ value: String, _ kind: LlamaBenchField.Kind) -> String {
    switch kind {
    case .text: return ConfigurationValue.quoted(value)
    case .bool: return value == "0" ? "false" : "true"
    case .integer, .real: return value
    }
  }
}

/// `-o jsonl`: one object a line.
package enum LlamaBenchJSONLines: LlamaBenchFormat {
  package static let name = "jsonl"

  package static func render(_ rows: [LlamaBenchRow]) -> String {
    rows.map { "{" + LlamaBenchJSON.members(of: $0).joined(separator: ", ") + "}\n" }.joined()
  }
}
