// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// The models inside samplers, against numbers worked out another way.
@Suite struct ModelTests {
  @Test func choleskySolvesAndInverts() throws {
    for seed in 0..<20 {
      var stream = DrawStream(seed: UInt64(seed), trial: 0, .candidates)
      let n = 1 + stream.index(below: 12)
      let root = (0..<(n * n)).map { _ in stream.normal() }
      var matrix = [Double](repeating: 0, count: n * n)
      for i in 0..<n {
        for j in 0..<n {
          for k in 0..<n { matrix[i * n + j] += root[i * n + k] * root[j * n + k] }
        }
        matrix[i * n + i] += 0.5
      }
      let factor = try #require(CholeskyFactor(matrix, size: n), "seed \(seed)")
      let b = (0..<n).map { _ in stream.normal() }
      let x = factor.solve(b)
      let inverse = factor.inverse()
      for i in 0..<n {
        let product = (0..<n).reduce(0) { $0 + matrix[i * n + $1] * x[$1] }
        #expect(abs(product - b[i]) < 1e-8, "seed \(seed)")
        for j in 0..<n {
          let unit = (0..<n).reduce(0) { $0 + matrix[i * n + $1] * inverse[$1 * n + j] }
          #expect(abs(unit - (i == j ? 1 : 0)) < 1e-8, "seed \(seed)")
        }
      }
      let eigen = SymmetricEigen(matrix, size: n)
      #expect(
        abs(eigen.values.reduce(0) { $0 + log($1) } - factor.logDeterminant) < 1e-8, "seed \(seed)")
      for k in 0..<n {
        for i in 0..<n {
          let image = (0..<n).reduce(0) { $0 + matrix[i * n + $1] * eigen.vectors[$1 * n + k] }
          #expect(abs(image - eigen.values[k] * eigen.vectors[i * n + k]) < 1e-8, "seed \(seed)")
        }
      }
    }
    #expect(CholeskyFactor([1, 0, 2, 1], size: 2) == nil)
  }

  @Test func minimisesRosenbrocksValley() throws {
    let found = LBFGS(iterations: 200, tolerance: 1e-8).minimize(from: [-1.2, 1]) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    let point = try #require(found?.point)
    #expect(abs(point[0] - 1) < 1e-3 && abs(point[1] - 1) < 1e-3, "\(point)")
  }

  /// Without noise a Gaussian process passes through what was observed, and far away it forgets it.
  @Test func gaussianProcessInterpolates() throws {
    let space = try SearchSpace([Parameter("x", .real(0...1, log: false))])
    let observations = [0.05, 0.3, 0.55, 0.8, 0.95].map { x in
      GaussianProcess.Observation(
        units: [x], value: 3 + sin(7 * x), standardError: 0, count: 1)
    }
    let process = try #require(GaussianProcess(space, observations, isExact: true))
    for point in observations {
      let (mean, deviation) = process.posterior(point.units)
      #expect(abs(mean - point.value) < 1e-3 && deviation < 0.01)
    }
    let (mean, deviation) = process.posterior([0.43])
    #expect(abs(mean - 3 - sin(7 * 0.43)) < 0.15 && deviation > 0.001)
    // One that is known badly is believed less than its neighbours.
    var doubtful = observations
    doubtful.append(
      GaussianProcess.Observation(units: [0.42], value: 9, standardError: 50, count: 1))
    let careful = try #require(GaussianProcess(space, doubtful, isExact: false))
    #expect(careful.posterior([0.42]).mean < 6)
  }

  /// For a pair of points all can be written down: K = [[s+n, c], [c, s+n]].
  @Test func gaussianProcessMatchesTheFormula() throws {
    let space = try SearchSpace([Parameter("x", .real(0...1, log: false))])
    let values = [1.0, 3.0]
    let process = try #require(
      GaussianProcess(
        space,
        zip([0.2, 0.7], values).map {
          GaussianProcess.Observation(units: [$0], value: $1, standardError: 0.1, count: 1)
        }, isExact: false))
    // Standardised: mean 2, deviation 1.
    let noise = process.noise + 0.01
    func kernel(_ a: Double, _ b: Double) -> Double {
      let r = (5 * process.weights[0]).squareRoot() * abs(a - b)
      return process.signal * (1 + r + r * r / 3) * exp(-r)
    }
    let (a, b, c) = (process.signal + noise, kernel(0.2, 0.7), 0.5)
    let (k1, k2) = (kernel(c, 0.2), kernel(c, 0.7))
    let determinant = a * a - b * b
    let weights = [(a * -1 - b * 1) / determinant, (a * 1 - b * -1) / determinant]
    let (mean, deviation) = process.posterior([c])
    #expect(abs(mean - (2 + k1 * weights[0] + k2 * weights[1])) < 1e-9)
    let explained = (a * k1 * k1 - 2 * b * k1 * k2 + a * k2 * k2) / determinant
    #expect(abs(deviation - (process.signal - explained).squareRoot()) < 1e-9)
  }

  @Test func logExpectedImprovement() {
    // Where it can be computed directly, and by the integral's known expansion far out.
    for z in stride(from: -6.0, through: 4, by: 0.25) {
      let direct = exp(-z * z / 2) / (2 * .pi).squareRoot() + z * erfc(-z / 2.0.squareRoot()) / 2
      #expect(abs(exp(ExpectedImprovement.logPart(z)) / direct - 1) < 1e-6, "z \(z)")
    }
    for z in [-20.001, -19.999, -30, -100, -1e4] {
      let expansion =
        -z * z / 2 - log(2 * .pi) / 2 + log((1 - 3 / (z * z) + 15 / pow(z, 4)) / (z * z))
      #expect(abs(ExpectedImprovement.logPart(z) - expansion) < 1e-4, "z \(z)")
    }
    #expect(
      abs(ExpectedImprovement.logNormal(-20.001) - ExpectedImprovement.logNormal(-19.999)) < 0.1)
    #expect(abs(ExpectedImprovement.logNormal(0) - log(0.5)) < 1e-12)
  }

  /// Densities integrate to 1, masses add up to 1, whatever was observed.
  @Test func parzenEstimatorIsADensity() throws {
    let space = try SearchSpace([
      Parameter("x", .real(0...1, log: false)),
      Parameter("n", .integer(1...30, step: 1, log: true)),
      Parameter("k", .categorical(["a", "b", "c"])),
    ])
    for seed in 0..<5 {
      var stream = DrawStream(seed: UInt64(seed), trial: 0, .candidates)
      let observed = (0..<(1 + stream.index(below: 9))).map { _ in
        (0..<3).map { _ in stream.uniform() as Double? }
      }
      let weights = ParzenEstimator.fadingWeights(observed.count)
      func estimator(_ place: Int) -> ParzenEstimator {
        ParzenEstimator(space, places: [place], observations: observed, weights: weights)
      }
      let x = estimator(0)
      let steps = 2000
      let integral = (0..<steps).reduce(0) {
        $0 + exp(x.logDensity([(Double($1) + 0.5) / Double(steps)])) / Double(steps)
      }
      #expect(abs(integral - 1) < 1e-3, "seed \(seed): \(integral)")
      for place in [1, 2] {
        let parameter = space.parameters[place]
        let mass = (0..<(parameter.count ?? 0)).reduce(0) {
          $0 + exp(estimator(place).logDensity([parameter.unit(of: parameter.value(at: $1))]))
        }
        #expect(abs(mass - 1) < 1e-6, "seed \(seed): \(mass)")
      }
    }
  }

  /// Worked out by hand: two observations, kernels + 1 = 4, so widths are at least 1/4.
  @Test func parzenEstimatorMatchesTheFormula() throws {
    let space = try SearchSpace([Parameter("x", .real(0...1, log: false))])
    let estimator = ParzenEstimator(
      space, places: [0], observations: [[0.2], [0.9]], weights: [1, 1])
    func below(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }
    func cut(_ x: Double, _ mean: Double, _ width: Double) -> Double {
      let z = (x - mean) / width
      let mass = below((1 - mean) / width) - below(-mean / width)
      return exp(-z * z / 2) / (2 * .pi).squareRoot() / width / mass
    }
    let expected = (cut(0.4, 0.2, 0.7) + cut(0.4, 0.9, 0.7) + cut(0.4, 0.5, 1)) / 3
    #expect(abs(exp(estimator.logDensity([0.4])) - expected) < 1e-12)
    #expect(ParzenEstimator.fadingWeights(3) == [1, 1, 1])
    let faded = ParzenEstimator.fadingWeights(28)
    #expect(
      faded.prefix(3) == [1.0 / 28, (1 + 1.0 / 28) / 2, 1]
        && faded.suffix(25).allSatisfy { $0 == 1 })
  }

  @Test func ranksAndVolumes() {
    let points: [[Double]] = [[1, 4], [2, 2], [4, 1], [2, 4], [3, 3], [5, 5]]
    #expect(ParetoRanking.ranks(points) == [0, 0, 0, 1, 1, 2])
    #expect(ParetoRanking.front(points) == [0, 1, 2])
    #expect(!ParetoRanking.dominates([1, 1], [1, 1]))
    // 4x1 + 3x2 + 1x1 of the square below (5, 5).
    #expect(Hypervolume.of(points, reference: [5, 5]) == 4 * 1 + 3 * 2 + 1)
    #expect(Hypervolume.of([[1, 1, 1]], reference: [3, 3, 3]) == 8)
    #expect(Hypervolume.of([[1, 2, 1], [2, 1, 1], [0, 0, 2]], reference: [3, 3, 3]) == 3 + 9)
    #expect(Hypervolume.of([[4, 0]], reference: [3, 3]) == 0)
    #expect(Hypervolume.of([], reference: [3, 3]) == 0)
    #expect(Set(ParetoRanking.best(points, count: 3)) == [0, 1, 2])
    // Of the first front the middle one covers most.
    #expect(ParetoRanking.best(points, count: 1) == [1])
  }

  /// Random points in three and four dimensions against counting by throwing.
  @Test func volumesAgreeWithCounting() {
    for seed in 0..<4 {
      var stream = DrawStream(seed: UInt64(seed), trial: 0, .candidates)
      let dimensions = 3 + seed % 2
      let points = (0..<8).map { _ in (0..<dimensions).map { _ in stream.uniform() } }
      let exact = Hypervolume.of(points, reference: [Double](repeating: 1, count: dimensions))
      let throwsCount = 20_000
      var hits = 0
      for _ in 0..<throwsCount {
        let dart = (0..<dimensions).map { _ in stream.uniform() }
        if points.contains(where: { point in zip(point, dart).allSatisfy { $0 <= $1 } }) {
          hits += 1
        }
      }
      let share = Double(hits) / Double(throwsCount)
      let error = (exact * (1 - exact) / Double(throwsCount)).squareRoot()
      #expect(abs(share - exact) < 5 * error, "seed \(seed): \(exact), \(share)")
    }
  }

  /// A slanted valley in five dimensions: a thousandth of its first depth within 60 generations.
  @Test func cmaesAdapts() {
    var state = CMAESState(dimensions: 5, population: 8)
    func value(_ x: [Double]) -> Double {
      let sum = x.reduce(0, +) - 1.5
      return 1000 * sum * sum + x.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
    }
    let first = value(state.mean)
    for generation in 0..<60 {
      var stream = DrawStream(seed: 5, trial: generation, .candidates)
      let points = (0..<8).map { _ in state.point((0..<5).map { _ in stream.normal() }) }
      state.update(points.sorted { value($0) < value($1) })
    }
    #expect(value(state.mean) < first / 1000, "\(value(state.mean)) of \(first)")
  }
}
