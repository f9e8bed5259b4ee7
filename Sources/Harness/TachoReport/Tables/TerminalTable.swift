// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Aligned columns for a person at a terminal, one table per benchmark.
package enum TerminalTable: TableFormat {
  package static let name = "terminal"
  package static let summary = "aligned columns, one table per benchmark"

  package static func render(_ results: ResultSet, _ options: TableOptions) -> String {
    let tables = TabulatedBenchmark.all(in: results).map { table($0, width: options.width) }
    return tables.isEmpty ? "no results\n" : tables.joined(separator: "\n")
  }

  private static let gap = 2
  private static let narrowestText = 12

  private static func table(_ benchmark: TabulatedBenchmark, width: Int?) -> String {
    var content = TableContent(benchmark)
    if let width {
      // The status column may be cut short, so it does not drive metrics out.
      content.dropMetrics { self.width(of: $0, countingStatus: narrowestText) <= width }
    }
    let widths = columnWidths(content, limit: width)
    var lines = [content.title, content.subtitle, ""]
    lines.append(line(content.columns.map(\.title), content, widths))
    lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
    for row in benchmark.points.indices {
      lines.append(line(content.columns.map { $0.cells[row] }, content, widths))
    }
    lines = lines.map { line in width.map { DisplayWidth.cut(line, to: $0) } ?? line }
    // Notes are sentences: the terminal may wrap them, but nothing of them is lost.
    if !content.notes.isEmpty { lines.append("") }
    lines += content.notes
    return lines.map { line in
      String(DisplayWidth.oneLine(line).reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }

  private static func natural(_ column: TableContent.Column) -> Int {
    ([column.title] + column.cells).map { DisplayWidth.of(DisplayWidth.oneLine($0)) }.max() ?? 0
  }

  private static func width(of content: TableContent, countingStatus status: Int) -> Int {
    content.columns.reduce(gap * (content.columns.count - 1)) { sum, column in
      sum + (column.role == .status ? min(natural(column), status) : natural(column))
    }
  }

  /// The widths as they come, then the widest label or status column narrowed until all fit.
  private static func columnWidths(_ content: TableContent, limit: Int?) -> [Int] {
    var widths = content.columns.map(natural)
    guard let limit else { return widths }
    var excess = widths.reduce(gap * (widths.count - 1), +) - limit
    for role in [TableContent.Column.Role.status, .label] {
      let elastic = widths.indices.filter { content.columns[$0].role == role }
      while excess > 0, let widest = elastic.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > narrowestText
      {
        widths[widest] -= 1
        excess -= 1
      }
    }
    return widths
  }

  private static func line(_ cells: [String], _ content: TableContent, _ widths: [Int]) -> String {
    zip(zip(cells, content.columns), widths).map { pair, width in
      let text = DisplayWidth.cut(pair.0, to: width)
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
      let left = pair.1.role == .label || pair.1.role == .status
      return left ? text + padding : padding + text
    }.joined(separator: String(repeating: " ", count: gap))
  }
}
