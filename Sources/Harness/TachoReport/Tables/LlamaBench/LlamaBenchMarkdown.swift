// SPDX-License-Identifier: Apache-2.0
import Foundation

/// `-o md`: the table that people paste into issues.
///
/// The columns of a CPU backend, `n_batch`, `n_ubatch`, `type_k` and `type_v` only when one differs
/// from llama-bench's default, and its widths.
package enum LlamaBenchMarkdown: LlamaBenchFormat {
  package static let name = "md"

  private struct Column {
    let title: String
    /// At least this wide; text to the left, numbers to the right.
    let width: Int
    let left: Bool
    let value: (LlamaBenchRow) -> String

    init(
      _ title: String, _ width: Int, left: Bool = false, value: @escaping (LlamaBenchRow) -> String
    ) {
      self.title = title
      self.width = width
      self.left = left
      self.value = value
    }

    func padded(_ text: String) -> String {
      let padding = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
      return left ? text + padding : padding + text
    }
  }

  package static func render(_ rows: [LlamaBenchRow]) -> String {
    let columns = self.columns(for: rows)
    var lines = [line(columns.map { $0.padded($0.title) })]
    lines.append(
      line(
        columns.map { column in
          String(repeating: "-", count: column.width - 1) + (column.left ? "-" : ":")
        }))
    for row in rows {
      lines.append(
        line(columns.map { $0.padded(DisplayWidth.oneLine($0.value(row)).escapingPipes) }))
    }
    var text = lines.map { $0 + "\n" }.joined()
    if let first = rows.first { text += "\nbuild: \(first.buildCommit) (\(first.buildNumber))\n" }
    return text
  }

  private static func line(_ cells: [String]) -> String {
    "|" + cells.map { " \($0) |" }.joined()
  }

  private static func columns(for rows: [LlamaBenchRow]) -> [Column] {
    let usual = LlamaBenchRow()
    var columns = [
      Column("model", 30, left: true) { $0.modelType },
      Column("size", 10) { bytes($0.modelSize) },
      Column("params", 10) { parameters($0.modelParameters) },
      Column("backend", 10, left: true) { $0.backend },
      Column("threads", 7) { String($0.threads) },
    ]
    if rows.contains(where: { $0.batch != usual.batch }) {
      columns.append(Column("n_batch", 7) { String($0.batch) })
    }
    if rows.contains(where: { $0.microbatch != usual.microbatch }) {
      columns.append(Column("n_ubatch", 8) { String($0.microbatch) })
    }
    if rows.contains(where: { $0.typeK != usual.typeK || $0.typeV != usual.typeV }) {
      columns.append(Column("type_k", 6) { $0.typeK })
      columns.append(Column("type_v", 6) { $0.typeV })
    }
    columns.append(Column("test", 15) { $0.test })
    columns.append(
      Column("t/s", 20) { String(format: "%.2f ± %.2f", $0.averageTs, $0.deviationTs) })
    return columns
  }

  private static func bytes(_ count: Int) -> String {
    count < 1 << 30
      ? String(format: "%.2f MiB", Double(count) / 0x1p20)
      : String(format: "%.2f GiB", Double(count) / 0x1p30)
  }

  private static func parameters(_ count: Int) -> String {
    count < 1_000_000_000
      ? String(format: "%.2f M", Double(count) / 1e6)
      : String(format: "%.2f B", Double(count) / 1e9)
  }
}

extension String {
  fileprivate var escapingPipes: String { split("|").joined(separator: "\\|") }

  private func split(_ mark: Character) -> [Substring] {
    split(separator: mark, omittingEmptySubsequences: false)
  }
}
