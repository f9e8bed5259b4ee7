// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis

/// A history as a person reads it at a terminal.
package enum HistoryTable {
  package static func render(_ analysis: HistoryAnalysis) -> String {
    let all = analysis.results.map { HistoryFigures($0) }
    guard !all.isEmpty else { return "no series\n" }
    var lines: [String] = []
    var groups: [[String]] = []
    for figures in all where !groups.contains(key(figures)) { groups.append(key(figures)) }
    for group in groups {
      if !lines.isEmpty { lines.append("") }
      lines.append(group.joined(separator: ", "))
      lines += rows(all.filter { key($0) == group })
    }
    lines.append("")
    lines += notes(analysis)
    return lines.map { DisplayWidth.oneLine($0) + "\n" }.joined()
  }

  /// What series under one heading have in common.
  private static func key(_ figures: HistoryFigures) -> [String] {
    let series = figures.series
    return [series.suite.map { "suite \($0)" }, series.machine, figures.basis].compactMap { $0 }
  }

  private static func rows(_ group: [HistoryFigures]) -> [String] {
    let cells =
      [["series", "metric", "builds", "latest"]]
      + group.map { [$0.series.name, $0.metric, "\($0.series.values.count)", $0.latestText] }
    let widths = cells[0].indices.map { column in
      cells.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    func line(_ row: [String], _ more: String) -> String {
      let text = zip(row, widths).enumerated().map { column, pair in
        let padding = String(repeating: " ", count: pair.1 - DisplayWidth.of(pair.0))
        return column == 2 ? padding + pair.0 : pair.0 + padding
      }.joined(separator: "  ")
      return text + "  " + more
    }
    var lines = [line(cells[0], "builds in order")]
    lines.append(
      (widths + [15]).map { String(repeating: "-", count: $0) }.joined(separator: "  "))
    for (figures, row) in zip(group, cells.dropFirst()) {
      let suspicions = figures.result.suspicions
      lines.append(
        line(
          row,
          Sparkline.render(
            figures.series.values.map(\.value), changes: suspicions.map(\.point.index))))
      for (point, p) in suspicions {
        lines.append("    suspicion \(figures.sentence(point, p: p))")
        if let command = figures.confirmation(of: point) {
          lines.append("      confirm: \(command)")
        }
        if let command = figures.search(for: point) {
          lines.append("      find the commit: \(command)")
        }
      }
      if let caution = figures.caution { lines.append("    \(caution)") }
    }
    return lines
  }

  private static func notes(_ analysis: HistoryAnalysis) -> [String] {
    let suspicions = analysis.results.reduce(0) { $0 + $1.suspicions.count }
    let found = analysis.results.reduce(0) { $0 + $1.changes.changePoints.count }
    var lines = [
      "\(Plural.of(suspicions, "suspicion")) in \(analysis.results.count) series; "
        + "p is adjusted over \(Plural.of(analysis.tests, "test")) (Benjamini-Hochberg)"
    ]
    if found > suspicions {
      lines.append(
        "\(found - suspicions) more would be suspicions if these were the only series analysed")
    }
    if suspicions > 0 {
      lines.append(
        "a suspicion is no verdict: only a comparison of the two builds, side by side, confirms it")
    }
    return lines
  }
}
