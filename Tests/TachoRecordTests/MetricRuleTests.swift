// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

/// Formulas against numbers worked out by hand, and every null rule.
@Suite struct MetricRuleTests {
  static func readings(_ observation: Observation) -> [String: Reading] {
    Dictionary(
      MetricRules.measurements(of: observation).map { ($0.metric.id, $0.reading) },
      uniquingKeysWith: { first, _ in first })
  }

  static func region(seconds: Double) -> Observation {
    Observation(startNs: 1_000, endNs: 1_000 + Int(seconds * 1e9))
  }

  /// Scheduled at 0 s, admitted at 1 s, emissions of 2, 1 and 3 tokens at 3, 4 and 7 s, done at 8 s.
  static func request() -> Observation {
    var observation = Observation(startNs: 0, endNs: 8_000_000_000)
    observation.promptTokens = 100
    observation.cachedTokens = 20
    observation.outputTokens = 6
    observation.scheduledNs = 0
    observation.sentNs = 500_000_000
    observation.admittedNs = 1_000_000_000
    observation.emissionNs = [3_000_000_000, 4_000_000_000, 7_000_000_000]
    observation.emissionTokens = [2, 1, 3]
    observation.doneNs = 8_000_000_000
    return observation
  }

  @Test func catalogIsSound() {
    let ids = MetricRules.all.map { $0.metric.id }
    #expect(Set(ids).count == ids.count)
    for rule in MetricRules.all {
      #expect(rule.metric.definition.count > 40 && rule.metric.id.split(separator: "/").count >= 2)
      #expect(MetricRules.metric(id: rule.metric.id) == rule.metric)
    }
    #expect(MetricRules.metric(id: "no/such") == nil)
  }

  /// 10 calls in 1 ms with a clock of 40 ns; 100 ns against 2 ns is memory, 30 against 2 a cache.
  @Test func whatWasEvictedAndWhetherItWasGone() {
    var observation = Self.region(seconds: 0.001)
    observation.iterations = 10
    #expect(Self.readings(observation)["kernel/evicted-bytes"] == nil)
    observation.eviction = CacheEviction(
      state: "llc-flushed", bytesPerCall: 640, firstTouchNs: 100, secondTouchNs: 2, clockNs: 40)
    var readings = Self.readings(observation)
    #expect(readings["kernel/evicted-bytes"] == .value(640))
    #expect(readings["kernel/first-touch-seconds"] == .value(100 / 1e9))
    #expect(abs((readings["kernel/clock-share"]?.number ?? 0) - 400e-9 / 1e-3) < 1e-12)
    for (first, second) in [(30.0, 2.0), (60.0, 20.0), (0, 0)] {
      observation.eviction?.firstTouchNs = first
      observation.eviction?.secondTouchNs = second
      readings = Self.readings(observation)
      guard case .unavailable(let reason) = readings["kernel/evicted-bytes"] else {
        Issue.record("\(first) ns after \(second) ns is no memory")
        continue
      }
      #expect(reason.contains("llc-flushed was not reached"), "\(reason)")
    }
    observation.endNs = observation.startNs
    #expect(
      Self.readings(observation)["kernel/clock-share"]
        == .unavailable("the timed region has no length"))
  }

  @Test func howMuchOfAModelWasInMemory() {
    var observation = Self.region(seconds: 1)
    observation.load = LoadTimes(mappedNs: 0, readyNs: 0, repackNs: 0, repackedBytes: 0)
    #expect(
      Self.readings(observation)["load/resident-share"]
        == .unavailable("the worker did not report it"))
    observation.load?.residencyProblem = "it belongs to another user"
    #expect(
      Self.readings(observation)["load/resident-share"]
        == .unavailable("it belongs to another user"))
    observation.load?.residentShare = 0.25
    #expect(Self.readings(observation)["load/resident-share"] == .value(0.25))
  }

  /// Half a second around a region of two.
  @Test func whatASampleCostsBesidesItsRegion() {
    var observation = Self.region(seconds: 2)
    #expect(Self.readings(observation)["sample/overhead-seconds"] == nil)
    observation.roundTripNs = 2_500_000_000
    #expect(Self.readings(observation)["sample/overhead-seconds"] == .value(0.5))
  }

  @Test func promptOnly() {
    var observation = Self.region(seconds: 2)
    observation.promptTokens = 512
    observation.outputTokens = 0
    let readings = Self.readings(observation)
    #expect(readings["prefill/tokens-per-second"] == .value(256))
    #expect(readings["prefill/seconds"] == .value(2))
    #expect(readings["sample/seconds"] == .value(2))
    for id in ["decode/tokens-per-second", "generate/tokens-per-second", "latency/ttft"] {
      #expect(readings[id] == nil)
    }
    observation.cachedTokens = 512
    #expect(
      Self.readings(observation)["prefill/tokens-per-second"]
        == .unavailable("every prompt token came from a cache"))
    observation.cachedTokens = nil
    observation.endNs = observation.startNs
    #expect(
      Self.readings(observation)["prefill/tokens-per-second"]
        == .unavailable("the prefill has no length"))
  }

  @Test func outputOnly() {
    var observation = Self.region(seconds: 4)
    observation.outputTokens = 128
    observation.weightBytes = 1e9
    observation.kvBytes = 280e6
    observation.activationBytes = 5e6
    let readings = Self.readings(observation)
    #expect(readings["decode/tokens-per-second"] == .value(32))
    #expect(readings["decode/bytes-per-token"] == .value(1e7))
    #expect(readings["decode/bytes-per-second"] == .value(3.2e8))
    #expect(readings["prefill/tokens-per-second"] == nil && readings["prefill/seconds"] == nil)
    observation.weightBytes = nil
    observation.kvBytes = nil
    let without = Self.readings(observation)
    #expect(
      without["decode/bytes-per-token"] == .unavailable("the worker declared no traffic"))
    #expect(
      without["decode/bytes-per-second"] == .unavailable("the worker declared no traffic"))
  }

  @Test func promptAndOutput() {
    var observation = Self.region(seconds: 4)
    observation.promptTokens = 512
    observation.outputTokens = 128
    let readings = Self.readings(observation)
    #expect(readings["generate/tokens-per-second"] == .value(160))
    #expect(readings["prefill/tokens-per-second"] == nil)
    #expect(readings["decode/tokens-per-second"] == nil)
    #expect(readings["decode/bytes-per-token"] == nil)
  }

  @Test func startOfAModel() {
    var observation = Self.region(seconds: 4)
    observation.promptTokens = 6
    let start = observation.startNs
    observation.load = LoadTimes(
      mappedNs: start + 500_000_000, readyNs: start + 1_000_000_000, repackNs: 250_000_000,
      repackedBytes: 4096)
    let readings = Self.readings(observation)
    #expect(readings["load/seconds"] == .value(1))
    #expect(readings["load/repack-seconds"] == .value(0.25))
    #expect(readings["load/first-token-seconds"] == .value(4))
    #expect(readings["prefill/seconds"] == .value(3))
    #expect(readings["prefill/tokens-per-second"] == .value(2))
    #expect(readings["generate/tokens-per-second"] == nil && readings["latency/ttft"] == nil)
    #expect(Self.readings(Self.request())["load/seconds"] == nil)
  }

  @Test func requestLatencies() {
    let readings = Self.readings(Self.request())
    #expect(readings["latency/ttft"] == .value(3))
    #expect(readings["latency/ttft-engine"] == .value(2))
    #expect(readings["prefill/seconds"] == .value(2))
    // 80 tokens were read in 2 s.
    #expect(readings["prefill/tokens-per-second"] == .value(40))
    // (7 - 3) s over 6 - 2 tokens.
    #expect(readings["latency/tpot"] == .value(1))
    #expect(readings["decode/tokens-per-second"] == .value(1))
    // Gaps 1 s / 1 token and 3 s / 3 tokens: 1, 1, 1, 1.
    #expect(readings["latency/itl-median"] == .value(1))
    #expect(readings["latency/e2el"] == .value(8))
    #expect(readings["latency/max-stall"] == .value(3))
    #expect(readings["generate/tokens-per-second"] == nil && readings["kernel/seconds"] == nil)
  }

  @Test func interTokenMedianCountsTokens() {
    var observation = Self.request()
    // Gaps per token: 4 s once, then 0.5 s twice: 0.5, 0.5, 4.
    observation.emissionNs = [0, 4_000_000_000, 5_000_000_000]
    observation.emissionTokens = [1, 1, 2]
    observation.outputTokens = nil
    #expect(Self.readings(observation)["latency/itl-median"] == .value(0.5))
    // 0.5 once and 4 once: halfway.
    observation.emissionNs = [0, 4_000_000_000, 4_500_000_000]
    observation.emissionTokens = nil
    #expect(Self.readings(observation)["latency/itl-median"] == .value(2.25))
  }

  @Test func requestNullRules() {
    var observation = Self.request()
    observation.emissionNs = [3_000_000_000]
    observation.emissionTokens = [6]
    let single = Self.readings(observation)
    #expect(single["latency/ttft"] == .value(3))
    #expect(single["latency/tpot"] == .unavailable("no token after the first emission"))
    #expect(
      single["decode/tokens-per-second"] == .unavailable("no token after the first emission"))
    #expect(single["latency/itl-median"] == .unavailable("only one emission"))
    #expect(single["latency/max-stall"] == .unavailable("only one emission"))
    observation.emissionNs = []
    observation.emissionTokens = nil
    observation.outputTokens = 0
    let silent = Self.readings(observation)
    for id in ["latency/ttft", "latency/ttft-engine", "latency/tpot", "prefill/seconds"] {
      #expect(silent[id] == .unavailable("no token was emitted"), "\(id)")
    }
    #expect(silent["latency/e2el"] == .value(8))
    observation = Self.request()
    observation.admittedNs = nil
    observation.doneNs = nil
    let partial = Self.readings(observation)
    #expect(
      partial["latency/ttft-engine"] == .unavailable("the worker did not report admittedNs"))
    #expect(partial["latency/e2el"] == .unavailable("the worker did not report doneNs"))
    observation.scheduledNs = 9_000_000_000
    #expect(
      Self.readings(observation)["latency/ttft"]
        == .unavailable("scheduledNs is later than the first emission"))
  }

  @Test func unusableEmissions() {
    var observation = Self.request()
    observation.emissionTokens = [2, 1]
    #expect(
      Self.readings(observation)["latency/tpot"]
        == .unavailable("3 emission times but 2 emission token counts"))
    observation.emissionTokens = [2, -1, 3]
    #expect(Self.readings(observation)["latency/tpot"]?.number == nil)
    observation.emissionTokens = [2, 1, 4]
    #expect(
      Self.readings(observation)["latency/tpot"]
        == .unavailable("6 output tokens stated but 7 emitted"))
    observation.emissionTokens = [2, 1, 3]
    observation.emissionNs = [3, 2, 4]
    #expect(
      Self.readings(observation)["latency/tpot"]
        == .unavailable("emission times are not in ascending order"))
  }

  @Test func kernels() {
    var observation = Self.region(seconds: 2)
    observation.iterations = 1000
    observation.flops = 4e9
    observation.weightBytes = 6e9
    observation.activationBytes = 2e9
    observation.referenceError = 1e-6
    let readings = Self.readings(observation)
    #expect(readings["kernel/seconds"] == .value(0.002))
    #expect(readings["kernel/flops-per-second"] == .value(2e9))
    #expect(readings["kernel/bytes-per-second"] == .value(4e9))
    #expect(readings["kernel/reference-error"] == .value(1e-6))
    #expect(readings["decode/tokens-per-second"] == nil && readings["prefill/seconds"] == nil)
    var bare = Self.region(seconds: 2)
    bare.iterations = 0
    let nulls = Self.readings(bare)
    #expect(nulls["kernel/seconds"] == .unavailable("no call in the timed region"))
    #expect(
      nulls["kernel/flops-per-second"] == .unavailable("the worker declared no operations"))
    #expect(nulls["kernel/bytes-per-second"] == .unavailable("the worker declared no traffic"))
    #expect(
      nulls["kernel/reference-error"]
        == .unavailable("the worker did not compare with a reference"))
    // A kernel without work has no rate: zero would be a lie.
    bare.flops = 0
    (bare.weightBytes, bare.kvBytes, bare.activationBytes) = (0, 0, 0)
    let zeros = Self.readings(bare)
    #expect(zeros["kernel/flops-per-second"] == nulls["kernel/flops-per-second"])
    #expect(zeros["kernel/bytes-per-second"] == nulls["kernel/bytes-per-second"])
  }

  @Test func resourceUsage() {
    var observation = Self.region(seconds: 1)
    let reason = Reading.unavailable("the worker reported no resource usage")
    let ids = [
      "memory/peak-resident", "os/involuntary-switches", "os/major-faults", "os/cpu-seconds",
    ]
    for id in ids { #expect(Self.readings(observation)[id] == reason) }
    observation.usage = ResourceUsage(
      userSeconds: 1.5, systemSeconds: 0.25, minorFaults: 7, majorFaults: 2, voluntarySwitches: 3,
      involuntarySwitches: 11, peakResidentBytes: 4096)
    let readings = Self.readings(observation)
    #expect(ids.map { readings[$0] } == [.value(4096), .value(11), .value(2), .value(1.75)])
  }

  @Test func foreignMetricsJoinButDoNotReplace() {
    var observation = Self.region(seconds: 1)
    observation.extra = [
      "vllm/queue": 3, "sample/seconds": 99, "prefill/tokens-per-second": 5, "bad/value": .nan,
    ]
    let readings = Self.readings(observation)
    #expect(readings["vllm/queue"] == .value(3))
    #expect(readings["sample/seconds"] == .value(1))
    #expect(readings["prefill/tokens-per-second"] == nil)
    #expect(readings["bad/value"] == .unavailable("not a finite number"))
  }

  /// Whatever a worker sends, a reading is a finite number or a reason, and nothing traps.
  @Test(arguments: 1...20) func anyIntegersGiveReadings(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }
    let edges = [Int.min, Int.min + 1, -1, 0, 1, 2, 1_000_000_000, Int.max - 1, Int.max]
    func integer() -> Int { edges[Int(next() % UInt64(edges.count))] }
    func optional() -> Int? { next() % 3 == 0 ? nil : integer() }
    for _ in 0..<500 {
      var observation = Observation(startNs: integer(), endNs: integer())
      observation.promptTokens = optional()
      observation.cachedTokens = optional()
      observation.outputTokens = optional()
      observation.iterations = next() % 2 == 0 ? nil : integer()
      observation.scheduledNs = optional()
      observation.admittedNs = optional()
      observation.doneNs = optional()
      if next() % 2 == 0 { observation.emissionNs = (0..<next() % 4).map { _ in integer() } }
      if next() % 2 == 0 { observation.emissionTokens = (0..<next() % 4).map { _ in integer() } }
      observation.flops = next() % 2 == 0 ? .infinity : 1e300
      observation.weightBytes = next() % 2 == 0 ? nil : -.greatestFiniteMagnitude
      for measurement in MetricRules.measurements(of: observation) {
        if case .value(let number) = measurement.reading {
          #expect(number.isFinite, "seed \(seed) \(measurement.metric.id)")
        }
      }
    }
  }
}
