// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoKernels
import TachoRecord
import TachoWorkloads
import Testing

/// The collectors on real threads.
///
/// Software events work everywhere but under a strict kernel.
@Suite struct CountersCollectorTests {
  private let server = WorkerServer(version: "1.2.3")

  private func answer(_ request: WorkerRequest) throws -> WorkerReply {
    server.answer(String(decoding: try JSONEncoder().encode(request), as: UTF8.self)).reply
  }

  /// Prepares the kernel `null` on two threads and takes a sample.
  private func sample(
    _ collect: [String], events: [String] = []
  ) throws -> (facts: [String: ConfigurationValue], observation: Observation) {
    let reply = try answer(
      .prepare(
        kind: "kernel",
        configuration: Configuration([
          "kernel.op": "read", "kernel.working_set_mib": 8, "engine.threads": 2,
        ]),
        recordLaunches: false, collect: collect, events: events))
    guard case .prepared(let facts) = reply else {
      Issue.record("\(reply)")
      throw CancellationError()
    }
    guard case .sample(let observation) = try answer(.sample(index: 0, seed: 1)) else {
      Issue.record("no sample")
      throw CancellationError()
    }
    return (facts, observation)
  }

  private func check(_ readings: [CounterReading]?, _ events: [String]) throws {
    let readings = try #require(readings)
    #expect(readings.map(\.event) == events)
    for reading in readings {
      // A value or a reason, never both, never neither.
      #expect((reading.total.value == nil) == (reading.total.reason != nil), "\(reading)")
      #expect((reading.total.value == nil) == (reading.total.validity == .unavailable))
    }
  }

  @Test func aSampleIsCountedOnEveryThread() throws {
    let (facts, observation) = try sample(["counters"])
    try check(observation.counters, CountersCollector.defaultEvents)
    #expect(facts["counters.threads"] == 2 && observation.kernelCounters == nil)
    let clock = try #require(observation.counter(.taskClock))
    guard let value = clock.total.value else {
      #expect(clock.total.reason?.contains("perf_event_paranoid") == true)
      return
    }
    #expect(clock.threads.count == 2 && Set(clock.threads.map(\.thread)).count == 2)
    // Two threads: at least a tenth of the region on a processor, and no more than both all the time.
    #expect(value > 0.1e9 * observation.seconds && value < 2.2e9 * observation.seconds)
    let metrics = Dictionary(
      MetricRules.measurements(of: observation).map { ($0.metric.id, $0.reading) }
    ) { $1 }
    #expect(metrics["counters/task-clock"]?.number == value / 1e9)
    if observation.counter(.instructions)?.total.value == nil {
      guard case .unavailable(let reason) = metrics["counters/ipc"] else {
        Issue.record("\(String(describing: metrics["counters/ipc"]))")
        return
      }
      #expect(reason.hasPrefix("instructions: "))
    }
  }

  @Test func launchesAreCountedByOperation() throws {
    let events = ["task-clock", "page-faults"]
    let (facts, observation) = try sample(["counters", "launch-counters"], events: events)
    try check(observation.counters, events)
    let kernels = try #require(observation.kernelCounters)
    #expect(Set(kernels.map(\.event)) == Set(events))
    #expect(Set(kernels.map(\.op)) == ["read"])
    guard let clock = kernels.first?.count.value else { return }
    // Every iteration is one launch, and launches are part of the sample.
    #expect(kernels[0].launches == observation.iterations)
    let whole = try #require(observation.counter(.taskClock)?.total.value)
    #expect(clock > 0.3 * whole && clock <= whole, "\(clock) of \(whole)")
    let cost = try #require(facts["counters.read_ns"]?.doubleValue)
    #expect(cost > 10 && cost < 1e6)
    #expect(["read", "rdpmc"].contains(facts["counters.read_method"]?.stringValue))
    // Nothing looks at launches between samples.
    #expect(try sample(["usage"]).observation.kernelCounters == nil)
  }

  @Test func unknownEventsAreRefused() throws {
    let reply = try answer(
      .prepare(
        kind: "kernel", configuration: Configuration(["kernel.op": "null", "engine.threads": 1]),
        recordLaunches: false, collect: ["counters"], events: ["instrutions"]))
    guard case .error(let code, let message) = reply else {
      Issue.record("\(reply)")
      return
    }
    #expect(code == "bad-configuration" && message.contains("did you mean 'INSTRUCTIONS'?"))
  }

  /// Kind `load` starts its threads anew in every sample: nothing to count, and it says so.
  @Test func withoutLastingThreadsThereIsAReason() throws {
    let collector = try Collectors.all.make("launch-counters")(
      CollectorRequest(events: ["task-clock"]))
    collector.begin()
    collector.end()
    var observation = Observation(startNs: 0, endNs: 1)
    collector.report(into: &observation)
    #expect(observation.counters?[0].total.reason?.contains("live only during a sample") == true)
    #expect(observation.kernelCounters == nil)
    #expect(collector.facts["counters.read_ns"]?.doubleValue == nil)
  }
}
