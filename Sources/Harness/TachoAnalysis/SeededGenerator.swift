// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Reproducible random numbers for resampling: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
///
/// The same seed gives the same numbers on every platform, which `SystemRandomNumberGenerator` does not.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Uniform strictly between 0 and 1, so that its logarithm is finite.
  package mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// Uniform in `0..<bound`; `bound` is at least 1.
  package mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Standard normal (Box and Muller 1958), one of the pair.
  package mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Gamma with this shape, at least 1, and scale 1 (Marsaglia and Tsang 2000).
  mutating func gamma(shape: Double) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(uniform()) < 0.5 * x * x + d * (1 - cube + log(cube)) { return d * cube }
    }
  }

  /// Beta(a, b) for a and b at least 1.
  mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    return x / (x + gamma(shape: b))
  }
}
