// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoKernels
package import TachoRecord

/// Times one sample after another and has the collectors look at the same span.
package final class SampleMeter {
  private let collectors: [any Collector]
  private var startNs = 0

  /// The resource use, and the collectors named.
  package init(
    collect names: [String] = [], _ request: CollectorRequest = CollectorRequest()
  ) throws {
    let chosen = ["usage"] + names.filter { $0 != "usage" }
    collectors = try chosen.map { try Collectors.all.make($0)(request) }
  }

  package var facts: [String: ConfigurationValue] {
    collectors.reduce(into: [:]) { $0.merge($1.facts) { $1 } }
  }

  /// How many times a sample's work is done, of which only the last is reported.
  package var repetitions: Int { collectors.map(\.repetitions).max() ?? 1 }

  /// Begins the timed region; nothing that is not to be measured may follow.
  @discardableResult
  package func start() -> Int {
    for collector in collectors { collector.begin() }
    startNs = MonotonicClock.now()
    return startNs
  }

  /// Ends the timed region: its times and what the collectors saw.
  package func stop() -> Observation {
    let endNs = MonotonicClock.now()
    for collector in collectors.reversed() { collector.end() }
    var observation = Observation(startNs: startNs, endNs: endNs)
    for collector in collectors { collector.report(into: &observation) }
    return observation
  }
}
