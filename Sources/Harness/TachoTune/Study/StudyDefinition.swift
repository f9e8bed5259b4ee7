// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// A study: what is searched, what for, how, and how long.
package struct StudyDefinition: Sendable {
  package var name: String
  package var space: SearchSpace
  package var objectives: [StudyObjective]
  package var constraints: [StudyConstraint]
  package var budget: StudyBudget
  /// nil chooses: the grid where it fits, else by the study (`SamplerChoice`).
  package var sampler: String?
  package var samplerOptions: Configuration
  package var seed: UInt64
  /// Whether a configuration measured twice gives two values.
  package var isNoisy: Bool

  package init(
    name: String, space: SearchSpace, objectives: [StudyObjective],
    constraints: [StudyConstraint] = [], budget: StudyBudget, sampler: String? = nil,
    samplerOptions: Configuration = Configuration(), seed: UInt64, isNoisy: Bool = false
  ) {
    self.name = name
    self.space = space
    self.objectives = objectives
    self.constraints = constraints
    self.budget = budget
    self.sampler = sampler
    self.samplerOptions = samplerOptions
    self.seed = seed
    self.isNoisy = isNoisy
  }
}

/// What a study may spend.
package struct StudyBudget: Sendable, Hashable, Codable {
  /// Measurements: a configuration measured three times counts three.
  package var trials: Int
  /// In the unit of the trials' cost, seconds for engines; nil without limit.
  package var cost: Double?
  /// Share of the trials kept for measuring the best configurations once more, where values are noisy.
  package var confirm: Double

  package init(trials: Int, cost: Double? = nil, confirm: Double = 0.25) {
    self.trials = trials
    self.cost = cost
    self.confirm = confirm
  }
}
