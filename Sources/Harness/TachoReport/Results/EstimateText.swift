// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis

/// An estimate in words and digits, with the decimals that its uncertainty supports.
package struct EstimateText: Sendable {
  package let median: String
  package let low: String
  package let high: String
  package let deviation: String
  package let count: Int
  private let symbol: String

  /// Nil when there is nothing to write.
  package init?(_ estimate: Estimate?, in scale: UnitScale) {
    guard let estimate, let summary = estimate.summary else { return nil }
    let uncertainty = estimate.halfWidth ?? summary.standardDeviation
    let decimals = Figure.decimals(
      of: summary.median / scale.factor, uncertainty: uncertainty.map { $0 / scale.factor })
    func text(_ value: Double?) -> String {
      value.map { Figure.text($0 / scale.factor, decimals: decimals) } ?? "–"
    }
    median = text(summary.median)
    low = text(summary.interval?.lowerBound)
    high = text(summary.interval?.upperBound)
    // A deviation is itself uncertain to tens of percent: two digits say all it knows.
    deviation =
      summary.standardDeviation.map { value in
        let scaled = value / scale.factor
        return Figure.text(
          scaled, decimals: max(decimals, Figure.decimals(of: scaled, uncertainty: scaled)))
      } ?? "–"
    count = summary.count
    symbol = scale.symbol.isEmpty ? "" : " " + scale.symbol
  }

  package var medianWithUnit: String { median + symbol }

  /// One line for tooltips: `median 36.87 tok/s, 95% interval 36.60 to 37.14, sd 0.21, n = 5`.
  package var sentence: String {
    let interval =
      low == "–" ? "too few samples for an interval" : "95% interval \(low) to \(high)"
    return "median \(median)\(symbol), \(interval), sd \(deviation), n = \(count)"
  }
}
