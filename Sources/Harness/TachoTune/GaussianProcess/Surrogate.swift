// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog
import TachoRecord

/// What is believed of a study's objective, constraints and failures.
package struct Surrogate: Sendable {
  private let space: SearchSpace
  private let objective: GaussianProcess?
  private let constraints: [GaussianProcess]
  private let failures: FeasibilityEstimate?
  private let prior: (@Sendable (Configuration) -> Double?)?
  /// The lowest posterior mean among tried points that keep the constraints; nil when none is believed to.
  private let threshold: Double?

  /// Nil when too little was measured to fit anything.
  package init?(_ setup: SamplerSetup, _ history: StudyHistory) {
    let space = setup.space
    self.space = space
    failures = FeasibilityEstimate(history)
    let measured = Self.chosen(history.finished.filter(\.isMeasured))
    guard measured.count >= 2 else { return nil }
    let prior = Self.useful(setup.prior, measured)
    self.prior = prior
    func observations(_ value: (TriedPoint) -> MeasuredMean) -> [GaussianProcess.Observation] {
      measured.map { point in
        let mean = value(point)
        return GaussianProcess.Observation(
          units: point.units, value: mean.mean, standardError: mean.standardError,
          count: mean.count)
      }
    }
    // A prediction is in the losses' own unit.
    let scale = prior == nil ? LossScale(measured.map(\.loss)) : .plain
    let losses = observations { point in
      var loss = point.losses[0]
      loss.mean -= prior?(point.configuration) ?? 0
      return scale.apply(loss)
    }
    guard let objective = GaussianProcess(space, losses, isExact: !setup.isNoisy) else {
      return nil
    }
    let processes = (0..<setup.constraints).compactMap { place in
      GaussianProcess(
        space, observations { $0.constraints[place] }, isExact: !setup.isNoisy)
    }
    constraints = processes
    // What runs is believed to come out at its mean, so that nobody tries the same beside it.
    let believed = history.open.map { open in
      GaussianProcess.Observation(
        units: open.units, value: objective.posterior(open.units).mean, standardError: 0, count: 1)
    }
    let liar =
      believed.isEmpty
      ? objective : GaussianProcess(space, losses + believed, isExact: !setup.isNoisy) ?? objective
    self.objective = liar
    threshold = measured.filter { point in
      setup.isNoisy
        ? processes.allSatisfy { $0.posterior(point.units).mean <= 0 } : point.violation == 0
    }.map { liar.posterior($0.units).mean + (prior?($0.configuration) ?? 0) }.min()
  }

  /// Of too many observations the best half and the latest half.
  private static func chosen(_ measured: [TriedPoint]) -> [TriedPoint] {
    let most = GaussianProcess.mostPoints
    guard measured.count > most else { return measured }
    let latest = measured.suffix(most / 2)
    let best = measured.dropLast(most / 2).sorted {
      ($0.violation, $0.loss, $0.number) < ($1.violation, $1.loss, $1.number)
    }.prefix(most - most / 2)
    return (best + latest).sorted { $0.number < $1.number }
  }

  /// A prediction is used only while it explains some of what was measured.
  private static func useful(
    _ prior: (@Sendable (Configuration) -> Double?)?, _ measured: [TriedPoint]
  ) -> (@Sendable (Configuration) -> Double?)? {
    guard let prior else { return nil }
    let pairs = measured.compactMap { point in
      prior(point.configuration).map { (loss: point.loss, left: point.loss - $0) }
    }
    guard pairs.count == measured.count else { return nil }
    func spread(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    return spread(pairs.map(\.left)) < spread(pairs.map(\.loss)) ? prior : nil
  }

  /// What is believed of the first objective's loss at a configuration, on the model's scale
  /// (`LossScale`), which keeps the order.
  package func loss(_ configuration: Configuration) -> (mean: Double, deviation: Double) {
    let units = space.units(of: configuration)
    guard let objective else { return (0, 1) }
    let (mean, deviation) = objective.posterior(units)
    return (mean + (prior?(configuration) ?? 0), deviation)
  }

  /// The believed chance that a configuration keeps all constraints and does not fail.
  package func feasibility(_ configuration: Configuration) -> Double {
    exp(logFeasibility(space.units(of: configuration)))
  }

  /// The believed chance that a point crashes, runs out of memory or time, or is refused.
  func failureChance(_ units: [Double?]) -> Double { 1 - (failures?.chance(units) ?? 1) }

  private func logFeasibility(_ units: [Double?]) -> Double {
    var sum = failures.map { log($0.chance(units)) } ?? 0
    for constraint in constraints {
      let (mean, deviation) = constraint.posterior(units)
      sum += ExpectedImprovement.logNormal(-mean / deviation)
    }
    return sum
  }

  /// ln of expected improvement times feasibility.
  func acquisition(_ units: [Double?]) -> Double {
    let feasibility = logFeasibility(units)
    guard let objective, let threshold else { return feasibility }
    var (mean, deviation) = objective.posterior(units)
    if let prior {
      let cube = units.map { $0 ?? 0.5 }
      mean += prior(space.configuration(at: cube)) ?? 0
    }
    deviation = max(deviation, 1e-300)
    return feasibility
      + ExpectedImprovement.log(mean: mean, deviation: deviation, below: threshold)
  }
}
