// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog
import TachoRecord

/// Tree-structured Parzen estimators: draws where good trials are dense and bad ones are not.
///
/// With one objective the density is joint over all parameters, with several each parameter is drawn by
/// itself (multi-objective TPE: good trials by non-domination ranks, the last rank by hypervolume).
/// Good are ceil(n/10) of n finished trials, at most 25 with one objective: first those that keep all
/// constraints, then by violation; failures come last. 24 candidates from the good density l, the one
/// with the highest l/g is taken. Running trials count among the bad ones (a constant liar), so that
/// parallel workers do not try the same. Bergstra and others (NIPS 2011); Ozaki and others (GECCO 2020);
/// the constants are those of Optuna 5.
package struct TPESampler: Sampler {
  package static let name = "tpe"
  package static let summary =
    "Tree-structured Parzen estimators; any space, also several objectives."

  static let startup = Knob(
    "sampler.startup", .int(1...10_000), default: 10,
    "Evenly spread trials before the model is used.")
  static let candidates = Knob(
    "sampler.candidates", .int(1...10_000), default: 24, "Draws of which the best is tried.")
  package static let knobs = [startup, candidates]

  private let setup: SamplerSetup
  /// Nil for more parameters than it has dimensions.
  private let sequence: SobolSequence?

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    self.setup = setup
    let count = setup.space.parameters.count
    sequence = count <= SobolDirections.dimensions ? SobolSequence(dimensions: count) : nil
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    let finished = history.finished
    guard finished.count >= setup.int(Self.startup) else {
      return start(trial: trial, attempt: attempt)
    }
    let (good, bad) = split(finished)
    let split = Split(
      good: good, bad: (bad + history.open).sorted { $0.number < $1.number },
      failures: FeasibilityEstimate(history))
    var stream = setup.stream(trial, .candidates, lane: attempt)
    if setup.objectives == 1 { return jointCandidate(split, &stream, history) }
    return separateCandidate(split, &stream)
  }

  /// Evenly spread, where Optuna's are random.
  private func start(trial: Int, attempt: Int) -> [Double] {
    guard let sequence, attempt < 1 << 12 else {
      var stream = setup.stream(trial, .start, lane: attempt)
      return setup.space.parameters.map { _ in stream.uniform() }
    }
    let index = UInt32(truncatingIfNeeded: attempt << 20 | trial & 0xFFFFF)
    return sequence.scrambledPoint(index, seed: setup.seed)
  }

  private struct Split {
    let good: [TriedPoint]
    let bad: [TriedPoint]
    let failures: FeasibilityEstimate?
  }

  private func split(_ finished: [TriedPoint]) -> (good: [TriedPoint], bad: [TriedPoint]) {
    let tenth = (finished.count + 9) / 10
    let count = setup.objectives == 1 ? min(tenth, 25) : tenth
    let feasible = finished.filter(\.isFeasible)
    let broken = finished.filter { !$0.isFeasible }
      .sorted { ($0.violation, $0.number) < ($1.violation, $1.number) }
    let ranked: [TriedPoint]
    if setup.objectives == 1 {
      ranked = feasible.sorted { ($0.loss, $0.number) < ($1.loss, $1.number) }
    } else {
      let losses = feasible.map { $0.losses.map(\.mean) }
      let chosen = ParetoRanking.best(losses, count: min(count, feasible.count))
      let rest = Set(feasible.indices).subtracting(chosen).sorted()
      ranked = (chosen + rest).map { feasible[$0] }
    }
    let all = ranked + broken
    return (
      all.prefix(count).sorted { $0.number < $1.number },
      all.dropFirst(count).sorted { $0.number < $1.number }
    )
  }

  private func estimators(
    _ split: Split, places: [Int]
  ) -> (good: ParzenEstimator, bad: ParzenEstimator) {
    let space = setup.space
    // With several objectives the good ones do not fade.
    let goodWeights =
      setup.objectives == 1
      ? ParzenEstimator.fadingWeights(split.good.count)
      : [Double](repeating: 1, count: split.good.count)
    return (
      ParzenEstimator(
        space, places: places, observations: split.good.map(\.units), weights: goodWeights),
      ParzenEstimator(
        space, places: places, observations: split.bad.map(\.units),
        weights: ParzenEstimator.fadingWeights(split.bad.count))
    )
  }

  /// One density over all parameters; what breaks a requirement or was tried before yields to the rest.
  private func jointCandidate(
    _ split: Split, _ stream: inout DrawStream, _ history: StudyHistory
  ) -> [Double] {
    let space = setup.space
    let (good, bad) = estimators(split, places: Array(space.parameters.indices))
    var best: (score: Double, rank: Int, units: [Double])?
    for _ in 0..<setup.int(Self.candidates) {
      let drawn = good.sample(&stream)
      let configuration = space.configuration(at: drawn)
      let units = space.units(of: configuration)
      var rank = 2
      if space.brokenRequirement(of: configuration) != nil { rank = 0 }
      if rank > 0, !setup.isNoisy, history.hasTried(configuration) { rank = 1 }
      var score = good.logDensity(units) - bad.logDensity(units)
      if let failures = split.failures {
        let chance = failures.chance(units)
        score += log(chance)
        if rank == 2, chance < FeasibilityEstimate.leastChance { rank = 1 }
      }
      if let best, (best.rank, best.score) >= (rank, score) { continue }
      best = (score, rank, drawn)
    }
    return best?.units ?? []
  }

  /// Each parameter by its own densities.
  private func separateCandidate(_ split: Split, _ stream: inout DrawStream) -> [Double] {
    setup.space.parameters.indices.map { place in
      // Only trials that have the parameter say something about it.
      let having = Split(
        good: split.good.filter { $0.units[place] != nil },
        bad: split.bad.filter { $0.units[place] != nil }, failures: nil)
      let (good, bad) = estimators(having, places: [place])
      var best: (score: Double, unit: Double)?
      for _ in 0..<setup.int(Self.candidates) {
        let unit = good.sample(&stream)[0]
        let score = good.logDensity([unit]) - bad.logDensity([unit])
        if best.map({ score > $0.score }) ?? true { best = (score, unit) }
      }
      return best?.unit ?? 0.5
    }
  }
}
