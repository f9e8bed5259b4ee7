// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Numbers as a table of text shows them: one multiple of the unit per column, digits as the spread
/// allows, nothing between thousands that a program would have to take out again.
struct TableNumber: Sendable {
  private let scale: UnitScale

  init(unit: Metric.Unit, values: [Double]) {
    scale = UnitScale.best(for: unit, values: values)
  }

  /// `tok/s`, `GB/s`, `ms`; empty for counts and ratios.
  var symbol: String { scale.symbol }

  /// `123.4 ± 1.2`: the median and half of its 95% interval; the median alone without an interval.
  func text(_ estimate: Estimate) -> String? {
    guard let value = estimate.summary.map({ $0.median / scale.factor }) else { return nil }
    let half = estimate.halfWidth.map { $0 / scale.factor }
    let decimals = Figure.decimals(of: value, uncertainty: half, most: 5)
    let median = Figure.plain(value, decimals: decimals)
    return half.map { "\(median) ± \(Figure.plain($0, decimals: decimals))" } ?? median
  }
}
