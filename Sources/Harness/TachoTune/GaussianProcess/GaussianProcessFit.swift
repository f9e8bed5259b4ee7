// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Finds the lengths, the signal and the noise of a `GaussianProcess`.
struct GaussianProcessFit {
  struct Parameters {
    var weights: [Double]
    var signal: Double
    var noise: Double
  }

  let values: [Double]
  private let knownVariances: [Double?]
  private let counts: [Double]
  private let isExact: Bool
  private let dimensions: Int
  /// For each pair i > j, all its squared differences: pair (i, j) begins at (i (i - 1) / 2 + j) * dimensions.
  private let differences: [Double]

  init(
    space: SearchSpace, units: [[Double?]], values: [Double], knownVariances: [Double?],
    counts: [Double], isExact: Bool
  ) {
    self.values = values
    self.knownVariances = knownVariances
    self.counts = counts
    self.isExact = isExact
    dimensions = space.parameters.count
    var differences: [Double] = []
    differences.reserveCapacity(units.count * units.count / 2 * dimensions)
    for i in units.indices {
      for j in 0..<i {
        for place in 0..<dimensions {
          differences.append(space.squaredDifference(units[i][place], units[j][place], place))
        }
      }
    }
    self.differences = differences
  }

  /// The kernel over s as a function of r^2.
  static func matern(_ squared: Double) -> Double {
    let r = (5 * squared).squareRoot()
    return (1 + r + r * r / 3) * exp(-r)
  }

  private func variance(_ i: Int, _ noise: Double) -> Double {
    guard let known = knownVariances[i] else { return noise / counts[i] }
    return known + noise
  }

  /// The Cholesky factor of the covariance of the observations.
  func factor(_ parameters: Parameters) -> CholeskyFactor? {
    let n = values.count
    return CholeskyFactor(covariance(parameters).matrix, size: n)
  }

  /// Lower triangle, and for each pair s (-5/6) (1 + sqrt5 r) exp(-sqrt5 r), the kernel's slope in r^2.
  private func covariance(_ parameters: Parameters) -> (matrix: [Double], slopes: [Double]) {
    let n = values.count
    var matrix = [Double](repeating: 0, count: n * n)
    var slopes = [Double](repeating: 0, count: n * (n - 1) / 2)
    let (weights, signal) = (parameters.weights, parameters.signal)
    var pair = 0
    var at = 0
    differences.withUnsafeBufferPointer { differences in
      weights.withUnsafeBufferPointer { weights in
        var i = 0
        while i < n {
          var j = 0
          while j < i {
            var squared = 0.0
            var k = 0
            while k < dimensions {
              squared += weights[k] * differences[at]
              at += 1
              k += 1
            }
            let r = (5 * squared).squareRoot()
            let decay = signal * exp(-r)
            matrix[i * n + j] = (1 + r + r * r / 3) * decay
            slopes[pair] = -5.0 / 6 * (1 + r) * decay
            pair += 1
            j += 1
          }
          matrix[i * n + i] = signal + variance(i, parameters.noise)
          i += 1
        }
      }
    }
    return (matrix, slopes)
  }

  /// The most probable parameters from two beginnings: short and long lengths.
  func fitted() -> Parameters? {
    var best: (point: [Double], value: Double)?
    for weight in [1.0, 12.0] {
      var start = [Double](repeating: log(weight), count: dimensions) + [0]
      if !isExact { start.append(log(0.03)) }
      let found = LBFGS().minimize(from: start) { cost($0) }
      if let found, best.map({ found.value < $0.value }) ?? true { best = found }
    }
    return best.map { parameters($0.point) }
  }

  private func parameters(_ logs: [Double]) -> Parameters {
    Parameters(
      weights: logs.prefix(dimensions).map { exp($0) }, signal: exp(logs[dimensions]),
      noise: isExact
        ? GaussianProcess.leastNoise : GaussianProcess.leastNoise + exp(logs[dimensions + 1]))
  }

  /// -ln of likelihood times priors, and its gradient in the logarithms.
  private func cost(_ logs: [Double]) -> (value: Double, gradient: [Double])? {
    guard logs.allSatisfy({ abs($0) < 30 }) else { return nil }
    let parameters = parameters(logs)
    let (matrix, slopes) = covariance(parameters)
    let n = values.count
    guard let factor = CholeskyFactor(matrix, size: n) else { return nil }
    let alpha = factor.solve(values)
    var value = factor.logDeterminant / 2
    for i in 0..<n { value += values[i] * alpha[i] / 2 }
    let inverse = factor.inverse()
    // dL/dtheta = 1/2 sum over (K^-1 - alpha alpha^T) * dK/dtheta.
    var gradient = [Double](repeating: 0, count: logs.count)
    let noisePart = isExact ? 0 : parameters.noise - GaussianProcess.leastNoise
    var pair = 0
    var at = 0
    differences.withUnsafeBufferPointer { differences in
      gradient.withUnsafeMutableBufferPointer { gradient in
        var i = 0
        while i < n {
          var j = 0
          while j < i {
            let outer = inverse[i * n + j] - alpha[i] * alpha[j]
            let slope = outer * slopes[pair]
            var k = 0
            while k < dimensions {
              gradient[k] += slope * differences[at] * parameters.weights[k]
              at += 1
              k += 1
            }
            gradient[dimensions] += outer * matrix[i * n + j]
            pair += 1
            j += 1
          }
          let own = (inverse[i * n + i] - alpha[i] * alpha[i]) / 2
          gradient[dimensions] += own * parameters.signal
          if !isExact {
            gradient[dimensions + 1] +=
              own * noisePart / (knownVariances[i] == nil ? counts[i] : 1)
          }
          i += 1
        }
      }
    }
    addPriors(parameters, noisePart, &value, &gradient)
    return value.isFinite ? (value, gradient) : nil
  }

  private func addPriors(
    _ parameters: Parameters, _ noise: Double, _ value: inout Double, _ gradient: inout [Double]
  ) {
    for (k, weight) in parameters.weights.enumerated() {
      value += 0.1 / weight + 0.1 * weight
      gradient[k] += -0.1 / weight + 0.1 * weight
    }
    // Gamma(2, 1): density s exp(-s).
    value += parameters.signal - log(parameters.signal)
    gradient[dimensions] += parameters.signal - 1
    if !isExact {
      // Gamma(1.1, rate 30).
      value += 30 * parameters.noise - 0.1 * log(parameters.noise)
      gradient[dimensions + 1] += (30 - 0.1 / parameters.noise) * noise
    }
  }
}
