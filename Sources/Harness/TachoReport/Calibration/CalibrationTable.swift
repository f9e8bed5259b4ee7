// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// A calibration as a person reads it: a block for each kind of limit, a column for each thread count.
package enum CalibrationTable {
  package static func render(_ sweep: ResultSet.Sweep, omissions: [String] = []) -> String {
    let figures = CalibrationFigures(sweep)
    let record = figures.sweep
    let facts = Facts(record.machine.facts)
    var lines = [
      "\(facts.processor ?? "unknown processor"), \(record.machine.name), fingerprint "
        + record.machine.id,
      "measured \(record.startedAt) by build \(record.build.id)", "",
    ]
    let threads = Set(figures.figures.compactMap(\.threads)).sorted()
    var rows = [[""] + threads.map { $0 == 1 ? "1 thread" : "\($0) threads" }]
    var titles: Set<Int> = []
    for section in CalibrationFigures.Section.allCases {
      let own = figures.figures.filter { $0.section == section }
      guard !own.isEmpty else { continue }
      titles.insert(rows.count)
      rows.append([section.rawValue])
      var names: [String] = []
      for figure in own where !names.contains(figure.name) { names.append(figure.name) }
      for name in names {
        let named = own.filter { $0.name == name }
        rows.append(
          ["  " + name]
            + threads.map { count in
              // What has no threads stands in the first column.
              named.first { ($0.threads ?? threads.first) == count }.map(text) ?? ""
            })
      }
    }
    let widths = (0...threads.count).map { column in
      rows.enumerated().filter { !titles.contains($0.offset) }
        .map { $0.element.indices.contains(column) ? $0.element[column].count : 0 }.max() ?? 0
    }
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
        return column == 0 ? cell + padding : padding + cell
      }
      lines.append(cells.joined(separator: "   ").trimmingTrailingBlanks)
    }
    lines.append("")
    let counts = figures.figures.compactMap { $0.estimate.summary?.count }
    if let least = counts.min(), let most = counts.max() {
      let processes = figures.figures.map(\.launches).max() ?? 1
      lines.append(
        "medians with half of their 95% interval, of \(least == most ? "" : "\(least) to ")\(most) samples"
          + " in \(processes == 1 ? "1 process" : "\(processes) processes") each")
    }
    let flagged = sweep.runs.reduce(0) { $0 + $1.samples.count { $0.flag != nil && !$0.warmup } }
    if flagged > 0 {
      lines.append(
        "\(Plural.of(flagged, "sample")) flagged: the machine did something else meanwhile")
    }
    for line in omissions + figures.missing { lines.append("no \(line)") }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func text(_ figure: CalibrationFigures.Figure) -> String {
    let number = TableNumber(
      unit: figure.estimate.metric.unit, values: [figure.estimate.summary?.median ?? 0])
    return (number.text(figure.estimate) ?? "–") + " " + number.symbol
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
