// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoKernels
package import TachoRecord

/// Times one sample after another and has the collectors look at the same span.
package final class SampleMeter {
  private let collectors: [any Collector]
  /// Where kernel launches are recorded, when that was asked for: for the pool that runs the sample.
  package let recorder: LaunchRecorder?
  private var trace: LaunchTrace?
  private var startNs = 0
  private static let allocations = "allocations"

  /// The resource use and the allocations, and the collectors named.
  package init(
    collect names: [String] = [], recordLaunches: LaunchRecording = .none,
    _ request: CollectorRequest = CollectorRequest()
  ) throws {
    recorder = LaunchRecorder(recordLaunches)
    // The later ones see less of the others: they begin last and end first.
    let innermost = [Self.allocations, InstructionCounts.collector]
    let chosen =
      ["usage"] + names.filter { $0 != "usage" && !innermost.contains($0) }
      + innermost.filter { $0 == Self.allocations || names.contains($0) }
    var request = request
    request.collect = chosen
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
    // Of a sample that failed half way.
    recorder?.discard()
    for collector in collectors { collector.begin() }
    startNs = MonotonicClock.now()
    return startNs
  }

  /// Ends the timed region: its times and what the collectors saw.
  package func stop() -> Observation {
    let endNs = MonotonicClock.now()
    // By index: to turn an array round may allocate, and the last collector counts that.
    var index = collectors.count
    while index > 0 {
      index -= 1
      collectors[index].end()
    }
    var observation = Observation(startNs: startNs, endNs: endNs)
    for collector in collectors { collector.report(into: &observation) }
    trace = recorder?.take()
    return observation
  }

  /// What was recorded in the sample that ended last, once; nil when nothing was.
  package func takeTrace() -> (trace: LaunchTrace, isPartial: Bool)? {
    defer { trace = nil }
    return trace.map { ($0, recorder?.mode == .slowSteps) }
  }
}
