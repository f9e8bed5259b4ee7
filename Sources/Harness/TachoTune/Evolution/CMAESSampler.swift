// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog

/// Covariance matrix adaptation: for numbers, five or more of them, and budgets of hundreds.
///
/// The state is found again from the history for each trial: finished trials in the order of their numbers,
/// cut into generations, whoever proposed them. Points outside the ranges are drawn again up to 100 times,
/// then cut. Failures and broken constraints rank last. One objective.
package struct CMAESSampler: Sampler {
  package static let name = "cma-es"
  package static let summary =
    "Covariance matrix adaptation; numbers only, larger budgets; one objective."

  static let population = Knob(
    "sampler.population", .int(0...10_000), default: 0,
    "Trials of a generation; 0 is 4 + 3 ln(parameters).")
  package static let knobs = [population]
  static let redraws = 100

  private let setup: SamplerSetup
  private let size: Int

  package var isThinned: Bool { true }

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    guard setup.objectives == 1 else {
      throw SamplerError(
        "\(Self.name) has one objective, the study \(setup.objectives); take"
          + " \(TPESampler.name) or \(NSGA2Sampler.name)")
    }
    if let category = setup.space.parameters.first(where: \.isCategorical) {
      throw SamplerError(
        "\(Self.name) searches numbers, and '\(category.path)' is categorical; make it ordinal if its"
          + " values have an order, or take \(TPESampler.name) or \(GaussianProcessSampler.name)")
    }
    self.setup = setup
    let count = setup.space.parameters.count
    let wanted = setup.int(Self.population)
    guard wanted == 0 || wanted >= 4 else {
      throw SamplerError("\(Self.population.path): a generation has at least 4 trials")
    }
    size = wanted > 0 ? wanted : 4 + Int(3 * log(Double(count)))
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    var state = CMAESState(dimensions: setup.space.parameters.count, population: size)
    let finished = history.finished
    for start in stride(from: 0, through: finished.count - size, by: size) {
      let generation = finished[start..<(start + size)].sorted {
        ($0.violation, $0.loss, $0.number) < ($1.violation, $1.loss, $1.number)
      }
      // A parameter that a trial did not have says nothing: the mean.
      let mean = state.mean
      state.update(generation.map { point in zip(point.units, mean).map { $0 ?? $1 } })
    }
    var stream = setup.stream(trial, .candidates, lane: attempt)
    var point: [Double] = []
    for _ in 0..<Self.redraws {
      point = state.point((0..<state.dimensions).map { _ in stream.normal() })
      if point.allSatisfy({ (0...1).contains($0) }) { break }
    }
    return point.map { min(max($0, 0), 1) }
  }
}
