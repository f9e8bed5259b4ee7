// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis

/// A density over some of a space's parameters: a mixture of one kernel for each observation and a wide
/// one for what is believed beforehand.
///
/// Kernels are products over the parameters. On the unit interval of a number a kernel is a normal cut to
/// 0...1, its width the larger gap to its neighbours, between 1 / min(100, kernels + 1) and 1; for
/// finite domains the mass of a cell. Of a category it is 1[c = c_i] + 1/kernels, normalised. The prior
/// kernel is a normal with mean 1/2 and width 1, and equal shares of categories; in a parameter that an
/// observation does not have, its kernel is the prior's. Bergstra and others (NIPS 2011); Watanabe,
/// arXiv 2304.11127; the constants are those of Optuna 5.
struct ParzenEstimator {
  private struct Kernel {
    var mean: Double
    var width: Double
    /// ln of the mass the normal has inside 0...1.
    var logMass: Double
    /// Place of the category; nil for the prior.
    var category: Int?
  }

  private let space: SearchSpace
  /// Places of the parameters it speaks of.
  private let places: [Int]
  private let weights: [Double]
  /// [parameter][kernel]; the last kernel is the prior.
  private let kernels: [[Kernel]]

  init(_ space: SearchSpace, places: [Int], observations: [[Double?]], weights: [Double]) {
    self.space = space
    self.places = places
    let all = weights + [1]
    let total = all.reduce(0, +)
    self.weights = all.map { $0 / total }
    kernels = places.map { place in
      Self.kernels(space.parameters[place], observations.map { $0[place] })
    }
  }

  /// Weights of `count` observations in order of age: equal, but from 25 on the older ones fade.
  static func fadingWeights(_ count: Int) -> [Double] {
    let faded = max(0, count - 25)
    return (0..<count).map { place in
      guard place < faded else { return 1 }
      guard faded > 1 else { return 1 / Double(count) }
      let low = 1 / Double(count)
      return low + (1 - low) * Double(place) / Double(faded - 1)
    }
  }

  private static func kernels(_ parameter: Parameter, _ observed: [Double?]) -> [Kernel] {
    let prior = Kernel(mean: 0.5, width: 1, logMass: logMass(-0.5, 0.5), category: nil)
    if parameter.isCategorical {
      return observed.map { unit in
        var kernel = prior
        kernel.category = unit.flatMap { parameter.index(of: parameter.value(atUnit: $0)) }
        return kernel
      } + [prior]
    }
    let widths = widths(observed.compactMap { $0 }, kernels: observed.count + 1)
    var next = 0
    return observed.map { unit in
      guard let unit else { return prior }
      defer { next += 1 }
      let width = widths[next]
      return Kernel(
        mean: unit, width: width, logMass: logMass(-unit / width, (1 - unit) / width),
        category: nil)
    } + [prior]
  }

  private static func widths(_ means: [Double], kernels: Int) -> [Double] {
    let order = means.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    let narrowest = 1 / min(100, 1 + Double(kernels))
    var widths = [Double](repeating: 0, count: means.count)
    for (rank, place) in order.enumerated() {
      let before = rank > 0 ? means[order[rank - 1]] : 0
      let after = rank + 1 < order.count ? means[order[rank + 1]] : 1
      var gap = max(means[place] - before, after - means[place])
      // The ends of the range are no neighbours where there is another.
      if order.count >= 2, rank == 0 { gap = after - means[place] }
      if order.count >= 2, rank == order.count - 1 { gap = means[place] - before }
      widths[place] = min(max(gap, narrowest), 1)
    }
    return widths
  }

  /// ln(P(a < Z < b)), in the tail where it is accurate.
  private static func logMass(_ a: Double, _ b: Double) -> Double {
    let mass =
      a > 0
      ? NormalDistribution.below(-a) - NormalDistribution.below(-b)
      : NormalDistribution.below(b) - NormalDistribution.below(a)
    return log(max(mass, 1e-300))
  }

  /// A draw: unit coordinates for `places`, those of finite domains the middles of cells.
  func sample(_ stream: inout DrawStream) -> [Double] {
    let kernel = stream.index(weights: weights)
    return places.indices.map { index in
      let parameter = space.parameters[places[index]]
      let unit: Double
      if parameter.isCategorical {
        let count = parameter.count ?? 1
        let shares = (0..<count).map { share(of: $0, kernels[index][kernel], count) }
        unit = (Double(stream.index(weights: shares)) + 0.5) / Double(count)
      } else {
        unit = Self.draw(kernels[index][kernel], &stream)
      }
      return parameter.unit(of: parameter.value(atUnit: unit)) ?? unit
    }
  }

  private func share(of category: Int, _ kernel: Kernel, _ count: Int) -> Double {
    guard let own = kernel.category else { return 1 / Double(count) }
    let rest = 1 / Double(weights.count)
    return ((own == category ? 1 : 0) + rest) / (1 + rest * Double(count))
  }

  private static func draw(_ kernel: Kernel, _ stream: inout DrawStream) -> Double {
    var (a, b) = (-kernel.mean / kernel.width, (1 - kernel.mean) / kernel.width)
    let isMirrored = a > 0
    if isMirrored { (a, b) = (-b, -a) }
    let (low, high) = (NormalDistribution.below(a), NormalDistribution.below(b))
    var z = NormalDistribution.quantile(low + stream.uniform() * (high - low))
    z = min(max(z, a), b)
    return min(max(kernel.mean + kernel.width * (isMirrored ? -z : z), 0), 1)
  }

  /// ln of the density (mass, for finite domains) at a point; nil coordinates are not counted.
  func logDensity(_ units: [Double?]) -> Double {
    var terms = weights.map { log($0) }
    for (index, place) in places.enumerated() {
      guard let unit = units[index] else { continue }
      let parameter = space.parameters[place]
      if parameter.isCategorical {
        let count = parameter.count ?? 1
        let category = parameter.index(of: parameter.value(atUnit: unit)) ?? 0
        for k in terms.indices { terms[k] += log(share(of: category, kernels[index][k], count)) }
      } else if let cell = parameter.cell(atUnit: unit) {
        for k in terms.indices {
          let kernel = kernels[index][k]
          terms[k] +=
            Self.logMass(
              (cell.lowerBound - kernel.mean) / kernel.width,
              (cell.upperBound - kernel.mean) / kernel.width) - kernel.logMass
        }
      } else {
        for k in terms.indices {
          let kernel = kernels[index][k]
          let z = (unit - kernel.mean) / kernel.width
          terms[k] -= 0.5 * z * z + log(kernel.width * (2 * .pi).squareRoot()) + kernel.logMass
        }
      }
    }
    let largest = terms.max() ?? 0
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }
}
