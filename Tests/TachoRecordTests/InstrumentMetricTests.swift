// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

/// What callgrind counted becomes its own metrics and no others.
@Suite struct InstrumentMetricTests {
  private static func readings(_ observation: Observation) -> [String: Reading] {
    Dictionary(
      MetricRules.measurements(of: observation).map { ($0.metric.id, $0.reading) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func counted(_ totals: [String: Int]) -> Observation {
    var observation = Observation(startNs: 0, endNs: 4_000_000_000)
    observation.callgrind = InstructionCounts(totals: totals, functions: [], otherInstructions: 0)
    return observation
  }

  private static let totals = [
    "Ir": 1200, "D1mr": 30, "D1mw": 6, "ILmr": 1, "DLmr": 2, "DLmw": 3, "Bcm": 20, "Bim": 4,
  ]

  @Test func perKernelCall() {
    var observation = Self.counted(Self.totals)
    observation.iterations = 4
    // What a timed sample would have: none of it makes a metric of an instrumented one.
    observation.flops = 1e9
    observation.referenceError = 0.5
    observation.extra = ["own/figure": 1]
    observation.usage = ResourceUsage(
      userSeconds: 1, systemSeconds: 1, minorFaults: 1, majorFaults: 1, voluntarySwitches: 1,
      involuntarySwitches: 1, peakResidentBytes: 1)
    observation.energy = EnergyReading(domains: [], seconds: 4)
    #expect(
      Self.readings(observation) == [
        "callgrind/instructions": .value(300), "callgrind/l1d-misses": .value(9),
        "callgrind/ll-misses": .value(1.5), "callgrind/branch-misses": .value(6),
      ])
    #expect(observation.mode == .instrumented && observation.workMode == .kernel)
    observation.iterations = 0
    #expect(
      Self.readings(observation)["callgrind/instructions"]
        == .unavailable("no call in the timed region"))
  }

  @Test func perTokenAndPerRegion() {
    var observation = Self.counted(Self.totals)
    #expect(Self.readings(observation)["callgrind/instructions"] == .value(1200))
    observation.promptTokens = 10
    observation.outputTokens = 2
    #expect(Self.readings(observation)["callgrind/instructions"] == .value(100))
    observation.load = LoadTimes(mappedNs: 0, readyNs: 0, repackNs: 0, repackedBytes: 0)
    #expect(Self.readings(observation)["callgrind/instructions"] == .value(1200))
  }

  @Test func reasons() {
    let noBranches = Self.readings(Self.counted(["Ir": 7]))
    #expect(noBranches["callgrind/instructions"] == .value(7))
    #expect(
      noBranches["callgrind/branch-misses"] == .unavailable("callgrind did not count Bcm, Bim"))
    var observation = Observation(startNs: 0, endNs: 0)
    observation.callgrind = .unavailable("no valgrind")
    let none = Self.readings(observation)
    #expect(none.count == 4 && none.values.allSatisfy { $0 == .unavailable("no valgrind") })
    #expect(
      !Self.readings(Observation(startNs: 0, endNs: 1)).keys.contains { $0.hasPrefix("callgrind") })
  }
}
