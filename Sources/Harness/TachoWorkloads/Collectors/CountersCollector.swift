// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoCounters
package import TachoRecord

/// Counts events over whole samples, on each of the workload's threads.
package final class CountersCollector: Collector {
  /// What is counted when a suite names no events: the parts of time, the misses that explain it, and what
  /// the operating system did.
  package static let defaultEvents = [
    "instructions", "cycles", "cache-misses", "branch-misses", "dTLB-load-misses", "task-clock",
    "page-faults", "context-switches", "cpu-migrations",
  ]

  /// Nil when `launch-counters` counts the samples too: two would fight over the processor's counters.
  private let session: CounterSession?

  package init(_ request: CollectorRequest) throws {
    session =
      request.collect.contains(LaunchCountersCollector.name)
      ? nil : try CounterSession(Self.events(request), threads: request.threadIDs)
  }

  static func events(_ request: CollectorRequest) -> [String] {
    request.events.isEmpty ? defaultEvents : request.events
  }

  package var facts: [String: ConfigurationValue] { session?.facts ?? [:] }

  package func begin() { session?.begin() }

  package func end() { session?.end() }

  package func report(into observation: inout Observation) {
    guard let session else { return }
    observation.counters = session.readings()
  }
}
