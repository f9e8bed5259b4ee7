// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis

/// A series in a few characters of eighths of a line, a bar before each change.
package enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The last `width` values; those more than five deviations from the middle are drawn at its edge, so
  /// that an outlier does not flatten the rest.
  package static func render(_ values: [Double], changes: [Int], width: Int = 32) -> String {
    guard let rule = OutlierRule(of: values) else { return "" }
    let reach = rule.mad > 0 ? 5 * 1.4826 * rule.mad : .infinity
    let clipped = values.map { min(max($0, rule.median - reach), rule.median + reach) }
    let start = max(0, values.count - width)
    let shown = clipped[start...]
    guard let low = shown.min(), let high = shown.max() else { return "" }
    var text = ""
    for index in shown.indices {
      if changes.contains(index) { text += "|" }
      let share = high > low ? (clipped[index] - low) / (high - low) : 0.5
      text.append(blocks[min(Int(share * 8), 7)])
    }
    return text
  }
}
