// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

/// Figures of load runs against numbers worked out by hand, and every null rule.
@Suite struct LoadRunTests {
  static func request(
    due: Double, sent: Double? = nil, admitted: Double? = nil, tokens: [Double], done: Double,
    failure: String? = nil
  ) -> RequestRecord {
    func ns(_ seconds: Double) -> Int { Int((seconds * 1e9).rounded()) }
    var record = RequestRecord()
    record.scheduledNs = ns(due)
    record.sentNs = ns(sent ?? due)
    record.admittedNs = admitted.map(ns)
    record.emissionNs = tokens.map(ns)
    record.doneNs = ns(done)
    record.promptTokens = 10
    record.cachedTokens = 0
    record.outputTokens = tokens.count
    record.failure = failure
    return record
  }

  static func run(
    _ requests: [RequestRecord], closed: Bool = false, levels: ServiceLevels? = nil
  ) -> [String: Reading] {
    var observation = Observation(startNs: 0, endNs: 20_000_000_000)
    observation.requests = requests
    observation.traffic = TrafficRecord(closedLoop: closed, levels: levels)
    return MetricRuleTests.readings(observation)
  }

  /// Three answers and a failure: due at 0, 1, 2 and 3 s, sent 0.5 s late each.
  static let mixed = [
    request(due: 0, sent: 0.5, admitted: 1, tokens: [2, 3, 4], done: 4),
    request(due: 1, sent: 1.5, admitted: 4, tokens: [5, 5.5], done: 6),
    request(due: 2, sent: 2.5, admitted: 6, tokens: [8], done: 8.5),
    request(due: 3, sent: 3.5, tokens: [], done: 3.5, failure: "too long"),
  ]

  @Test func ratesAndCounts() {
    let readings = Self.run(Self.mixed)
    // 0.5 s to 8.5 s: 8 s, 6 tokens, 30 prompt tokens, 3 answers.
    #expect(readings["serve/output-tokens-per-second"] == .value(0.75))
    #expect(readings["serve/total-tokens-per-second"] == .value(4.5))
    #expect(readings["serve/request-rate-achieved"] == .value(0.375))
    // Three gaps in 3 s.
    #expect(readings["serve/request-rate-offered"] == .value(1))
    #expect(readings["serve/completed-requests"] == .value(3))
    #expect(readings["serve/failed-requests"] == .value(1))
    // Sent to done: 3.5, 4.5, 6 and 0 s of 8.
    #expect(readings["serve/effective-concurrency"] == .value(1.75))
    // Sent to admitted: 0.5, 2.5, 3.5.
    #expect(readings["serve/effective-concurrency/queued"] == .value(0.8125))
    // Admitted to first: 1, 1, 2; first to done: 2, 1, 0.5.
    #expect(readings["serve/effective-concurrency/prefill"] == .value(0.5))
    #expect(readings["serve/effective-concurrency/decode"] == .value(0.4375))
    #expect(readings["serve/peak-concurrency"] == .value(3))
    #expect(readings["prefill/prefix-hit"] == .value(0))
    #expect(readings["latency/ttft"] == nil && readings["decode/tokens-per-second"] == nil)
    #expect(readings["prefill/seconds"] == nil && readings["generate/tokens-per-second"] == nil)
    #expect(readings["sample/seconds"] == .value(20))
  }

  /// The mean number in flight is the rate times the mean time in flight.
  @Test func littlesLaw() throws {
    let completed = Array(Self.mixed.prefix(3))
    let readings = Self.run(completed)
    let rate = try #require(readings["serve/request-rate-achieved"]?.number)
    let time = try #require(readings["serve/e2el-send/mean"]?.number)
    let flight = try #require(readings["serve/effective-concurrency"]?.number)
    #expect(abs(flight - rate * time) < 1e-12)
  }

  @Test func distributionsLeaveFailuresOut() {
    let readings = Self.run(Self.mixed)
    // TTFT 2, 4, 6; TPOT 1, 0.5 and none; E2EL 4, 5, 6.5; queue 1, 3, 4.
    #expect(readings["serve/ttft/p50"] == .value(4))
    #expect(readings["serve/ttft/mean"] == .value(4))
    #expect(readings["serve/tpot/p50"] == .value(0.75))
    #expect(readings["serve/e2el/p50"] == .value(5))
    #expect(readings["serve/queue/p50"] == .value(3))
    #expect(readings["serve/ttft-send/p50"] == .value(3.5))
    #expect(readings["serve/ttft-engine/p50"] == .value(1))
    // 10 tokens in 1, 1 and 2 s.
    #expect(readings["serve/prefill-tokens-per-second/p50"] == .value(10))
    #expect(readings["serve/interactivity/p50"] == .value(1.5))
    // Gaps 1, 1 and 0.5 pooled.
    #expect(readings["serve/itl/p50"] == .value(1))
    #expect(readings["serve/icl/mean"]?.number.map { abs($0 - 2.5 / 3) < 1e-12 } == true)
    #expect(readings["serve/max-stall/p50"] == .value(0.75))
    #expect(readings["serve/schedule-lag/p50"] == .value(0.5))
    #expect(readings["serve/ttft/p90"] == .unavailable("p90 of 3 values: 10 or more"))
    #expect(readings["serve/ttft/p99"] == .unavailable("p99 of 3 values: 100 or more"))
    #expect(readings["serve/interactivity/mean"] == nil, "no mean of rates")
    #expect(readings["serve/interactivity/p10"] == .unavailable("p10 of 2 values: 10 or more"))
    #expect(readings["serve/schedule-lag/mean"] == nil)
  }

  @Test func tailsNeedEnoughRequests() {
    func readings(_ count: Int) -> [String: Reading] {
      Self.run(
        (0..<count).map { index in
          Self.request(
            due: 0, admitted: 0, tokens: [Double(index + 1), Double(index + 2)], done: 200)
        })
    }
    let hundred = readings(100)
    // 1 ... 100 s.
    #expect(hundred["serve/ttft/p99"]?.number.map { abs($0 - 99.01) < 1e-9 } == true)
    #expect(hundred["serve/ttft/p90"]?.number.map { abs($0 - 90.1) < 1e-9 } == true)
    #expect(hundred["serve/ttft/mean"]?.number.map { abs($0 - 50.5) < 1e-9 } == true)
    #expect(readings(99)["serve/ttft/p99"]?.number == nil)
    #expect(readings(9)["serve/ttft/p90"]?.number == nil)
    #expect(readings(10)["serve/ttft/p90"]?.number != nil)
  }

  @Test func nothingAnswered() {
    for requests in [[], [Self.mixed[3]]] {
      let readings = Self.run(requests, levels: ServiceLevels(ttft: 1))
      #expect(readings["serve/ttft/p50"] == .unavailable("no request was completed"))
      #expect(readings["prefill/prefix-hit"] == .unavailable("no request was completed"))
      #expect(readings["serve/output-tokens-per-second"]?.number == nil)
      #expect(readings["serve/effective-concurrency"]?.number == nil)
      #expect(readings["serve/peak-concurrency"]?.number == nil)
      #expect(readings["serve/request-rate-offered"]?.number == nil)
      #expect(readings["serve/steady-output-tokens-per-second"]?.number == nil)
      #expect(readings["serve/completed-requests"] == .value(0))
      #expect(readings["serve/failed-requests"] == .value(Double(requests.count)))
    }
    #expect(
      Self.run([])["serve/goodput-fraction"]
        == .unavailable("no slo.ttft, slo.tpot or slo.e2el was set"))
    #expect(
      Self.run([], levels: ServiceLevels(ttft: 1))["serve/goodput-fraction"]
        == .unavailable("there was no request"))
    #expect(
      Self.run([Self.mixed[3]], levels: ServiceLevels(ttft: 1))["serve/goodput-fraction"]
        == .value(0))
  }

  @Test func goodputCountsFailuresAndMissingPaces() {
    func fraction(_ levels: ServiceLevels) -> Reading? {
      Self.run(Self.mixed, levels: levels)["serve/goodput-fraction"]
    }
    // TTFT 2, 4, 6 and a failure.
    #expect(fraction(ServiceLevels(ttft: 4)) == .value(0.5))
    #expect(fraction(ServiceLevels(ttft: 1)) == .value(0))
    #expect(fraction(ServiceLevels(e2el: 100)) == .value(0.75))
    // TPOT 1, 0.5 and none, of an answer of one token.
    #expect(fraction(ServiceLevels(tpot: 0.5)) == .value(0.25))
    #expect(fraction(ServiceLevels(tpot: 0.5, tpotMayBeMissing: true)) == .value(0.5))
    #expect(fraction(ServiceLevels(ttft: 4, tpot: 0.5, tpotMayBeMissing: true)) == .value(0.25))
    let rate = Self.run(Self.mixed, levels: ServiceLevels(ttft: 4))
    #expect(rate["serve/goodput-requests-per-second"] == .value(0.25))
    #expect(
      Self.run(Self.mixed)["serve/goodput-requests-per-second"]
        == .unavailable("no slo.ttft, slo.tpot or slo.e2el was set"))
    // A pace that is missing because the worker's times are wrong is not excused.
    var broken = Self.mixed[0]
    broken.emissionTokens = [1, 1]
    #expect(
      Self.run([broken], levels: ServiceLevels(tpot: 9, tpotMayBeMissing: true))[
        "serve/goodput-fraction"] == .value(0))
  }

  @Test func saturationOfTheGenerator() {
    func flag(lag: Double, pace: Double) -> Reading? {
      Self.run(
        (0..<20).map { index in
          let due = Double(index)
          return Self.request(
            due: due, sent: due + lag, tokens: [due + 1, due + 1 + pace], done: due + 2)
        })["serve/generator-saturated"]
    }
    #expect(flag(lag: 0.001, pace: 0.1) == .value(0))
    // More than a tenth of the pace.
    #expect(flag(lag: 0.001, pace: 0.005) == .value(1))
    // More than 5 ms, however slow the engine.
    #expect(flag(lag: 0.006, pace: 0.9) == .value(1))
    var unsent = Self.mixed[0]
    unsent.sentNs = nil
    #expect(
      Self.run([unsent])["serve/generator-saturated"]
        == .unavailable("no request has a schedule lag"))
  }

  /// Two places: ramp from 0 to 1 s, drain from 7 to 9 s; a place is never empty in between.
  @Test func plateauOfAClosedLoop() {
    let requests = [
      Self.request(due: 0, admitted: 0, tokens: [1, 2, 3], done: 3),
      Self.request(due: 1, admitted: 1, tokens: [2, 4], done: 4),
      Self.request(due: 3, admitted: 3, tokens: [4, 5, 6, 7], done: 7),
      Self.request(due: 4, admitted: 4, tokens: [6, 8, 9], done: 9),
    ]
    let readings = Self.run(requests, closed: true)
    // From 1 s until before 7 s: 1, 2, 3; 2, 4; 4, 5, 6; 6.
    #expect(readings["serve/steady-output-tokens-per-second"] == .value(1.5))
    #expect(readings["serve/steady-start-seconds"] == .value(1))
    #expect(readings["serve/steady-end-seconds"] == .value(7))
    #expect(
      readings["serve/steady-excluded-share"]?.number.map { abs($0 - 1.0 / 3) < 1e-12 } == true)
    #expect(
      readings["serve/request-rate-offered"]
        == .unavailable("a closed loop offers a request when another is done"))
    // A short peak is no plateau.
    let peak = (0..<20).map { index -> RequestRecord in
      let due = Double(index)
      let length = index == 4 ? 1.5 : 1.0
      return Self.request(due: due, tokens: [due + 1], done: due + length)
    }
    #expect(
      Self.run(peak, closed: true)["serve/steady-output-tokens-per-second"]
        == .unavailable("the longest steady window is less than a tenth of the run"))
  }

  /// Latencies of 9 s for the first ten requests, then of 1 s: MSER-5 drops the first two batches.
  @Test func truncationOfAnOpenLoop() {
    func requests(_ latency: (Int) -> Double) -> [RequestRecord] {
      (0..<60).map { index in
        let due = Double(index)
        let done = due + latency(index)
        return Self.request(due: due, tokens: [done], done: done)
      }
    }
    let settled = Self.run(requests { $0 < 10 ? 9 : 1 + Double($0 % 5) / 100 })
    #expect(settled["serve/steady-start-seconds"] == .value(10))
    #expect(settled["serve/steady-end-seconds"] == .value(59))
    // In those 49 s end the last nine of the slow ones and 48 others.
    #expect(settled["serve/steady-output-tokens-per-second"] == .value(57.0 / 49))
    // An engine that falls behind: each waits longer than the one before.
    let growing = Self.run(requests { Double($0) })
    #expect(
      growing["serve/steady-output-tokens-per-second"]
        == .unavailable("latencies still change in the second half of the run (MSER-5)"))
    let few = Self.run(Array(requests { _ in 1 }.prefix(49)))
    #expect(
      few["serve/steady-excluded-share"]
        == .unavailable("49 completed requests: MSER-5 needs 50"))
  }

  /// Whatever a worker sends, a reading is a finite number or a reason, and nothing traps.
  @Test(arguments: 1...20) func anyIntegersGiveReadings(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }
    let edges = [
      Int.min, Int.min + 1, -1, 0, 1, 2, 1_000_000_000, 2_000_000_000, Int.max - 1, Int.max,
    ]
    func optional() -> Int? { next() % 4 == 0 ? nil : edges[Int(next() % UInt64(edges.count))] }
    for _ in 0..<60 {
      let requests = (0..<next() % 120).map { _ in
        var record = RequestRecord()
        record.scheduledNs = optional()
        record.sentNs = optional()
        record.admittedNs = optional()
        record.doneNs = optional()
        record.promptTokens = optional()
        record.cachedTokens = optional()
        record.outputTokens = next() % 4 == 0 ? optional() : nil
        record.emissionNs = (0..<next() % 4).compactMap { _ in optional() }.sorted()
        record.failure = next() % 8 == 0 ? "it broke" : nil
        return record
      }
      let levels = ServiceLevels(
        ttft: 1, tpot: next() % 2 == 0 ? nil : 0, tpotMayBeMissing: next() % 2 == 0)
      for (id, reading) in Self.run(requests, closed: next() % 2 == 0, levels: levels) {
        if case .value(let number) = reading { #expect(number.isFinite, "seed \(seed) \(id)") }
      }
    }
  }

  /// Requests as a worker of any language may send them: what is not known is left out.
  @Test func requestsReadFromJSON() throws {
    let json = """
      {"startNs": 0, "endNs": 9, "traffic": {"closedLoop": true},
       "requests": [{"scheduledNs": 1, "doneNs": 8, "emissionNs": [3, 5]}, {"failure": "no room"}]}
      """
    let observation = try JSONDecoder().decode(Observation.self, from: Data(json.utf8))
    #expect(observation.mode == .serve && observation.requests?.count == 2)
    let readings = MetricRuleTests.readings(observation)
    #expect(readings["serve/failed-requests"] == .value(1))
    #expect(readings["serve/ttft/p50"] == .value(2e-9))
  }
}
