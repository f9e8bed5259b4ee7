// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoCounters
import TachoKernels
package import TachoRecord

/// Counts events over whole samples and inside every kernel launch.
///
/// Each worker reads its own counters before and after its share of a launch. What that costs is measured
/// when the collector is made and stands in the facts; it lies outside the launches' counts, but inside the
/// samples'.
package final class LaunchCountersCollector: Collector {
  static let name = "launch-counters"

  private let session: CounterSession
  private let attach: (@Sendable ((any LaunchProbe)?) -> Void)?
  private var tally: LaunchTally?
  private var cost: ConfigurationValue = .null
  private var inUserMode = false

  package init(_ request: CollectorRequest) throws {
    session = try CounterSession(
      CountersCollector.events(request), threads: request.threadIDs, userPages: true)
    attach = request.attach
    if attach != nil { measureCost() }
  }

  package var facts: [String: ConfigurationValue] {
    var facts = session.facts
    guard attach != nil else {
      facts["counters.read_ns"] = .string(
        "unavailable: this workload has no thread pool that outlives a sample")
      return facts
    }
    facts["counters.read_ns"] = cost
    facts["counters.read_method"] = .string(inUserMode ? "rdpmc" : "read")
    return facts
  }

  package func begin() {
    session.begin()
    guard let attach else { return }
    let tally = LaunchTally(session.launchGroups)
    self.tally = tally
    attach(tally)
  }

  package func end() {
    attach?(nil)
    session.end()
  }

  package func report(into observation: inout Observation) {
    observation.kernelCounters = tally?.readings(of: session)
    observation.counters = session.readings()
  }

  /// The time of one reading on the calling thread, worker 0: the best of several rounds, for a lost processor
  /// is none of its cost.
  private func measureCost() {
    session.begin()
    defer { session.end() }
    guard let group = session.launchGroups.first ?? nil else {
      cost = .string("unavailable: nothing could be opened to read")
      return
    }
    inUserMode = group.readsInUserMode
    let tally = LaunchTally([group])
    let pairs = 200
    var best = Int.max
    for _ in 0..<10 {
      let start = MonotonicClock.now()
      for _ in 0..<pairs {
        tally.began(worker: 0)
        tally.ended("calibration", worker: 0)
      }
      best = min(best, MonotonicClock.now() - start)
    }
    cost = .double(Double(best) / Double(2 * pairs))
  }
}
