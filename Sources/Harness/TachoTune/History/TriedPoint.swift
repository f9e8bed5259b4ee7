// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// A trial as samplers see it: a point of the unit cube, losses to be made small.
package struct TriedPoint: Sendable {
  package let number: Int
  package let id: String
  package let configuration: Configuration
  /// nil where the parameter is not active.
  package let units: [Double?]
  package let state: TrialState
  /// One for each objective; empty when nothing was measured.
  package let losses: [MeasuredMean]
  /// At most 0 where kept.
  package let constraints: [MeasuredMean]
  /// It failed by its own doing.
  package let hasFailed: Bool

  /// What the constraints are exceeded by, in sum; infinite for failures.
  package var violation: Double {
    hasFailed ? .infinity : constraints.reduce(0) { $0 + max(0, $1.mean) }
  }

  /// Whether its losses can be compared with others'.
  package var isMeasured: Bool { !losses.isEmpty && !hasFailed }
  package var isFeasible: Bool { isMeasured && violation == 0 }
  /// The first objective's loss.
  package var loss: Double { losses.first?.mean ?? .infinity }
}
