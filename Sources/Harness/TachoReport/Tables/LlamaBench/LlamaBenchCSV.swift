// SPDX-License-Identifier: Apache-2.0

/// `-o csv`: every field in quotes, as llama-bench writes them.
package enum LlamaBenchCSV: LlamaBenchFormat {
  package static let name = "csv"

  package static func render(_ rows: [LlamaBenchRow]) -> String {
    let fields = LlamaBenchField.all
    var lines = [fields.map(\.name).joined(separator: ",")]
    for row in rows { lines.append(fields.map { quoted($0.value(row)) }.joined(separator: ",")) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func quoted(_ value: String) -> String {
    let parts = value.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + parts.joined(separator: "\"\"") + "\""
  }
}
