// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
package import TachoRecord

/// The noise of every point of a sweep of launch pairs, as a person reads it.
package enum NoiseTable {
  package static func render(_ sweep: ResultSet.Sweep) -> String {
    let noise = PointNoise.byPoint(in: [sweep])
    let planned = PointNoise.plannedPairs
    var rows = [
      ["point", "pairs", "statistic", "spread", "floor", "detectable", "between", "within"]
    ]
    for point in PointResult.all(in: sweep) {
      let label = point.point.label
      let name =
        label == point.point.benchmark ? label : "\(point.point.benchmark) \(label)"
      guard let known = noise[point.point.id] else {
        rows.append([name, "0", "", "", "", "", "", ""])
        continue
      }
      rows.append([
        name, "\(known.pairs)", known.statistic.rawValue, Figure.percent(known.robust),
        known.floor.map { Figure.percent($0.relative) } ?? "–",
        known.detectable.sign.number.map { Figure.percent($0) } ?? "–",
        known.components.map { Figure.percent($0.between) } ?? "–",
        known.components.map { Figure.percent($0.within) } ?? "–",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || column == 2 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    lines += [
      "",
      "spread: robust standard deviation of ln(one / other) over the pairs, of the tightest statistic",
      "floor: 95 of 100 pairs of the same thing differ by less; needs 20 pairs",
      "detectable: change that \(planned) pairs find with power \(PointNoise.power) at level"
        + " \(PointNoise.alpha) (sign test)",
      "between, within: standard deviations between launches and within one",
    ]
    for (name, reason) in failures(of: sweep) { lines.append("\(name): \(reason)") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Pairs that did not complete, each reason once for each point.
  private static func failures(of sweep: ResultSet.Sweep) -> [(String, String)] {
    let runs = Dictionary(sweep.runs.map { ($0.record.id, $0.record) }) { first, _ in first }
    var result: [(String, String)] = []
    for pair in sweep.pairs where pair.status != .completed {
      let point = runs[pair.base.runID]?.point
      let entry = (
        "\(point?.benchmark ?? "?") \(point?.label ?? "")",
        "\(pair.status.words): \(pair.reason ?? "no reason was recorded")"
      )
      if !result.contains(where: { $0 == entry }) { result.append(entry) }
    }
    return result
  }
}
