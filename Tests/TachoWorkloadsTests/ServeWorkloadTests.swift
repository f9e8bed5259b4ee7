// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoKernels
import TachoRecord
import TachoWorkloads
import Testing

/// What a load run reports: every request's life in order, and figures that agree with one another.
@Suite(.serialized) struct ServeWorkloadTests {
  private static func workload(
    _ settings: [String: ConfigurationValue]
  ) throws -> any Workload {
    let all: [String: ConfigurationValue] = [
      "workload.prompt_tokens": 20, "workload.output_tokens": 6,
    ].merging(settings) { $1 }.filter { $0.value != .null }
    return try Workloads.prepare(
      kind: "serve", TestCache.tiny(all))
  }

  private static func requests(_ sample: Observation) throws -> [RequestRecord] {
    try #require(sample.requests)
  }

  private static func value(_ id: String, _ sample: Observation) throws -> Double {
    let found = MetricRules.measurements(of: sample).first { $0.metric.id == id }
    return try #require(found?.reading.number, "\(id): \(String(describing: found?.reading))")
  }

  /// Scheduled, sent, admitted, emitted, done: in this order, within the timed region.
  private static func check(_ sample: Observation, count: Int, output: Int) throws {
    let requests = try Self.requests(sample)
    #expect(requests.count == count && sample.mode == .serve)
    for (index, request) in requests.enumerated() {
      let emissions = try #require(request.emissionNs)
      #expect(emissions.count == output && request.outputTokens == output, "request \(index)")
      #expect(request.failure == nil && request.endedByEOS == false)
      let order =
        [sample.startNs]
        + [request.scheduledNs, request.sentNs, request.admittedNs].compactMap { $0 } + emissions
        + [request.doneNs].compactMap { $0 } + [sample.endNs]
      #expect(order.count == output + 6 && order == order.sorted(), "request \(index): \(order)")
    }
  }

  /// Three places: never more than three under way, and a request due when another is done.
  @Test func closedLoop() throws {
    let workload = try Self.workload(["load.concurrency": 3, "load.requests": 12])
    let sample = try workload.sample(seed: 1)
    try Self.check(sample, count: 12, output: 6)
    let requests = try Self.requests(sample)
    let ends = Set(requests.compactMap(\.doneNs))
    #expect(requests.prefix(3).allSatisfy { $0.scheduledNs == sample.startNs })
    #expect(requests.dropFirst(3).allSatisfy { ends.contains($0.scheduledNs ?? 0) })
    // One handed over in the moment another ends may overlap it by less than a microsecond or so.
    #expect(try Self.value("serve/peak-concurrency", sample) <= 4)
    #expect(try Self.value("serve/effective-concurrency", sample) <= 3.01)
    #expect(["real-time", "normal"].contains(workload.finalFacts["load.generator_priority"]))
    #expect(sample.promptTokens == 240 && sample.outputTokens == 72 && sample.cachedTokens == 0)
    let reading = MetricRules.measurements(of: sample)
      .first { $0.metric.id == "serve/request-rate-offered" }?.reading
    #expect(reading?.number == nil)
  }

  /// Arrivals are true to their schedule whatever the engine does, and Little's law holds:
  /// requests in flight are the rate times the time each takes.
  @Test func openLoopAndLittlesLaw() throws {
    let workload = try Self.workload([
      "load.arrival": "poisson", "load.rate": 150.0, "load.requests": 60,
    ])
    for seed: UInt64 in [1, 2] {
      let sample = try workload.sample(seed: seed)
      try Self.check(sample, count: 60, output: 6)
      let requests = try Self.requests(sample)
      let due = requests.compactMap(\.scheduledNs)
      #expect(due == due.sorted() && Set(due).count == 60)
      let rate = try Self.value("serve/request-rate-achieved", sample)
      let flight = try Self.value("serve/effective-concurrency", sample)
      let time = try Self.value("serve/e2el-send/mean", sample)
      #expect(abs(flight - rate * time) < 1e-6 * flight)
      // From the scheduled arrival, as users wait: the generator's lag is all that is between.
      let wait = try Self.value("serve/e2el/mean", sample)
      #expect(wait >= time && wait < time + 0.05)
      let parts = try ["queued", "prefill", "decode"].reduce(0.0) {
        $0 + (try Self.value("serve/effective-concurrency/\($1)", sample))
      }
      #expect(abs(parts - flight) < 1e-6 * flight)
    }
  }

  /// The same seed: the same requests and, alone in their batch, the same answers.
  @Test func seedsDecideRequests() throws {
    let settings: [String: ConfigurationValue] = [
      "load.requests": 5, "workload.output_distribution": "uniform",
      "workload.output_tokens": .null,
      "workload.output_min": 2, "workload.output_max": 9, "sampler.temperature": 0.7,
    ]
    func run(_ others: [String: ConfigurationValue], _ seed: UInt64) throws -> [RequestRecord] {
      let workload = try Self.workload(settings.merging(others) { $1 })
      return try Self.requests(try workload.sample(seed: seed))
    }
    func prints(_ requests: [RequestRecord]) -> [String?] { requests.map(\.outputFingerprint) }
    let first = try run([:], 7)
    #expect(Set(first.compactMap(\.outputTokens)).count > 1)
    #expect(prints(try run([:], 7)) == prints(first))
    #expect(prints(try run(["engine.threads": 1], 7)) == prints(first))
    #expect(prints(try run([:], 8)) != prints(first))
    #expect(prints(try run(["workload.seed": 1], 7)) != prints(first))
    let relengthened = try run(["load.length_seed": 1], 7)
    #expect(relengthened.map(\.outputTokens) != first.map(\.outputTokens))
    // Arrivals do not touch data or lengths.
    let timed = try run(["load.arrival": "constant", "load.rate": 500.0], 7)
    #expect(timed.map(\.outputTokens) == first.map(\.outputTokens))
  }

  @Test func sharedPrefixesAreServedFromTheStore() throws {
    let workload = try Self.workload([
      "workload.shared_prefix_tokens": 16, "load.requests": 4, "load.concurrency": 2,
    ])
    for seed: UInt64 in [1, 2] {
      let sample = try workload.sample(seed: seed)
      #expect(try Self.requests(sample).allSatisfy { $0.cachedTokens == 16 })
      #expect(try Self.value("prefill/prefix-hit", sample) == 0.8)
    }
    // A prefix as long as the prompt: one token is left to compute.
    let whole = try Self.workload([
      "workload.shared_prefix_tokens": 20, "load.requests": 2,
    ]).sample(seed: 1)
    #expect(try Self.requests(whole).allSatisfy { $0.cachedTokens == 19 })
  }

  @Test func tracesAreReplayed() throws {
    let path = FileManager.default.temporaryDirectory.path + "/trace-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    // The second asks for more than the context holds.
    try "arrival,input_tokens,output_tokens\n5,9,3\n5.02,2000,100\n5.05,30,2\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    let configuration = TestCache.tiny([
      "load.arrival": "trace", "load.trace_path": .string(path), "slo.e2el": 30.0,
    ])
    let workload = try Workloads.prepare(kind: "serve", configuration)
    let sample = try workload.sample(seed: 1)
    let requests = try Self.requests(sample)
    #expect(requests.map(\.promptTokens) == [9, 2000, 30])
    #expect(requests.map(\.outputTokens) == [3, 0, 2])
    #expect(
      requests.map { ($0.scheduledNs ?? 0) - sample.startNs } == [0, 20_000_000, 50_000_000])
    #expect(requests[1].failure?.contains("context") == true && requests[1].doneNs != nil)
    #expect(try Self.value("serve/failed-requests", sample) == 1)
    #expect(try Self.value("serve/goodput-fraction", sample) == 2.0 / 3)
    #expect(workload.facts["load.trace_requests"] == 3)
  }

  @Test func rampsFillPlaces() throws {
    let workload = try Self.workload([
      "load.concurrency": 4, "load.ramp_seconds": 0.1, "load.requests": 60,
      "workload.output_tokens": 40,
    ])
    let sample = try workload.sample(seed: 1)
    let due = try Self.requests(sample).compactMap(\.scheduledNs).sorted()
    for step in 0..<4 {
      #expect(due.contains(sample.startNs + step * 25_000_000), "place \(step)")
    }
  }

  @Test func launchesAreRecordedWhenAskedFor() throws {
    let workload = try Self.workload(["load.requests": 2])
    let meter = try SampleMeter(recordLaunches: .all)
    _ = try workload.sample(seed: 1, meter: meter)
    let trace = try #require(meter.takeTrace()).trace
    // A prefill and five steps for each of the two, one after the other.
    #expect(Set(trace.launches.map(\.step)) == Set(0..<12))
  }

  @Test func senselessSettingsSayWhatToChange() {
    let cases: [([String: ConfigurationValue], String)] = [
      (["load.rate": 3.0], "load.rate needs load.arrival"),
      (["load.arrival": "poisson"], "needs load.rate"),
      (["load.arrival": "poisson", "load.rate": 1.0, "load.burstiness": 2.0], "gamma"),
      (["load.arrival": "poisson", "load.rate": 1.0, "load.concurrency": 2], "closed"),
      (["load.arrival": "trace"], "load.trace_path"),
      (["load.arrival": "trace", "load.trace_path": "gone.csv"], "a trace has lengths of its own"),
      (["load.arrival": "constant", "load.rate": 1.0, "load.seed": 1], "load.seed"),
      (["slo.tpot_missing": "ok"], "slo.tpot"),
      (["workload.prompt_tokens": 0], "workload.prompt_tokens is 0"),
      (["workload.prompt_tokens": 2048], "context holds"),
      (["scheduler.max_sequences": 1000], "scheduler.max_sequences"),
      (["load.arrival": "burst"], "load.arrival"), (["load.requets": 3], "did you mean"),
      (["model.synth.shape": ""], "no model"),
    ]
    for (settings, words) in cases {
      let error = #expect(throws: (any Error).self, "\(settings)") {
        try Self.workload(settings)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(settings): \(error as Any)")
    }
  }
}
