// SPDX-License-Identifier: Apache-2.0

/// Where a condition that is false below a number and true above it turns true.
enum Bisection {
  /// The smallest number of `range`, to the last bit that halving reaches, for which `holds`; the
  /// upper end when it holds for none.
  static func lowest(in range: ClosedRange<Double>, where holds: (Double) -> Bool) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    if holds(low) { return low }
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return high }
      if holds(middle) { high = middle } else { low = middle }
    }
  }
}
