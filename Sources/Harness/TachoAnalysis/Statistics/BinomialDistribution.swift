// SPDX-License-Identifier: Apache-2.0

/// How many of `count` independent trials succeed, each with the chance `chance`.
struct BinomialDistribution {
  let count: Int
  let chance: Double

  /// P(successes <= k).
  func atMost(_ k: Int) -> Double {
    if k < 0 { return 0 }
    if k >= count { return 1 }
    return IncompleteBeta.share(1 - chance, Double(count - k), Double(k + 1))
  }

  /// P(successes >= k).
  func atLeast(_ k: Int) -> Double {
    if k <= 0 { return 1 }
    if k > count { return 0 }
    return IncompleteBeta.share(chance, Double(k), Double(count - k + 1))
  }

  /// The largest k with P(successes <= k - 1) at most `tail`: at least 0.
  func lowerRank(tail: Double) -> Int {
    firstIndex(in: 0...count) { atMost($0) > tail }
  }

  /// The smallest k with P(successes >= k) at most `tail`: at most `count + 1`.
  func upperRank(tail: Double) -> Int {
    firstIndex(in: 0...(count + 1)) { atLeast($0) <= tail }
  }

  /// Where a condition turns true; the last index when it does not.
  private func firstIndex(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
