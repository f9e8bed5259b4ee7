// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog

/// A Gaussian process of the objective, and one of each constraint: tries where the expected improvement
/// times the chance to keep the constraints and not to fail is highest.
///
/// Noise-aware: known standard errors enter each observation's variance, and what is to be improved is the
/// lowest posterior mean among what was tried, never the luckiest value. Until something keeps all
/// constraints, the chance to keep them alone is searched. Parallel workers: a running trial is taken to
/// come out at its posterior mean (Kriging believer). One objective.
package struct GaussianProcessSampler: Sampler {
  package static let name = "gp"
  package static let summary =
    "Gaussian process with expected improvement; few trials, noise, constraints; one objective."

  static let startup = Knob(
    "sampler.startup", .int(2...10_000), default: 8,
    "Evenly spread trials before the model is used.")
  static let candidates = Knob(
    "sampler.candidates", .int(1...100_000), default: 512,
    "Points of which the best begin the search for the highest expected improvement.")
  package static let knobs = [startup, candidates]

  private let setup: SamplerSetup
  private let sequence: SobolSequence

  package init(_ setup: SamplerSetup) throws(SamplerError) {
    guard setup.objectives == 1 else {
      throw SamplerError(
        "\(Self.name) has one objective, the study \(setup.objectives); take"
          + " \(TPESampler.name) or \(NSGA2Sampler.name)")
    }
    guard setup.space.parameters.count <= SobolDirections.dimensions else {
      throw SamplerError(
        "\(Self.name) takes up to \(SobolDirections.dimensions) parameters, the space has"
          + " \(setup.space.parameters.count)")
    }
    self.setup = setup
    sequence = SobolSequence(dimensions: setup.space.parameters.count)
  }

  package func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]? {
    guard history.finished.count >= setup.int(Self.startup),
      let model = Surrogate(setup, history)
    else {
      let index = UInt32(truncatingIfNeeded: attempt << 20 | trial & 0xFFFFF)
      return sequence.scrambledPoint(index, seed: setup.seed)
    }
    let search = AcquisitionSearch(
      setup: setup, model: model, history: history, trial: trial, attempt: attempt,
      spread: setup.int(Self.candidates))
    return search.best()
  }
}
