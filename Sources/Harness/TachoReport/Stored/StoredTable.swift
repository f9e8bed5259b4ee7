// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis

/// A comparison with a stored sweep for a person at a terminal.
package enum StoredTable {
  private static let gap = "  "

  package static func render(_ found: StoredComparison) -> String {
    let rows = StoredRows(found)
    var lines = rows.heading + [""]
    if rows.lines.isEmpty {
      lines.append("no point of the suite is on record")
    } else {
      lines += table([StoredRows.titles] + rows.lines.map(\.cells))
    }
    lines += [""] + rows.notes + ["", rows.warning]
    return lines.map { line in
      String(DisplayWidth.oneLine(line).reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }

  private static func table(_ rows: [[String]]) -> [String] {
    let widths = StoredRows.titles.indices.map { column in
      rows.map { DisplayWidth.of(DisplayWidth.oneLine($0[column])) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let text = DisplayWidth.oneLine(cell)
        let padding = String(repeating: " ", count: widths[column] - DisplayWidth.of(text))
        return StoredRows.numbers.contains(column) ? padding + text : text + padding
      }.joined(separator: gap)
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: gap)
    return [line(rows[0]), rule] + rows.dropFirst().map(line)
  }
}
