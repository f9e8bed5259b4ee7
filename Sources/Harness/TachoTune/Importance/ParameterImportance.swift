// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis

/// How much a parameter decides whether a configuration is among the best.
package struct ParameterImportance: Sendable, Hashable {
  package let path: String
  /// Its part of the importance of all parameters.
  package let share: Double
  /// The share's 90% bootstrap interval over trials.
  package let low: Double
  package let high: Double
}

/// PED-ANOVA: a parameter matters as far as its values among the best tenth differ from those of all trials.
///
/// The Pearson divergence of the two densities, sum over cells of p_all (p_top / p_all - 1)^2: the
/// variance that a parameter by itself explains of being among the best (Watanabe, Bansal and Hutter,
/// IJCAI 2023). Densities are Parzen's with Scott's widths on at most 50 cells.
package enum ImportanceAnalysis {
  static let topShare = 0.1
  /// Fewer good trials tell nothing.
  static let fewestTop = 5
  static let cells = 50
  static let resamples = 200

  /// The most important first; nil with fewer than 50 feasible trials.
  package static func importances(
    _ history: StudyHistory, seed: UInt64
  ) -> [ParameterImportance]? {
    let trials = history.finished.filter(\.isFeasible)
    guard let shares = shares(history.space, trials) else { return nil }
    var stream = DrawStream(seed: seed, trial: trials.count, .bootstrap)
    let drawn = (0..<resamples).compactMap { _ in
      self.shares(
        history.space, trials.map { _ in trials[stream.index(below: trials.count)] })
    }
    return history.space.parameters.indices.map { place in
      let sorted = drawn.map { $0[place] }.sorted()
      return ParameterImportance(
        path: history.space.parameters[place].path, share: shares[place],
        low: sorted[sorted.count / 20], high: sorted[sorted.count - 1 - sorted.count / 20])
    }.sorted { ($0.share, $1.path) > ($1.share, $0.path) }
  }

  private static func shares(_ space: SearchSpace, _ trials: [TriedPoint]) -> [Double]? {
    let count = Int((Double(trials.count) * topShare).rounded(.up))
    guard count >= fewestTop else { return nil }
    let top = trials.sorted { ($0.loss, $0.number) < ($1.loss, $1.number) }.prefix(count)
    let divergences = space.parameters.indices.map { place in
      divergence(
        space.parameters[place], top: top.compactMap { $0.units[place] },
        all: trials.compactMap { $0.units[place] })
    }
    let total = divergences.reduce(0, +)
    return divergences.map { total > 0 ? $0 / total : 0 }
  }

  private static func divergence(_ parameter: Parameter, top: [Double], all: [Double]) -> Double {
    guard !top.isEmpty, !all.isEmpty else { return 0 }
    let (p, q) = (masses(parameter, top), masses(parameter, all))
    return zip(p, q).reduce(0) { sum, pair in
      let excess = pair.0 / pair.1 - 1
      return sum + pair.1 * excess * excess
    }
  }

  /// The mass of each cell; none is 0.
  private static func masses(_ parameter: Parameter, _ units: [Double]) -> [Double] {
    let n = Double(units.count)
    if parameter.isCategorical, let count = parameter.count {
      var masses = [Double](repeating: 1 / Double(count), count: count)
      for unit in units { masses[min(Int(unit * Double(count)), count - 1)] += 1 }
      return masses.map { $0 / (n + 1) }
    }
    let count = min(cells, max(parameter.count ?? cells, 1))
    let mean = units.reduce(0, +) / n
    let variance = units.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let width = max(variance.squareRoot() * pow(n, -0.2), 0.5 / Double(count))
    var masses = [Double](repeating: 1e-6, count: count)
    for unit in units {
      func below(_ edge: Double) -> Double { NormalDistribution.below((edge - unit) / width) }
      let inside = below(1) - below(0)
      var last = below(0)
      for cell in 0..<count {
        let next = below(Double(cell + 1) / Double(count))
        masses[cell] += (next - last) / inside / n
        last = next
      }
    }
    let total = masses.reduce(0, +)
    return masses.map { $0 / total }
  }
}
