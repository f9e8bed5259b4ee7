// SPDX-License-Identifier: Apache-2.0

/// One kernel launch: when the host decided on it, and when it went on; nanoseconds of CLOCK_MONOTONIC.
///
/// Plain numbers and a pointer, so that noting one costs far less than the shortest launch. When each
/// worker began and ended is in `LaunchTrace.workerNs`.
package struct Launch: Sendable {
  package var op: StaticString
  package var layer: Int32
  /// How many workers took part: so many pairs of `workerNs` are its own.
  package var workers: Int32
  package var step: Int
  package var enqueueNs: Int
  /// When the caller had left the barrier.
  package var endNs: Int
}

/// Work of the calling thread between launches that has a name: sampling, detokenising.
package struct HostSpan: Sendable {
  package var name: StaticString
  package var step: Int
  package var startNs: Int
  package var endNs: Int
}

/// One forward pass: its times, and what the operating system did to the process since the one before.
package struct StepMark: Sendable {
  package var step: Int
  /// Rows of the batch: 1 when one sequence decodes.
  package var rows: Int
  package var startNs: Int
  package var endNs: Int
  /// The processor on which the calling thread ended it.
  package var processor: Int
  package var involuntarySwitches: Int
  package var minorFaults: Int
  package var majorFaults: Int
  /// Whether it took longer than the steps before it by more than three times their median deviation.
  package var isSlow: Bool
}

/// What was recorded of one sample.
package struct LaunchTrace: Sendable {
  package var launches: [Launch] = []
  /// Start and end of each worker, launch after launch: `2 * workers` numbers for each.
  package var workerNs: [Int] = []
  package var spans: [HostSpan] = []
  package var steps: [StepMark] = []
  /// Launches that were not kept because there was no room.
  package var omitted = 0

  package init() {}
}
