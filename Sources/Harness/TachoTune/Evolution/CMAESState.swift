// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The distribution that CMA-ES draws from, and how a generation moves it.
///
/// Hansen, The CMA evolution strategy: a tutorial (arXiv 1604.00772), with its default constants and
/// negative weights; on the unit cube, begun in its middle with a deviation of 1/6.
struct CMAESState {
  let dimensions: Int
  let population: Int
  private(set) var mean: [Double]
  private(set) var sigma = 1.0 / 6
  private var covariance: [Double]
  private var path: [Double]
  private var sigmaPath: [Double]
  private var generation = 0
  /// B and D of C = B D^2 B^T.
  private var basis: [Double] = []
  private var deviations: [Double] = []

  private let weights: [Double]
  private let mass: Double
  private let cSigma: Double
  private let damping: Double
  private let cPath: Double
  private let c1: Double
  private let cMu: Double
  private let expectedLength: Double

  init(dimensions n: Int, population: Int) {
    dimensions = n
    self.population = population
    let d = Double(n)
    let raw = (1...population).map { log((Double(population) + 1) / 2) - log(Double($0)) }
    let positive = raw.filter { $0 > 0 }
    let negative = raw.filter { $0 <= 0 }
    func mass(_ weights: [Double]) -> Double {
      let sum = weights.reduce(0, +)
      let squares = weights.reduce(0) { $0 + $1 * $1 }
      return squares > 0 ? sum * sum / squares : 0
    }
    let mu = mass(positive)
    self.mass = mu
    cSigma = (mu + 2) / (d + mu + 5)
    damping = 1 + 2 * max(0, ((mu - 1) / (d + 1)).squareRoot() - 1) + cSigma
    cPath = (4 + mu / d) / (d + 4 + 2 * mu / d)
    c1 = 2 / ((d + 1.3) * (d + 1.3) + mu)
    cMu = min(1 - c1, 2 * (mu - 2 + 1 / mu) / ((d + 2) * (d + 2) + mu))
    let bound = min(
      1 + c1 / cMu, 1 + 2 * mass(negative) / (mu + 2), (1 - c1 - cMu) / (d * cMu))
    let positiveSum = positive.reduce(0, +)
    let negativeSum = abs(negative.reduce(0, +))
    weights = raw.map { weight in
      weight > 0
        ? weight / positiveSum : negativeSum > 0 ? weight * bound / negativeSum : 0
    }
    expectedLength = d.squareRoot() * (1 - 1 / (4 * d) + 1 / (21 * d * d))
    mean = [Double](repeating: 0.5, count: n)
    covariance = [Double](repeating: 0, count: n * n)
    for i in 0..<n { covariance[i * n + i] = 1 }
    path = [Double](repeating: 0, count: n)
    sigmaPath = path
    decompose()
  }

  private mutating func decompose() {
    let eigen = SymmetricEigen(covariance, size: dimensions)
    basis = eigen.vectors
    deviations = eigen.values.map { max($0, 1e-20).squareRoot() }
  }

  /// mean + sigma B D z.
  func point(_ z: [Double]) -> [Double] {
    let n = dimensions
    return (0..<n).map { i in
      var sum = 0.0
      for k in 0..<n { sum += basis[i * n + k] * deviations[k] * z[k] }
      return mean[i] + sigma * sum
    }
  }

  /// C^-1/2 y.
  private func whitened(_ y: [Double]) -> [Double] {
    let n = dimensions
    let inner = (0..<n).map { k in
      var sum = 0.0
      for i in 0..<n { sum += basis[i * n + k] * y[i] }
      return sum / deviations[k]
    }
    return (0..<n).map { i in
      var sum = 0.0
      for k in 0..<n { sum += basis[i * n + k] * inner[k] }
      return sum
    }
  }

  /// Takes in a generation: `population` points, the best first.
  mutating func update(_ points: [[Double]]) {
    let n = dimensions
    let d = Double(n)
    generation += 1
    let steps = points.map { point in zip(point, mean).map { ($0 - $1) / sigma } }
    var drift = [Double](repeating: 0, count: n)
    for (weight, step) in zip(weights, steps) where weight > 0 {
      for i in 0..<n { drift[i] += weight * step[i] }
    }
    for i in 0..<n { mean[i] += sigma * drift[i] }
    let white = whitened(drift)
    let keep = (cSigma * (2 - cSigma) * mass).squareRoot()
    for i in 0..<n { sigmaPath[i] = (1 - cSigma) * sigmaPath[i] + keep * white[i] }
    let length = sigmaPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let settled = (1 - pow(1 - cSigma, 2 * Double(generation))).squareRoot()
    let isMoving = length / settled < (1.4 + 2 / (d + 1)) * expectedLength
    let pathKeep = isMoving ? (cPath * (2 - cPath) * mass).squareRoot() : 0
    for i in 0..<n { path[i] = (1 - cPath) * path[i] + pathKeep * drift[i] }
    let lost = isMoving ? 0 : c1 * cPath * (2 - cPath)
    let weightSum = weights.reduce(0, +)
    let scaled = zip(weights, steps).map { weight, step in
      if weight >= 0 { return weight }
      let squared = whitened(step).reduce(0) { $0 + $1 * $1 }
      return weight * d / max(squared, 1e-300)
    }
    for i in 0..<n {
      for j in 0...i {
        var value = (1 + lost - c1 - cMu * weightSum) * covariance[i * n + j]
        value += c1 * path[i] * path[j]
        for (weight, step) in zip(scaled, steps) { value += cMu * weight * step[i] * step[j] }
        covariance[i * n + j] = value
        covariance[j * n + i] = value
      }
    }
    sigma = min(max(sigma * exp(cSigma / damping * (length / expectedLength - 1)), 1e-12), 1)
    decompose()
  }
}
