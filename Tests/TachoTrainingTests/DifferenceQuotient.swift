// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoTasks
import TachoTraining

/// Gradients against central differences in float64.
///
/// With steps of 1e-5 a quotient is good to about 1e-9 of the function's curvature; the tolerance is
/// 1e-6 of the largest element of the gradient.
enum DifferenceQuotient {
  static let tolerance = 1e-6

  /// The largest error of `gradient` over the elements of `values` that `sampled` chooses, relative to the largest
  /// element of the gradient.
  static func error(
    of gradient: [Double], at values: [Double], sampled: [Int]? = nil, step: Double = 1e-5,
    _ function: ([Double]) throws -> Double
  ) rethrows -> Double {
    var worst = 0.0
    var moved = values
    for index in sampled ?? Array(values.indices) {
      moved[index] = values[index] + step
      let above = try function(moved)
      moved[index] = values[index] - step
      let below = try function(moved)
      moved[index] = values[index]
      worst = max(worst, abs((above - below) / (2 * step) - gradient[index]))
    }
    return worst / max(1e-3, gradient.map { abs($0) }.max() ?? 0)
  }
}

extension CounterRandom {
  mutating func numbers(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in normal() * scale }
  }

  /// Numbers that keep away from 0, where rectifiers bend.
  mutating func numbersAwayFromZero(_ count: Int) -> [Double] {
    (0..<count).map { _ in
      let value = normal()
      return abs(value) < 1e-2 ? 0.5 : value
    }
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}

/// The sum of products: turns a result into one number for a check.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

extension Double {
  static func cosine(_ x: Double) -> Double { Glibc.cos(x) }
  static func sine(_ x: Double) -> Double { Glibc.sin(x) }
}
