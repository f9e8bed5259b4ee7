// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The points of one benchmark of one sweep: one table.
package struct TabulatedBenchmark: Sendable {
  package let sweep: SweepRecord
  package let name: String
  package let kind: String
  package let points: [TabulatedPoint]
  /// Swept paths, in the suite's order.
  package let axes: [String]
  /// Metrics with a value at some point, the ones people ask for first.
  package let metrics: [Metric]

  init(points: [TabulatedPoint], of first: TabulatedPoint) {
    sweep = first.sweep
    name = first.point.benchmark
    kind = first.point.kind
    self.points = points
    var axes: [String] = []
    for point in points { axes += point.point.axes.filter { !axes.contains($0) } }
    self.axes = axes
    var metrics: [Metric] = []
    for cell in points.flatMap(\.cells) where cell.summary != nil {
      if !metrics.contains(where: { $0.id == cell.metric.id }) { metrics.append(cell.metric) }
    }
    self.metrics = metrics.enumerated().sorted {
      (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
    }.map(\.element)
  }

  /// Benchmarks in the order first measured.
  package static func all(in results: ResultSet) -> [TabulatedBenchmark] {
    var order: [[String]] = []
    var groups: [[String]: [TabulatedPoint]] = [:]
    for point in TabulatedPoint.all(in: results) {
      let key = [point.sweep.id, point.point.benchmark]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(point)
    }
    return order.compactMap { key in
      guard let points = groups[key], let first = points.first else { return nil }
      return TabulatedBenchmark(points: points, of: first)
    }
  }

  /// What a table for people shows; everything measured when none of these was.
  package var headline: [Metric] {
    let known = metrics.filter { Self.asked.contains($0.id) }
    return known.isEmpty ? metrics : known
  }

  /// What people ask for, in the order they ask.
  private static let asked = [
    "prefill/tokens-per-second", "decode/tokens-per-second", "generate/tokens-per-second",
    "latency/ttft", "latency/tpot", "kernel/bytes-per-second", "kernel/flops-per-second",
    "kernel/reference-error",
  ]

  /// The bare time of a sample comes last.
  private static func rank(_ metric: Metric) -> Int {
    asked.firstIndex(of: metric.id)
      ?? (metric.id == "sample/seconds" ? asked.count + 1 : asked.count)
  }
}
