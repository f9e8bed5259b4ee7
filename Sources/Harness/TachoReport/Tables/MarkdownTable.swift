// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The terminal's tables in Markdown, to paste into a comment on a pull request.
package enum MarkdownTable: TableFormat {
  package static let name = "markdown"
  package static let summary = "tables for a comment on a pull request"

  package static func render(_ results: ResultSet, _ options: TableOptions) -> String {
    let tables = TabulatedBenchmark.all(in: results).map(table)
    return tables.isEmpty ? "No results.\n" : tables.joined(separator: "\n")
  }

  private static func table(_ benchmark: TabulatedBenchmark) -> String {
    let content = TableContent(benchmark)
    var lines = ["### \(escaped(content.title))", "", escaped(content.subtitle), ""]
    lines.append(row(content.columns.map(\.title)))
    let rules = content.columns.map { column in
      column.role == .label || column.role == .status ? "---" : "---:"
    }
    lines.append("| " + rules.joined(separator: " | ") + " |")
    for index in benchmark.points.indices {
      lines.append(row(content.columns.map { $0.cells[index] }))
    }
    if !content.notes.isEmpty { lines.append("") }
    // Two spaces end a line in Markdown: one note a line.
    lines += content.notes.map { escaped($0) + "  " }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |"
  }

  /// Text that Markdown shows as it is: no cell, emphasis or tag can begin in it.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in DisplayWidth.oneLine(text) {
      switch character {
      case "|", "\\", "*", "_", "`", "[", "]": result += "\\\(character)"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
