// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// What a sampler is made for.
package struct SamplerSetup: Sendable {
  package var space: SearchSpace
  package var seed: UInt64
  package var objectives: Int
  package var constraints: Int
  /// The budget in trials; nil when only time is limited.
  package var trials: Int?
  /// Whether a configuration measured twice gives two values.
  package var isNoisy: Bool
  /// `sampler.<option>` as written.
  package var options: Configuration
  /// What a model of the machine predicts as the first objective's loss, in its unit: a first guess that
  /// measurements correct, never a result.
  package var prior: (@Sendable (Configuration) -> Double?)?

  package init(
    space: SearchSpace, seed: UInt64, objectives: Int = 1, constraints: Int = 0,
    trials: Int? = nil, isNoisy: Bool = false, options: Configuration = Configuration(),
    prior: (@Sendable (Configuration) -> Double?)? = nil
  ) {
    self.space = space
    self.seed = seed
    self.objectives = objectives
    self.constraints = constraints
    self.trials = trials
    self.isNoisy = isNoisy
    self.options = options
    self.prior = prior
  }

  /// An option's value, or its default.
  func int(_ knob: Knob) -> Int { (options[knob.path] ?? knob.defaultValue).intValue ?? 0 }

  func stream(_ trial: Int, _ purpose: DrawPurpose, lane: Int = 0) -> DrawStream {
    DrawStream(seed: seed, trial: trial, purpose, lane: lane)
  }
}
