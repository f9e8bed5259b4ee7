// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What each metric of this report means, in which unit, and which direction is better.
package enum MetricsSection: ReportSection {
  package static let title = "Metric definitions"

  package static func render(_ context: ReportContext) -> HTML? {
    let metrics = Set(context.benchmarks.flatMap(\.metrics))
      .sorted { ($0.id, $0.version) < ($1.id, $1.version) }
    guard !metrics.isEmpty else { return nil }
    return HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title])
    {
      HTML("table", ["class": "definitions"]) {
        HTML("thead") {
          HTML("tr") {
            for name in ["metric", "unit", "better", "definition"] {
              HTML("th", ["scope": "col"]) { name }
            }
          }
        }
        HTML("tbody") {
          for metric in metrics {
            HTML("tr") {
              HTML("td") {
                HTML("code") { metric.id }
                if metric.version > 1 {
                  HTML("span", ["class": "quiet"]) { " v\(metric.version)" }
                }
              }
              HTML("td", ["class": "nowrap"]) { name(of: metric.unit) }
              HTML("td") { metric.better.rawValue }
              HTML("td") { metric.definition }
            }
          }
        }
      }
    }
  }

  private static func name(of unit: Metric.Unit) -> String {
    switch unit {
    case .seconds: "seconds"
    case .tokensPerSecond: "tokens/s"
    case .requestsPerSecond: "requests/s"
    case .bytes: "bytes"
    case .bytesPerSecond: "bytes/s"
    case .flops: "FLOP"
    case .flopsPerSecond: "FLOP/s"
    case .hertz: "Hz"
    case .joules: "joules"
    case .watts: "watts"
    case .count: "count"
    case .ratio: "ratio"
    }
  }
}
