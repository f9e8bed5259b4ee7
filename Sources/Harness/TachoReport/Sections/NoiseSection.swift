// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// How noisy each point was: between its processes, within them, outliers, how much its samples say
/// about each other, and which statistic of a process is the tightest.
package enum NoiseSection: ReportSection {
  package static let title = "Noise"

  /// The tightest statistic takes thousands of resamples a point.
  private static let pointLimit = 100

  package static func render(_ context: ReportContext) -> HTML? {
    let all = context.benchmarks.flatMap { benchmark in
      benchmark.points.compactMap { Row($0, in: benchmark) }
    }
    guard !all.isEmpty else { return nil }
    // In the plan's order; of many, those that differ most between processes.
    let noisiest = all.indices.sorted { all[$0].components.between > all[$1].components.between }
    let rows = noisiest.prefix(pointLimit).sorted().map { all[$0] }
    return HTML("div") {
      HTML("p") {
        "Of points measured by several processes: the spread of a sample's time between processes and "
          + "within one (standard deviations of its logarithm), the part of the variance that lies "
          + "between, outliers (beyond 14.8 median deviations), how many independent samples a process's "
          + "samples amount to, and the statistic of a process that differs least from process to "
          + "process. Where the part between is large, more processes make a figure surer, not more "
          + "samples."
        if rows.count < all.count {
          " Only the \(rows.count) of \(all.count) points that differ most between processes are listed."
        }
      }
      HTML("div", ["class": "table-block"]) {
        HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title]) {
          HTML("table", ["class": "points"]) {
            HTML("thead") { head() }
            HTML("tbody") { for row in rows { row.render() } }
          }
        }
      }
    }
  }

  private static func head() -> HTML {
    HTML("tr") {
      for name in ["benchmark", "point"] { HTML("th", ["scope": "col"]) { name } }
      for name in [
        "processes", "samples", "between", "within", "between, share", "outliers",
        "independent, share",
      ] {
        HTML("th", ["scope": "col", "class": "num", "data-name": name]) { name }
      }
      HTML("th", ["scope": "col"]) { "tightest" }
      HTML("th", ["scope": "col", "class": "num", "data-name": "its spread"]) { "its spread" }
    }
  }

  private struct Row {
    let benchmark: String
    let label: String
    let components: VarianceComponents
    private let launches: [[Double]]

    init?(_ point: PointResult, in benchmark: BenchmarkResults) {
      let launches = point.samples.map { samples in
        samples.filter(\.isCounted).map(\.observation.secondsPerCall).filter { $0 > 0 }
      }.filter { $0.count > 1 }
      guard let components = VarianceComponents(launches: launches) else { return nil }
      self.benchmark = benchmark.name
      label = benchmark.label(of: point)
      self.components = components
      self.launches = launches
    }

    func render() -> HTML {
      let sizes = launches.compactMap { series in
        EffectiveSampleSize(series).map { $0.size / Double($0.count) }
      }
      let independent = Summary.median(of: sizes)
      let tightest = TightestStatistic(launches: launches)
      let spread = tightest.flatMap { found in
        found.spreads.first { $0.statistic == found.tightest }?.robust
      }
      return HTML("tr") {
        HTML("td", ["class": "short"]) { benchmark }
        HTML("td", ["class": "short"]) { label }
        number(Double(components.launches), "\(components.launches)")
        number(Double(components.samples), "\(components.samples)")
        share(components.between)
        share(components.within)
        share(components.share)
        share(components.outlierShare)
        share(independent)
        HTML("td", ["class": "short"]) { tightest?.tightest.rawValue ?? "–" }
        share(spread)
      }
    }

    private func number(_ value: Double, _ text: String) -> HTML {
      HTML("td", ["class": "num", "data-value": "\(value)"]) { text }
    }

    private func share(_ value: Double?) -> HTML {
      HTML("td", ["class": "num", "data-value": value.map { "\($0)" } ?? ""]) {
        value.map { Figure.percent($0) } ?? "–"
      }
    }
  }
}
