// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// One percentile of a sample with an interval that assumes no distribution.
///
/// The value interpolates between order statistics ("type 7" of Hyndman and Fan 1996, numpy's default).
/// The interval's ends are order statistics: how many of n independent values lie below the true
/// percentile is binomial, whatever their distribution, so at least `level` of such intervals hold it.
package struct Percentile: Sendable, Hashable {
  /// From 0 to 100.
  package let p: Double
  package let value: Double
  package let count: Int
  /// The interval's ends; nil where no value of the sample is far enough out to be one.
  package let lower: Double?
  package let upper: Double?

  /// Of at least one finite value, in any order; nil otherwise, or when `p` is not strictly between 0
  /// and 100 (nothing bounds what was not drawn).
  package init?(_ p: Double, of values: [Double], level: Double = 0.95) {
    guard p > 0, p < 100, level > 0, level < 1, !values.isEmpty, values.allSatisfy(\.isFinite)
    else { return nil }
    let sorted = values.sorted()
    self.p = p
    value = Self.value(p, ofSorted: sorted)
    count = sorted.count
    let below = BinomialDistribution(count: sorted.count, chance: p / 100)
    let low = below.lowerRank(tail: (1 - level) / 2)
    let high = below.upperRank(tail: (1 - level) / 2)
    lower = low >= 1 ? sorted[low - 1] : nil
    upper = high <= sorted.count ? sorted[high - 1] : nil
  }

  /// The fewest values of which one is expected beyond the percentile: 20 for p95, 100 for p99 and p1,
  /// 1000 for p99.9; nil for 0 and 100.
  package static func fewest(_ p: Double) -> Int? {
    let beyond = min(p, 100 - p) / 100
    guard beyond > 0 else { return nil }
    // 1 / 0.01 is not exactly 100.
    return Int((1 / beyond * (1 - 1e-9)).rounded(.up))
  }

  /// The percentile alone, which a table shows without its interval: unavailable from too few values,
  /// where it would be little else than the largest or smallest one.
  package static func reading(_ p: Double, of values: [Double]) -> Reading {
    guard let fewest = fewest(p), p > 0, p < 100 else {
      return .unavailable("p\(name(p)) is not a percentile; ask for one between 0 and 100")
    }
    guard values.count >= fewest else {
      return .unavailable(
        "p\(name(p)) needs at least \(fewest) values, there are \(values.count);"
          + " take more samples, or read it with its interval")
    }
    guard values.allSatisfy(\.isFinite) else {
      return .unavailable("one of the \(values.count) values is not a finite number")
    }
    return .value(value(p, ofSorted: values.sorted()))
  }

  /// Type 7 percentile, `p` from 0 to 100 (taken as that when outside), of at least one ascending value.
  static func value(_ p: Double, ofSorted sorted: [Double]) -> Double {
    let share = p.isNaN ? 0.5 : min(max(p, 0), 100) / 100
    let position = share * Double(sorted.count - 1)
    let below = min(Int(position), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    let fraction = position - Double(below)
    let low = sorted[below]
    return fraction == 0 ? low : low + (sorted[above] - low) * fraction
  }

  private static func name(_ p: Double) -> String { String(format: "%g", p) }
}
