// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What sections draw from: the results, grouped by benchmark and summarised once.
package struct ReportContext: Sendable {
  package let title: String
  package let results: ResultSet
  package let benchmarks: [BenchmarkResults]
  /// Jobs of the gate among the results.
  package let gates: [GateResult]

  package init(results: ResultSet, title: String, gates: [GateResult] = []) {
    self.title = title
    self.results = results
    self.gates = gates
    self.benchmarks = Self.benchmarks(of: results)
  }

  package var points: [PointResult] { benchmarks.flatMap(\.points) }

  /// The element id under which a benchmark's section can be linked to.
  package func anchor(of index: Int) -> String { "benchmark-\(index + 1)" }

  private struct Key: Hashable {
    let suite: String
    let benchmark: String
    let kind: String
  }

  /// Benchmarks in the plan's order, those of the first sweep first.
  private static func benchmarks(of results: ResultSet) -> [BenchmarkResults] {
    var order: [Key] = []
    var points: [Key: [PointResult]] = [:]
    for point in PointResult.all(in: results) {
      let key = Key(
        suite: point.sweep.suite, benchmark: point.point.benchmark, kind: point.point.kind)
      if points[key] == nil { order.append(key) }
      points[key, default: []].append(point)
    }
    return order.map { key in
      BenchmarkResults(
        suite: key.suite, name: key.benchmark, kind: key.kind, points: points[key] ?? [])
    }
  }
}
