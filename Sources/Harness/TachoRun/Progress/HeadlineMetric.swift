// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// The one figure of a run that progress shows.
enum HeadlineMetric {
  /// The first of these that a sample has a value for.
  private static let order = [
    "load/first-token-seconds", "serve/output-tokens-per-second", "decode/tokens-per-second",
    "prefill/tokens-per-second", "generate/tokens-per-second",
    "kernel/seconds", "latency/e2el", "sample/seconds",
  ]

  static func measurement(in sample: SampleRecord) -> TachoRecord.Measurement? {
    for id in order {
      let found = sample.measurements.first { $0.metric.id == id && $0.reading.number != nil }
      if let found { return found }
    }
    return nil
  }

  /// `41.3 tok/s ±1.2%`, the interval left out where there is none.
  static func text(_ values: [Double], unit: Metric.Unit) -> String {
    guard let summary = Summary(of: values) else { return "" }
    let halfWidth = summary.relativeHalfWidth.map { String(format: " ±%.1f%%", $0 * 100) } ?? ""
    return value(summary.median, unit) + halfWidth
  }

  static func value(_ number: Double, _ unit: Metric.Unit) -> String {
    switch unit {
    case .seconds:
      let scales: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")]
      let (scale, name) = scales.first { abs(number) >= $0.0 } ?? (1e-9, "ns")
      return digits(number / scale) + " " + name
    case .tokensPerSecond: return digits(number) + " tok/s"
    case .requestsPerSecond: return digits(number) + " req/s"
    default: return digits(number)
    }
  }

  /// Three significant digits, without an exponent.
  private static func digits(_ number: Double) -> String {
    let magnitude = abs(number)
    let decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2
    return String(format: "%.\(decimals)f", number)
  }
}
