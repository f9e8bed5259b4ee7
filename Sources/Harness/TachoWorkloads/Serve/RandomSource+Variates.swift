// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine

/// Random numbers of the distributions that loads are made of, from one uniform generator.
extension RandomSource {
  /// Uniform in (0, 1]: safe to take the logarithm of.
  mutating func nextPositiveUnit() -> Double { 1 - nextUnit() }

  /// Exponential with mean 1, by inversion.
  mutating func nextExponential() -> Double { -log(nextPositiveUnit()) }

  /// Standard normal (Box and Muller 1958), one of the pair.
  mutating func nextNormal() -> Double {
    let radius = (2 * nextExponential()).squareRoot()
    return radius * cos(2 * .pi * nextUnit())
  }

  /// Gamma with scale 1 (Marsaglia and Tsang 2000); a shape below 1 by their boost.
  mutating func nextGamma(shape: Double) -> Double {
    if shape < 1 {
      let boost = pow(nextPositiveUnit(), 1 / shape)
      return nextGamma(shape: shape + 1) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextNormal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(nextPositiveUnit()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
