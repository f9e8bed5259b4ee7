// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Noise of launch pairs as gates are tried on it: normal, and of a share of the pairs Laplace with a
/// scale of 8%.
package struct SyntheticNoise: Sendable, Hashable {
  package let sigma: Double
  package let outliers: Double
  /// Mean of the outliers' absolute values.
  package static let outlierScale = 0.08

  package init(sigma: Double, outliers: Double) {
    self.sigma = sigma
    self.outliers = outliers
  }

  /// From a quiet machine to one that shows nothing.
  package static let ladder = [
    (0.004, 0.1), (0.01, 0.1), (0.01, 0.3), (0.02, 0.1), (0.03, 0.1), (0.05, 0.2), (0.15, 0.2),
  ].map { SyntheticNoise(sigma: $0.0, outliers: $0.1) }

  func draw(_ generator: inout SeededGenerator) -> Double {
    guard generator.uniform() < outliers else { return sigma * generator.normal() }
    let size = -Self.outlierScale * log(generator.uniform())
    return generator.next() & 1 == 0 ? size : -size
  }

  /// P(noise > x).
  func chance(above x: Double) -> Double {
    let tail = exp(-abs(x) / Self.outlierScale) / 2
    return (1 - outliers) * NormalDistribution.above(x / sigma)
      + outliers * (x > 0 ? tail : 1 - tail)
  }
}
