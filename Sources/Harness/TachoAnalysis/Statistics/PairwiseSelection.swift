// SPDX-License-Identifier: Apache-2.0

/// Order statistics of numbers that are too many to write down but quick to count below a bound.
enum PairwiseSelection {
  /// The smallest t of `range` with `countAtMost(t)` at least `rank`: the number of that rank, exactly.
  ///
  /// Halves the doubles of the range, not its length, so it takes at most 64 counts.
  static func number(
    ofRank rank: Int, in range: ClosedRange<Double>, countAtMost: (Double) -> Int
  ) -> Double {
    var low = key(range.lowerBound)
    var high = key(range.upperBound)
    while low < high {
      // The floor of their mean, without the sum that overflows.
      let middle = (low & high) &+ ((low ^ high) >> 1)
      if countAtMost(number(middle)) >= rank { high = middle } else { low = middle + 1 }
    }
    return number(low)
  }

  /// The middle number of `total`, or the mean of the two.
  static func median(
    ofTotal total: Int, in range: ClosedRange<Double>, countAtMost: (Double) -> Int
  ) -> Double {
    let low = number(ofRank: (total + 1) / 2, in: range, countAtMost: countAtMost)
    if total % 2 == 1 || countAtMost(low) > total / 2 { return low }
    let high = number(ofRank: total / 2 + 1, in: range, countAtMost: countAtMost)
    return low / 2 + high / 2
  }

  /// An integer that orders as its double does; both zeros have 0.
  private static func key(_ number: Double) -> Int64 {
    let bits = Int64(bitPattern: number.bitPattern)
    return bits >= 0 ? bits : .min - bits
  }

  private static func number(_ key: Int64) -> Double {
    key >= 0 ? Double(bitPattern: UInt64(key)) : -Double(bitPattern: UInt64(-key))
  }
}
