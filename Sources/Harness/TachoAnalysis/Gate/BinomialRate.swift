// SPDX-License-Identifier: Apache-2.0

/// A share that was counted, with one-sided 95% bounds of the rate behind it (Clopper and Pearson 1934).
package struct BinomialRate: Sendable, Hashable {
  package let count: Int
  package let of: Int

  package init(_ count: Int, of total: Int) {
    self.count = count
    of = total
  }

  /// Nil when nothing was counted.
  package var share: Double? { of > 0 ? Double(count) / Double(of) : nil }

  /// The rate is at most this, with the level's confidence; nil when nothing was counted.
  package func upper(level: Double = 0.95) -> Double? {
    guard of > 0 else { return nil }
    if count >= of { return 1 }
    return Bisection.lowest(in: 0...1) { chance in
      BinomialDistribution(count: of, chance: chance).atMost(count) <= 1 - level
    }
  }

  /// The rate is at least this, with the level's confidence; nil when nothing was counted.
  package func lower(level: Double = 0.95) -> Double? {
    guard of > 0 else { return nil }
    if count <= 0 { return 0 }
    return Bisection.lowest(in: 0...1) { chance in
      BinomialDistribution(count: of, chance: chance).atLeast(count) >= 1 - level
    }
  }
}
