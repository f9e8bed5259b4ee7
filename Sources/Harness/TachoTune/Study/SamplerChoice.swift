// SPDX-License-Identifier: Apache-2.0

/// Which sampler a study gets that names none, and why.
package struct SamplerChoice: Sendable, Hashable {
  package let name: String
  package let reason: String

  /// From this many trials on the Gaussian process costs more than it gains.
  static let mostModelled = 200
  static let mostModelledParameters = 20

  package init(_ study: StudyDefinition) {
    let trials = study.budget.trials
    if study.space.enumerated(limit: trials) != nil {
      name = GridSampler.name
      reason = "the budget suffices for every valid configuration"
    } else if study.objectives.count > 1 {
      name = trials >= 500 ? NSGA2Sampler.name : TPESampler.name
      reason = "\(study.objectives.count) objectives and \(trials) trials"
    } else if trials <= Self.mostModelled,
      study.space.parameters.count <= Self.mostModelledParameters
    {
      name = GaussianProcessSampler.name
      reason = "one objective, few trials and few parameters"
    } else {
      name = TPESampler.name
      reason = "one objective and many trials or parameters"
    }
  }
}
