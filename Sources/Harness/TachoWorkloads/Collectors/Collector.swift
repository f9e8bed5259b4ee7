// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// Observes the timed region of every sample, besides its clock.
///
/// To add one: a file in `Collectors/` with a conformance and one line in `Collectors.all`. What it sees
/// becomes fields of the observation, and metric rules make numbers of them. A collector that cannot
/// work on this machine does not throw: it reports why, so that the metric is unavailable with a reason.
package protocol Collector: AnyObject {
  /// Called once when a workload is prepared, after its threads exist.
  init(_ request: CollectorRequest) throws
  /// What it can and cannot observe here; laid over the run's facts.
  var facts: [String: ConfigurationValue] { get }
  /// How many times a sample's work is done, of which only the last is reported.
  var repetitions: Int { get }
  /// Right before the clock starts; the caller is the thread that will do the work.
  func begin()
  /// Right after the clock has stopped.
  func end()
  /// Fills in what was seen between the two.
  func report(into observation: inout Observation)
}

/// What a collector is told when it is made.
package struct CollectorRequest: Sendable {
  /// The kernel's ids of the threads to observe; empty for the calling process as a whole.
  package var threadIDs: [Int32]
  /// The events to count, in libpfm4's names; empty for a collector's own choice.
  package var events: [String]

  package init(threadIDs: [Int32] = [], events: [String] = []) {
    self.threadIDs = threadIDs
    self.events = events
  }
}

extension Collector {
  package var facts: [String: ConfigurationValue] { [:] }

  package var repetitions: Int { 1 }
}
