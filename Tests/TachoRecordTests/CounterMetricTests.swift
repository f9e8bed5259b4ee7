// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

/// What a count is worth, and the metrics made of counts, worked out by hand.
@Suite struct CounterMetricTests {
  typealias Quantity = CounterReading.Quantity

  static func reading(
    _ quantity: Quantity, _ count: CounterCount, group: Int = 1,
    scope: CounterReading.Scope = .userAndKernel
  ) -> CounterReading {
    CounterReading(
      event: quantity.rawValue, quantity: quantity, scope: scope, group: group, total: count)
  }

  static func measured(_ raw: Int) -> CounterCount {
    CounterCount(raw: raw, enabledNs: 1000, runningNs: 1000)
  }

  /// Two seconds on 2 threads, 3e9 ns on processors; 8e9 instructions in 6e9 cycles.
  static func decode() -> Observation {
    var observation = Observation(startNs: 0, endNs: 2_000_000_000)
    observation.outputTokens = 16
    observation.counters = [
      reading(.instructions, measured(8_000_000_000)), reading(.cycles, measured(6_000_000_000)),
      reading(.llcMisses, measured(4_000_000)), reading(.branchMisses, measured(800_000)),
      reading(.dtlbMisses, measured(80_000)),
      reading(.taskClock, measured(3_000_000_000), group: 0),
      reading(.pageFaults, measured(7), group: 0), reading(.contextSwitches, measured(5), group: 0),
      reading(.cpuMigrations, measured(0), group: 0),
    ]
    return observation
  }

  static func readings(_ observation: Observation) -> [String: Reading] {
    MetricRuleTests.readings(observation).filter { $0.key.hasPrefix("counters/") }
  }

  @Test func everyMetricByHand() {
    #expect(
      Self.readings(Self.decode()) == [
        "counters/instructions": .value(8e9), "counters/cycles": .value(6e9),
        "counters/task-clock": .value(3), "counters/ipc": .value(8.0 / 6),
        "counters/cpi": .value(0.75), "counters/frequency": .value(2e9),
        "counters/busy-processors": .value(1.5), "counters/llc-mpki": .value(0.5),
        "counters/branch-mpki": .value(0.1), "counters/dtlb-mpki": .value(0.01),
        "counters/page-faults": .value(7), "counters/context-switches": .value(5),
        "counters/cpu-migrations": .value(0), "counters/instructions-per-token": .value(5e8),
      ])
    var prefill = Self.decode()
    (prefill.outputTokens, prefill.promptTokens, prefill.cachedTokens) = (nil, 100, 20)
    #expect(Self.readings(prefill)["counters/instructions-per-token"] == .value(1e8))
    prefill.cachedTokens = 100
    #expect(
      Self.readings(prefill)["counters/instructions-per-token"]
        == .unavailable("every prompt token came from a cache"))
    var kernel = Self.decode()
    (kernel.outputTokens, kernel.iterations) = (nil, 4000)
    #expect(Self.readings(kernel)["counters/instructions-per-call"] == .value(2e6))
    #expect(Self.readings(kernel)["counters/instructions-per-token"] == nil)
    #expect(Self.readings(Observation(startNs: 0, endNs: 1)).isEmpty)
  }

  /// What was not asked for is no metric; what was not counted is one without a value.
  @Test func nullRules() {
    var observation = Self.decode()
    observation.counters?.removeAll { $0.quantity == .cycles }
    let without = Self.readings(observation)
    #expect(without["counters/cycles"] == nil && without["counters/ipc"] == nil)
    #expect(without["counters/llc-mpki"] == .value(0.5))

    observation = Self.decode()
    observation.counters?[2].total = .unavailable("group 2 of 2 takes turns")
    #expect(
      Self.readings(observation)["counters/llc-mpki"]
        == .unavailable("llc-misses: group 2 of 2 takes turns"))

    observation.counters?[1].total = CounterCount(raw: 3, enabledNs: 1000, runningNs: 500)
    let mixed = Self.readings(observation)
    #expect(mixed["counters/cycles"] == .value(6))
    #expect(
      mixed["counters/ipc"]
        == .unavailable(
          "instructions is measured and cycles scaled: they were not counted alike"))

    // Both extrapolated by the same share: their ratio needs no extrapolation.
    observation.counters?[0].total = CounterCount(raw: 6, enabledNs: 1000, runningNs: 500)
    #expect(Self.readings(observation)["counters/ipc"] == .value(2))
    observation.counters?[0].group = 2
    #expect(
      Self.readings(observation)["counters/ipc"]
        == .unavailable("instructions and cycles were scaled in different groups"))

    observation = Self.decode()
    observation.counters?[1].scope = .user
    #expect(
      Self.readings(observation)["counters/cpi"]
        == .unavailable("cycles is of user mode and instructions of user+kernel"))
    #expect(Self.readings(observation)["counters/frequency"] == .value(2e9))
    observation.counters?[0].total = Self.measured(0)
    observation.counters?[1].scope = .userAndKernel
    #expect(Self.readings(observation)["counters/cpi"] == .unavailable("instructions is 0"))
  }

  @Test func validity() {
    func count(_ enabled: Int, _ running: Int) -> CounterCount {
      CounterCount(raw: 100, enabledNs: enabled, runningNs: running)
    }
    #expect(count(1000, 1000).validity == .measured && count(1000, 1000).value == 100)
    #expect(count(1000, 950).validity == .measured)
    #expect(abs((count(1000, 950).value ?? 0) - 100 / 0.95) < 1e-9)
    #expect(count(1000, 949).validity == .scaled)
    #expect(count(1000, 250).value == 400)
    #expect(count(1000, 0).validity == .unavailable && count(1000, 0).value == nil)
    #expect(count(1000, 0).reason?.contains("1000 ns") == true)
    // More running than enabled is the clock's rounding.
    #expect(count(1000, 1001).value == 100)
  }

  @Test func sums() {
    let half = CounterCount(raw: 10, enabledNs: 100, runningNs: 50)
    let whole = CounterCount(raw: 30, enabledNs: 300, runningNs: 300)
    let sum = CounterCount.sum([whole, half])
    #expect(sum.value == 50 && sum.raw == 40 && sum.enabledNs == 400 && sum.runningNs == 350)
    #expect(sum.validity == .scaled)
    #expect(CounterCount.sum([whole, whole]).validity == .measured)
    let missing = CounterCount.sum([whole, .unavailable("gone"), half])
    #expect(missing.value == nil && missing.raw == nil)
    #expect(missing.reason == "gone (2 of 3 threads were counted)")
    #expect(CounterCount.sum([]).validity == .unavailable)
    let idle = CounterCount(raw: 0, enabledNs: 0, runningNs: 0)
    #expect(idle.value == 0 && CounterCount.sum([idle, whole]).value == 30)
    #expect(CounterCount.sum([idle, idle]).value == nil)
    let huge = CounterCount(raw: Int.max, enabledNs: Int.max, runningNs: Int.max)
    #expect(CounterCount.sum([huge, huge]).raw == nil)
  }

  @Test func observationsSurviveJSON() throws {
    var observation = Self.decode()
    observation.counters?[0].threads = [.init(thread: 7, count: .unavailable("gone"))]
    observation.kernelCounters = [
      KernelCounterReading(
        op: "gemv", launches: 3, event: "cycles", scope: .user, group: 1, count: Self.measured(9))
    ]
    let data = try JSONEncoder().encode(observation)
    #expect(try JSONDecoder().decode(Observation.self, from: data) == observation)
  }
}
