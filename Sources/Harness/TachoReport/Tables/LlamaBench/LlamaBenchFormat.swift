// SPDX-License-Identifier: Apache-2.0

/// A value of `tacho bench -o`: how rows are printed.
package protocol LlamaBenchFormat: Sendable {
  static var name: String { get }
  static func render(_ rows: [LlamaBenchRow]) -> String
}

/// Every output format of `tacho bench`: one line each.
package enum LlamaBenchFormats {
  package static let all: [any LlamaBenchFormat.Type] = [
    LlamaBenchMarkdown.self,
    LlamaBenchCSV.self,
    LlamaBenchJSON.self,
    LlamaBenchJSONLines.self,
    LlamaBenchSQL.self,
  ]

  package static func named(_ name: String) -> (any LlamaBenchFormat.Type)? {
    all.first { $0.name == name }
  }
}
