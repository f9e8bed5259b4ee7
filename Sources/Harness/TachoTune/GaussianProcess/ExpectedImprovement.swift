// SPDX-License-Identifier: Apache-2.0
import Foundation

/// ln of the expected improvement below a threshold, accurate however small it is.
///
/// With z = (threshold - mean) / deviation, EI = deviation (phi(z) + z Phi(z)); far below, that is
/// computed by Mills' ratio (Ament and others, NeurIPS 2023, Unexpected improvements to EI).
enum ExpectedImprovement {
  static func log(mean: Double, deviation: Double, below threshold: Double) -> Double {
    Foundation.log(deviation) + logPart((threshold - mean) / deviation)
  }

  /// ln(phi(z) + z Phi(z)).
  static func logPart(_ z: Double) -> Double {
    let logPhi = -z * z / 2 - Foundation.log(2 * .pi) / 2
    if z > -1 {
      return Foundation.log(exp(logPhi) + z * erfc(-z / 2.0.squareRoot()) / 2)
    }
    let t = -z
    // 1 - t R(t): Mills' ratio R, by erfc up to where the difference still has digits, then its series.
    let rest: Double
    if t < 20 {
      let ratio = (Double.pi / 2).squareRoot() * erfc(t / 2.0.squareRoot()) * exp(t * t / 2)
      rest = 1 - t * ratio
    } else {
      let s = 1 / (t * t)
      rest = s * (1 - s * (3 - s * (15 - s * 105)))
    }
    return logPhi + Foundation.log(rest)
  }

  /// ln P(Z <= z).
  static func logNormal(_ z: Double) -> Double {
    if z > -20 { return Foundation.log(erfc(-z / 2.0.squareRoot()) / 2) }
    let s = 1 / (z * z)
    return -z * z / 2 - Foundation.log(2 * .pi) / 2 - Foundation.log(-z)
      + Foundation.log(1 - s * (1 - s * (3 - s * 15)))
  }
}
