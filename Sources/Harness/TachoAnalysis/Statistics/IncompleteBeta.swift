// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The regularised incomplete beta function: tails of the binomial and of Student's t.
enum IncompleteBeta {
  /// I_x(a, b) for a and b above 0, x from 0 to 1 (DLMF 8.17.22, its continued fraction evaluated as
  /// Lentz does; about as many terms as the root of the larger parameter).
  static func share(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast below the mean; above it the other tail does.
    if x > (a + 1) / (a + b + 2) { return 1 - share(1 - x, b, a) }
    let logFront =
      a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - log(a)
    return exp(logFront) / fraction(x, a, b)
  }

  /// 1 + d1 / (1 + d2 / (1 + ...)).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var value = 1.0
    var c = 1.0
    var d = 0.0
    for step in 1...10_000 {
      let m = Double(step / 2)
      let term =
        step % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + term * d
      if abs(d) < tiny { d = tiny }
      c = 1 + term / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let factor = c * d
      value *= factor
      if abs(factor - 1) < 1e-15 { break }
    }
    return value
  }

  /// ln of the gamma function for x above 0: Stirling's series (DLMF 5.11.1) once x is at least 10.
  ///
  /// The C library's function writes a global variable, which threads share.
  static func logGamma(_ x: Double) -> Double {
    var x = x
    var product = 1.0
    while x < 10 {
      product *= x
      x += 1
    }
    let square = 1 / (x * x)
    let series =
      (1 / 12.0 - square
        * (1 / 360.0 - square
          * (1 / 1260.0 - square
            * (1 / 1680.0
              - square * (1 / 1188.0 - square * (691 / 360_360.0 - square / 156))))))
      / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + series - log(product)
  }
}
