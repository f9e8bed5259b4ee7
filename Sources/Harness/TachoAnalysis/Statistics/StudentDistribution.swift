// SPDX-License-Identifier: Apache-2.0

/// Student's t with `freedom` degrees of freedom, above 0.
struct StudentDistribution {
  let freedom: Double

  /// P(T <= x).
  func below(_ x: Double) -> Double {
    let tail = IncompleteBeta.share(freedom / (freedom + x * x), freedom / 2, 0.5) / 2
    return x < 0 ? tail : 1 - tail
  }

  /// The x with P(T <= x) = p; infinite for 0 and 1.
  func quantile(_ p: Double) -> Double {
    if p > 0.5 { return -quantile(1 - p) }
    if p <= 0 { return -.infinity }
    var low = -1.0
    while below(low) > p { low *= 2 }
    return Bisection.lowest(in: low...0) { below($0) >= p }
  }
}
