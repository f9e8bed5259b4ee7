// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What sections draw from: the results, grouped by benchmark and summarised once.
package struct ReportContext: Sendable {
  package let title: String
  package let results: ResultSet
  package let benchmarks: [BenchmarkResults]

  package init(results: ResultSet, title: String) {
    self.title = title
    self.results = results
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

  /// Benchmarks in the order in which they were first met.
  private static func benchmarks(of results: ResultSet) -> [BenchmarkResults] {
    var order: [Key] = []
    var points: [Key: [PointResult]] = [:]
    for sweep in results.sweeps {
      var pointOrder: [[String]] = []
      var runs: [[String]: [ResultSet.Run]] = [:]
      for run in sweep.runs {
        let point = run.record.point
        let key = [point.benchmark, point.kind, point.variant ?? "", point.id]
        if runs[key] == nil { pointOrder.append(key) }
        runs[key, default: []].append(run)
      }
      for pointKey in pointOrder {
        let ofPoint = (runs[pointKey] ?? []).sorted { $0.record.launch < $1.record.launch }
        guard let point = ofPoint.first?.record.point else { continue }
        let key = Key(suite: sweep.record.suite, benchmark: point.benchmark, kind: point.kind)
        if points[key] == nil { order.append(key) }
        points[key, default: []].append(
          PointResult(sweep: sweep.record, runs: ofPoint, point: point))
      }
    }
    return order.map { key in
      BenchmarkResults(
        suite: key.suite, name: key.benchmark, kind: key.kind, points: points[key] ?? [])
    }
  }
}
