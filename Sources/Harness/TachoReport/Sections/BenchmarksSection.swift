// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// Every benchmark: charts first, then the table of all points, then how to get the numbers again.
package enum BenchmarksSection: ReportSection {
  package static let title = "Benchmarks"

  package static func render(_ context: ReportContext) -> HTML? {
    guard !context.benchmarks.isEmpty else { return nil }
    var result = HTML()
    for (index, benchmark) in context.benchmarks.enumerated() {
      result.append(article(benchmark, context.anchor(of: index)))
    }
    return result
  }

  private static func article(_ benchmark: BenchmarkResults, _ anchor: String) -> HTML {
    HTML("article", ["id": anchor, "class": "benchmark"]) {
      HTML("h3") {
        benchmark.title
        HTML("span", ["class": "quiet"]) {
          " \(benchmark.kind), suite \(benchmark.suite), "
            + Plural.of(benchmark.points.count, "point")
        }
      }
      for metric in benchmark.headline {
        BenchmarkCharts(benchmark, metric).render()
      }
      HTML("div", ["class": "table-block"]) {
        BenchmarkTable(benchmark).render()
      }
      SecondaryMetrics(benchmark: benchmark).render()
      origin(benchmark)
    }
  }

  private static func origin(_ benchmark: BenchmarkResults) -> HTML {
    var sweeps: [SweepRecord] = []
    for point in benchmark.points where !sweeps.contains(where: { $0.id == point.sweep.id }) {
      sweeps.append(point.sweep)
    }
    return HTML("details") {
      HTML("summary") { "Where these numbers come from" }
      HTML("p") { sweeps.count == 1 ? "Measured by:" : "Measured by, one line per sweep:" }
      HTML("pre") { sweeps.map(\.command).joined(separator: "\n") }
      HTML("p") { "Every sample behind the table, in the store:" }
      HTML("pre") { sql(benchmark, sweeps) }
    }
  }

  private static func sql(_ benchmark: BenchmarkResults, _ sweeps: [SweepRecord]) -> String {
    let metrics = benchmark.headline.map { quoted($0.id) }.joined(separator: ", ")
    return """
      SELECT *
      FROM v_measurement
      WHERE sweep_id IN (\(sweeps.map { quoted($0.id) }.joined(separator: ", ")))
        AND benchmark = \(quoted(benchmark.name))
        AND metric IN (\(metrics.isEmpty ? "NULL" : metrics))
        AND warmup = 0;
      """
  }

  /// An SQL string literal.
  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }
}
