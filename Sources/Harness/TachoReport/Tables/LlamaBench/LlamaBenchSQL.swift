// SPDX-License-Identifier: Apache-2.0

/// `-o sql`: statements for `sqlite3`, into llama-bench's table; texts are escaped.
package enum LlamaBenchSQL: LlamaBenchFormat {
  package static let name = "sql"

  package static func render(_ rows: [LlamaBenchRow]) -> String {
    let fields = LlamaBenchField.all
    let columns = fields.map { "  \($0.name) \(type($0.kind))" }.joined(separator: ",\n")
    let names = fields.map(\.name).joined(separator: ", ")
    var text = "CREATE TABLE IF NOT EXISTS llama_bench (\n\(columns)\n);\n\n"
    for row in rows {
      let values = fields.map { quoted($0.value(row)) }.joined(separator: ", ")
      text += "INSERT INTO llama_bench (\(names)) VALUES (\(values));\n"
    }
    return text
  }

  private static func type(_ kind: LlamaBenchField.Kind) -> String {
    switch kind {
    case .text: return "TEXT"
    case .bool, .integer: return "INTEGER"
    case .real: return "REAL"
    }
  }

  /// Every value as a text, which the columns' types turn into numbers.
  private static func quoted(_ value: String) -> String {
    let parts = value.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "''") + "'"
  }
}
