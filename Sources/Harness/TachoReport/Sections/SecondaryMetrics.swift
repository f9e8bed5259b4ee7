// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// The medians of every metric that is not a headline, folded away; and what could not be had.
struct SecondaryMetrics {
  let benchmark: BenchmarkResults
  private static let pointLimit = 500

  @HTMLBuilder
  func render() -> HTML {
    let headline = Set(benchmark.headline)
    let others = benchmark.metrics.filter { !headline.contains($0) }
    if !others.isEmpty {
      HTML("details") {
        HTML("summary") { "All other metrics (\(others.count), medians)" }
        if benchmark.points.count > Self.pointLimit {
          HTML("p") {
            "Not shown for more than \(Self.pointLimit) points; tacho export has them all."
          }
        } else {
          table(others)
        }
      }
    }
    unavailable
  }

  private func table(_ metrics: [Metric]) -> HTML {
    let scales = metrics.map { metric in
      UnitScale.best(
        for: metric.unit, values: benchmark.points.compactMap { $0.readings(of: metric.id)?.median }
      )
    }
    return HTML(
      "div",
      [
        "class": "scroll", "tabindex": "0", "role": "region",
        "aria-label": "Other metrics of \(benchmark.name)",
      ]
    ) {
      HTML("table", ["class": "points"]) {
        HTML("thead") {
          HTML("tr") {
            HTML("th", ["scope": "col"]) { "point" }
            for (metric, scale) in zip(metrics, scales) {
              HTML("th", ["scope": "col", "class": "num", "data-name": metric.id]) {
                metric.id + (scale.symbol.isEmpty ? "" : ", " + scale.symbol)
              }
            }
          }
        }
        HTML("tbody") {
          for point in benchmark.points {
            HTML("tr") {
              HTML("td", ["class": "long"]) { benchmark.label(of: point) }
              for (metric, scale) in zip(metrics, scales) {
                let value = point.readings(of: metric.id)?.median
                HTML("td", ["class": "num", "data-value": value.map { "\($0)" } ?? ""]) {
                  value.map { Figure.text($0 / scale.factor) } ?? "–"
                }
              }
            }
          }
        }
      }
    }
  }

  /// Reasons for missing values, each with the metrics and the number of points it concerns.
  @HTMLBuilder
  private var unavailable: HTML {
    let gaps = missing
    if !gaps.isEmpty {
      HTML("details") {
        HTML("summary") { "Not available (\(gaps.count))" }
        HTML("ul") {
          for gap in gaps {
            HTML("li") {
              HTML("code") { gap.metric }
              " for \(Plural.of(gap.points, "point")): \(gap.reason)"
            }
          }
        }
      }
    }
  }

  private struct Gap: Hashable {
    let metric: String
    let reason: String
    var points = 0
  }

  private var missing: [Gap] {
    var counts: [Gap: Int] = [:]
    for point in benchmark.points {
      for readings in point.readings {
        for reason in readings.reasons {
          counts[Gap(metric: readings.metric.id, reason: reason), default: 0] += 1
        }
        if readings.notFinite > 0 {
          counts[Gap(metric: readings.metric.id, reason: "not finite"), default: 0] += 1
        }
      }
    }
    return counts.map { Gap(metric: $0.key.metric, reason: $0.key.reason, points: $0.value) }
      .sorted { ($0.metric, $0.reason) < ($1.metric, $1.reason) }
  }
}
