// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord

/// One benchmark's table before it is laid out: what terminal and Markdown have in common.
struct TableContent {
  struct Column {
    enum Role { case label, metric, remark, count, status }
    let role: Role
    let title: String
    var cells: [String]
  }

  let title: String
  let subtitle: String
  var columns: [Column]
  /// Remarks under the table: synthetic models, missing values, metrics not shown.
  var notes: [String]

  init(_ benchmark: TabulatedBenchmark) {
    title = "\(benchmark.name) (\(benchmark.kind))"
    let sweep = benchmark.sweep
    subtitle = "suite \(sweep.suite), \(sweep.startedAt), \(sweep.machine.name)"
    columns = Self.labelColumns(benchmark)
    notes = []
    for metric in benchmark.headline { columns.append(Self.column(metric, benchmark)) }
    columns += Self.remarks(benchmark)
    let counts = benchmark.points.map { point in
      let n = point.readings.map { $0.launches.reduce(0) { $0 + $1.count } }.max() ?? 0
      return n > 0 ? String(n) : ""
    }
    columns.append(Column(role: .count, title: "n", cells: counts))
    let endings = benchmark.points.map { point -> String in
      guard point.status != .completed else { return "" }
      return point.reason.map { "\(point.status.rawValue): \($0)" } ?? point.status.rawValue
    }
    if endings.contains(where: { !$0.isEmpty }) {
      columns.append(Column(role: .status, title: "status", cells: endings))
    }
    if benchmark.points.contains(where: \.isSynthetic) {
      notes.append("* synthetic model: random weights in a real model's shape, for speed only")
    }
    notes += Self.flagged(benchmark)
    notes += Self.peers(benchmark)
    if benchmark.points.contains(where: { $0.noise != nil }) {
      notes.append(
        "detectable: the change that \(PointNoise.plannedPairs) launch pairs find here, as calibrated"
      )
    }
    if benchmark.usesCalibration, let calibration = benchmark.calibrationName {
      notes.append("limits not measured in this sweep are those of \(calibration)")
    }
    notes += Self.missing(benchmark)
    let others = benchmark.metrics.map(\.id).filter { id in
      !benchmark.headline.contains { $0.id == id }
    }
    if !others.isEmpty {
      // A load run has a hundred; the report and the exports name all.
      let shown =
        others.count <= Self.othersShown + 2 ? others[...] : others.prefix(Self.othersShown)
      let rest = others.count - shown.count
      notes.append(
        "also measured: \(shown.joined(separator: ", "))"
          + (rest > 0 ? " and \(rest) more: tacho report, tacho export" : ""))
    }
  }

  private static let othersShown = 12

  private static func labelColumns(_ benchmark: TabulatedBenchmark) -> [Column] {
    var columns: [Column] = []
    if benchmark.points.contains(where: { $0.point.variant != nil }) {
      columns.append(
        Column(
          role: .label, title: "variant", cells: benchmark.points.map { $0.point.variant ?? "" }))
    }
    for path in benchmark.axes {
      let cells = benchmark.points.map { $0.point.configuration[path]?.display ?? "" }
      columns.append(Column(role: .label, title: path, cells: cells))
    }
    if columns.isEmpty {
      let cells = benchmark.points.map { _ in benchmark.name }
      columns.append(Column(role: .label, title: "benchmark", cells: cells))
    }
    for (index, point) in benchmark.points.enumerated() where point.isSynthetic {
      columns[0].cells[index] += columns[0].cells[index].isEmpty ? "*" : " *"
    }
    return columns
  }

  /// Samples during which the machine was disturbed, and what became of them.
  private static func flagged(_ benchmark: TabulatedBenchmark) -> [String] {
    let flagged = benchmark.points.reduce(0) { $0 + $1.flaggedSamples }
    guard flagged > 0 else { return [] }
    let counted = benchmark.points.reduce(0) { $0 + $1.flaggedAndCounted }
    let fate = counted == 0 ? "left out" : "\(flagged - counted) left out, \(counted) counted"
    return ["\(Plural.of(flagged, "sample")) flagged, for the machine was disturbed: \(fate)"]
  }

  /// What points are bound by, and what comparisons of them can see: where it is known of some.
  private static func remarks(_ benchmark: TabulatedBenchmark) -> [Column] {
    let bounds = benchmark.points.map { $0.bound?.bound.rawValue ?? "" }
    let detectable = benchmark.points.map { point in
      point.noise?.detectable.sign.number.map { Figure.percent($0) } ?? ""
    }
    return [("bound", bounds), ("detectable", detectable)].filter { column in
      column.1.contains { !$0.isEmpty }
    }.map { Column(role: .remark, title: $0.0, cells: $0.1) }
  }

  /// Who measured the points that Tacho's own engine did not.
  private static func peers(_ benchmark: TabulatedBenchmark) -> [String] {
    var lines: [String] = []
    for point in benchmark.points {
      guard let engine = point.peerEngine else { continue }
      let line = "\(point.point.variant.map { "\($0) " } ?? "")measured by \(engine)"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  private static func column(_ metric: Metric, _ benchmark: TabulatedBenchmark) -> Column {
    let estimates = benchmark.points.map { $0.estimates[metric.id] }
    let number = TableNumber(
      unit: metric.unit, values: estimates.compactMap { $0?.summary?.median })
    return Column(
      role: .metric, title: title(of: metric, symbol: number.symbol),
      cells: estimates.map { $0.flatMap(number.text) ?? "–" })
  }

  /// `decode tok/s` for `decode/tokens-per-second`; `latency/ttft ms` and, for
  /// `load/repack-seconds`, `load/repack ms` where the name says more;
  /// `decode / read bandwidth` for a fraction.
  private static func title(of metric: Metric, symbol: String) -> String {
    var name = metric.id
    for ending in [
      "/tokens-per-second", "/bytes-per-second", "/flops-per-second", "/seconds", "-seconds",
    ]
    where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    // A ratio has no unit; what it is a fraction of says more.
    if let range = name.range(of: Findings.fraction) {
      return name[..<range.lowerBound] + " / "
        + name[range.upperBound...].replacing("-", with: " ")
    }
    return symbol.isEmpty ? name : "\(name) \(symbol)"
  }

  /// Why there are dashes: each reason once, with the number of points it concerns.
  private static func missing(_ benchmark: TabulatedBenchmark) -> [String] {
    var order: [[String]] = []
    var counts: [[String]: Int] = [:]
    for point in benchmark.points {
      for metric in benchmark.headline {
        guard let estimate = point.estimates[metric.id], estimate.summary == nil,
          let reason = estimate.mainReason
        else { continue }
        let key = [metric.id, reason]
        if counts[key] == nil { order.append(key) }
        counts[key, default: 0] += 1
      }
    }
    return order.map { key in
      return "– \(key[0]): \(key[1]) (\(Plural.of(counts[key] ?? 0, "point")))"
    }
  }

  /// Drops remarks and metric columns, the least asked for first, until `fits` or one is left.
  mutating func dropMetrics(until fits: (TableContent) -> Bool) {
    var dropped: [String] = []
    while !fits(self), let last = columns.lastIndex(where: { $0.role == .remark }) {
      dropped.insert(columns.remove(at: last).title, at: 0)
    }
    while !fits(self), columns.count(where: { $0.role == .metric }) > 1,
      let last = columns.lastIndex(where: { $0.role == .metric })
    {
      dropped.insert(columns.remove(at: last).title, at: 0)
    }
    if !dropped.isEmpty {
      notes.append("not shown for lack of width: \(dropped.joined(separator: ", "))")
    }
  }
}
