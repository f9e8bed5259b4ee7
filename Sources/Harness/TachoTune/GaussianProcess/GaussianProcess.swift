// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Regression with a Matérn 5/2 kernel that has a length for each parameter, noise of which some is known.
///
/// k(r) = s (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r), r^2 = sum of w_j d_j^2 with d_j the differences of
/// `SearchSpace.squaredDifference`. The variance of an observation is its known standard error squared
/// plus a fitted residual, which is divided by the count of repetitions where no error is known. s, w and
/// the residual maximise the marginal likelihood times priors: -(0.1/w + 0.1 w) for each ln w, Gamma(2, 1)
/// for s and Gamma(1.1, 30) for the residual, which stays above 1e-6 (values are standardised).
struct GaussianProcess: Sendable {
  /// Observations kept; more would cost a minute and say little.
  static let mostPoints = 300
  static let leastNoise = 1e-6

  let space: SearchSpace
  let units: [[Double?]]
  /// Of what was observed: value = shift + scale * standardised.
  let shift: Double
  let scale: Double
  let weights: [Double]
  let signal: Double
  let noise: Double
  private let factor: CholeskyFactor
  /// K^-1 y, of standardised values.
  private let alpha: [Double]

  struct Observation {
    var units: [Double?]
    var value: Double
    var standardError: Double?
    var count: Int
  }

  /// Nil for fewer than two observations.
  init?(_ space: SearchSpace, _ observations: [Observation], isExact: Bool) {
    guard observations.count >= 2 else { return nil }
    self.space = space
    units = observations.map(\.units)
    let n = Double(observations.count)
    let mean = observations.reduce(0) { $0 + $1.value } / n
    let variance = observations.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / n
    shift = mean
    let deviation = variance.squareRoot()
    let scale = deviation > 1e-12 * max(1, abs(mean)) ? deviation : 1
    self.scale = scale
    let fit = GaussianProcessFit(
      space: space, units: observations.map(\.units),
      values: observations.map { ($0.value - mean) / scale },
      knownVariances: observations.map { point in
        point.standardError.map { $0 * $0 / (scale * scale) }
      },
      counts: observations.map { Double($0.count) }, isExact: isExact)
    guard let found = fit.fitted(), let factor = fit.factor(found) else { return nil }
    weights = found.weights
    signal = found.signal
    noise = found.noise
    self.factor = factor
    alpha = factor.solve(fit.values)
  }

  /// Mean and standard deviation of the function (without noise) at a point, in the observed unit.
  func posterior(_ point: [Double?]) -> (mean: Double, deviation: Double) {
    var correlations = [Double](repeating: 0, count: units.count)
    for i in units.indices {
      var squared = 0.0
      for j in weights.indices {
        squared += weights[j] * space.squaredDifference(units[i][j], point[j], j)
      }
      correlations[i] = signal * GaussianProcessFit.matern(squared)
    }
    var mean = 0.0
    for i in alpha.indices { mean += alpha[i] * correlations[i] }
    let half = factor.forward(correlations)
    var explained = 0.0
    for value in half { explained += value * value }
    return (shift + scale * mean, scale * max(signal - explained, 1e-12 * signal).squareRoot())
  }
}
