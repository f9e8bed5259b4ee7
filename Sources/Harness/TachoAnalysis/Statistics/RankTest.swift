// SPDX-License-Identifier: Apache-2.0

/// What the rank tests have in common: their alternatives, how a p-value was computed.
package enum RankTest {
  /// What is believed instead when the hypothesis "no difference" is rejected.
  package enum Alternative: String, Sendable, Hashable, CaseIterable {
    case twoSided = "two-sided"
    case less, greater
  }

  /// How a p-value is computed; the words are scipy's.
  package enum Method: String, Sendable, Hashable, CaseIterable {
    /// Probabilities summed: small samples without ties.
    case exact
    /// Normal approximation, corrected for ties and for continuity.
    case asymptotic
  }

  /// The p-value of a statistic this far from its mean, half a step nearer for continuity; 1 when
  /// nothing varies (every value ties).
  static func approximate(
    excess: Double, variance: Double, alternative: Alternative
  ) -> Double {
    guard variance > 0 else { return 1 }
    let deviation = variance.squareRoot()
    switch alternative {
    case .greater: return NormalDistribution.above((excess - 0.5) / deviation)
    case .less: return NormalDistribution.below((excess + 0.5) / deviation)
    case .twoSided:
      return min(1, 2 * NormalDistribution.above((abs(excess) - 0.5) / deviation))
    }
  }

  /// The p-value from the chances of the statistic's two sides.
  static func exact(atMost: Double, atLeast: Double, alternative: Alternative) -> Double {
    switch alternative {
    case .less: return atMost
    case .greater: return atLeast
    case .twoSided: return min(1, 2 * min(atMost, atLeast))
    }
  }
}
