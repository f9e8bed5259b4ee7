// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// What gives a study its values: a test function, or launch pairs against a reference configuration.
package protocol TrialMeasurer: Sendable {
  /// Measures a configuration once more; `repetition` is 0 for the first time. Values and constraints come
  /// in the study's order with their standard errors, failures as outcomes; an error ends the study.
  func measure(
    _ configuration: Configuration, trial: Int, repetition: Int
  ) throws -> TrialOutcome
}
