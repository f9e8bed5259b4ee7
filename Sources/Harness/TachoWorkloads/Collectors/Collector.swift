// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoKernels
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
  /// Every collector asked for: those that share something agree on who has it.
  package var collect: [String]
  /// Has the workload's thread pool tell a probe of every launch, or nobody (nil); nil without a pool.
  ///
  /// To be called between launches only; the pool's workers are `threadIDs`, in that order.
  package var attach: (@Sendable ((any LaunchProbe)?) -> Void)?

  package init(
    threadIDs: [Int32] = [], events: [String] = [], collect: [String] = [],
    attach: (@Sendable ((any LaunchProbe)?) -> Void)? = nil
  ) {
    self.threadIDs = threadIDs
    self.events = events
    self.collect = collect
    self.attach = attach
  }
}

extension Collector {
  package var facts: [String: ConfigurationValue] { [:] }

  package var repetitions: Int { 1 }
}
