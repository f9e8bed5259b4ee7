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

  /// Rates of work come before latencies, these before the rest, and the bare time of a sample last.
  private static func rank(_ metric: Metric) -> Int {
    let first = [
      "prefill/tokens-per-second", "decode/tokens-per-second", "kernel/bytes-per-second",
      "kernel/flops-per-second", "latency/ttft",
    ]
    if let place = first.firstIndex(of: metric.id) { return place }
    return metric.id == "sample/seconds" ? first.count + 1 : first.count
  }
}
