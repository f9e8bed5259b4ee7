// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoPlan
package import TachoRecord

/// Observes a point's work in a companion worker of its own, apart from the worker that is timed.
///
/// What it sees is no time: its observation says so by its mode (`ObservationMode.instrumented`).
package protocol PointInstrument {
  /// What is being done, for the progress line.
  var activity: String { get }
  /// Whether the point asks for it.
  func isWanted(for planned: PlannedPoint) -> Bool
  /// The observation of one repetition, with facts about how it came about.
  ///
  /// A failure is no failure of the point: its reason makes the metrics unavailable. Only `.interrupted`
  /// ends the run, which a resumed sweep then continues.
  func observe(
    _ planned: PlannedPoint
  ) throws(WorkerFailure) -> (observation: Observation, facts: [String: ConfigurationValue])
  /// What stands for the observation that could not be had.
  func unavailable(_ reason: String) -> Observation
}
