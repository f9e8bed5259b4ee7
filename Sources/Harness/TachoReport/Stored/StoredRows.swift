// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// What terminal and Markdown say of a comparison with a stored sweep.
package struct StoredRows {
  struct Line {
    /// Empty where the point's name stands in the line above.
    let point: String
    let metric: String
    let then: String
    let now: String
    let change: String
    let interval: String
    let spread: String
    let remark: String

    var cells: [String] { [point, metric, then, now, change, interval, spread, remark] }
  }

  static let titles = [
    "point", "metric", "then", "now", "change", "95% interval", "spread then", "remark",
  ]
  /// Columns of numbers, which are set to the right.
  static let numbers: Set<Int> = [2, 3, 4, 5, 6]
  private static let differencesShown = 10

  let lines: [Line]
  /// What was compared, first.
  let heading: [String]
  /// What it does not say; always there.
  let warning: String
  /// Remarks on single points, what is on one side only, and what else was otherwise.
  let notes: [String]

  init(_ found: StoredComparison) {
    heading = Self.heading(found)
    lines = found.rows.flatMap(Self.lines)
    warning = StoredRows.warning(found)
    notes = Self.notes(found)
  }

  /// The metrics that tables show first of a benchmark of the stored sweep.
  package static func headline(of sweep: ResultSet.Sweep) -> [String: [Metric]] {
    Dictionary(grouping: PointResult.all(in: sweep), by: \.point.benchmark).mapValues { points in
      let benchmark = BenchmarkResults(
        suite: sweep.record.suite, name: points[0].point.benchmark, kind: points[0].point.kind,
        points: points)
      return benchmark.headline.filter { metric in
        points.contains { $0.readings(of: metric.id)?.median != nil }
      }
    }
  }

  /// Said in every format.
  static func warning(_ found: StoredComparison) -> String {
    let (count, apart) = found.intervals
    let chance =
      count == 0
      ? ""
      : " \(apart) of \(Plural.of(count, "interval")) \(apart == 1 ? "does" : "do") not hold 0%; with "
        + "nothing changed at all about \(String(format: "%.2g", 0.05 * Double(count))) would not."
    return
      "No verdict: these figures were measured at different times, between which the machine's "
      + "load, clock, neighbours and temperature may have changed as well as the program, and an "
      + "interval holds only what launches of one time differ by.\(chance) Nothing here fails a build "
      + "(exit code 0). For a verdict measure both now: tacho gate SUITE --base REF."
  }

  private static func heading(_ found: StoredComparison) -> [String] {
    let apart = found.days.map { days in
      days < 1
        ? String(format: ", %.1f hours before", days * 24)
        : String(format: ", %.1f days before", days)
    }
    return [
      "then: sweep \(found.then.id) of \(found.then.suite), \(found.then.startedAt)\(apart ?? ""), "
        + "build \(build(found.then.build))",
      "now: sweep \(found.now.id), \(found.now.startedAt), build \(build(found.now.build))",
      "machine: \(found.now.machine.name), fingerprint \(found.now.machine.id) on both sides",
    ]
  }

  private static func build(_ build: BuildRecord) -> String {
    let reference = build.facts["build.reference"]?.stringValue
    let revision = Facts(build.facts).revision
    return [reference, revision].compactMap { $0 }.first ?? build.id
  }

  private static func lines(_ row: StoredComparison.Row) -> [Line] {
    let name = row.point.name
    guard !row.figures.isEmpty else {
      return [
        Line(
          point: name, metric: "–", then: "–", now: "–", change: "–", interval: "–", spread: "–",
          remark: row.failures.isEmpty ? "no metric of then has a value" : "no value: see below")
      ]
    }
    return row.figures.enumerated().map { place, figure in
      line(place == 0 ? name : "", figure)
    }
  }

  private static func line(_ point: String, _ figure: StoredComparison.Figure) -> Line {
    let metric = figure.metric
    switch figure.shift {
    case .failure(let unable):
      return Line(
        point: point, metric: metric.id, then: "–", now: "–", change: "–", interval: "–",
        spread: "–", remark: unable.reason)
    case .success(let shift):
      let scale = UnitScale.best(for: metric.unit, magnitude: shift.then)
      func number(_ value: Double, _ launches: Int) -> String {
        let unit = scale.symbol.isEmpty ? "" : " " + scale.symbol
        return Figure.text(value / scale.factor) + unit + " (\(launches))"
      }
      func change(_ ratio: Double) -> String { GateText.change(ofShare: ratio - 1) }
      return Line(
        point: point, metric: metric.id, then: number(shift.then, shift.launchesThen),
        now: number(shift.now, shift.launchesNow), change: change(shift.ratio),
        interval: shift.interval.map {
          "[\(change($0.lowerBound)), \(change($0.upperBound))]"
            + (shift.method == .twoLevelBootstrap ? "*" : "")
        } ?? "–",
        spread: shift.spread.map { Figure.percent($0) } ?? "–",
        remark: remark(shift, figure.isWorse))
    }
  }

  private static func remark(_ shift: StoredShift, _ isWorse: Bool?) -> String {
    let side = isWorse.map { $0 ? ", worse" : ", better" } ?? ""
    switch shift.standing {
    case .within: return "within the spread"
    case .beyond: return "beyond the spread" + side
    case .unknown: return "one launch then: spread unknown" + side
    }
  }

  private static func notes(_ found: StoredComparison) -> [String] {
    var notes = [
      "then and now: the median of the launches' medians (launches); spread then: the largest of the "
        + "stored launches' medians over the smallest"
    ]
    let shifts = found.rows.flatMap(\.figures).compactMap { try? $0.shift.get() }
    if shifts.contains(where: { $0.method == .twoLevelBootstrap }) {
      notes.append(
        "*: fewer than 4 launches on a side, the interval is a hint (two-level bootstrap)")
    }
    for row in found.rows {
      if case .different = row.output { notes.append("\(row.point.name): \(row.output.words)") }
      notes += row.failures.map { "\(row.point.name): not counted: \($0)" }
    }
    if !found.suiteOnly.isEmpty {
      notes.append("not on record, so not measured: \(found.suiteOnly.joined(separator: "; "))")
    }
    if !found.storedOnly.isEmpty {
      notes.append("on record only: \(found.storedOnly.joined(separator: "; "))")
    }
    let shown = found.differences.prefix(differencesShown)
    notes += shown.map { "otherwise than then: \($0.words) (\($0.why))" }
    let rest = found.differences.count - shown.count
    if rest > 0 { notes.append("and \(rest) more differences of less effect") }
    return notes
  }
}
