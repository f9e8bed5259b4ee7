// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The standard normal distribution.
package enum NormalDistribution {
  /// P(Z <= x), accurate in the far lower tail too.
  package static func below(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// P(Z >= x), accurate in the far upper tail too.
  package static func above(_ x: Double) -> Double { below(-x) }

  /// The x with P(Z <= x) = p; infinite for 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    if p <= 0 { return -.infinity }
    if p >= 1 { return .infinity }
    return Bisection.lowest(in: -40...9) { below($0) >= p }
  }
}
