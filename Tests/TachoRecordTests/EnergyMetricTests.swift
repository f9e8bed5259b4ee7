// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

/// Joules, watts and joules per token against numbers worked out by hand.
@Suite struct EnergyMetricTests {
  private static func readings(_ observation: Observation) -> [String: Reading] {
    Dictionary(
      MetricRules.measurements(of: observation).map { ($0.metric.id, $0.reading) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Two packages of 60 and 40 J with 8 J of memory, in 2 s; 10 W each and 1 W at idle.
  private static func reading() -> EnergyReading {
    EnergyReading(
      domains: [
        .init(name: "package-0", kind: .package, joules: 60, idleWatts: 10),
        .init(name: "package-0/core", kind: .part, joules: 50),
        .init(name: "package-0/dram", kind: .dram, joules: 8, idleWatts: 1),
        .init(name: "package-1", kind: .package, joules: 40, idleWatts: 10),
      ], seconds: 2, foreignShare: 0.01)
  }

  private static func decode(_ energy: EnergyReading) -> Observation {
    var observation = Observation(startNs: 0, endNs: 2_000_000_000)
    observation.outputTokens = 33
    observation.energy = energy
    return observation
  }

  @Test func packagesMemoryAndTokens() {
    var observation = Self.decode(Self.reading())
    var readings = Self.readings(observation)
    #expect(readings["energy/package-joules"] == .value(100))
    #expect(readings["energy/dram-joules"] == .value(8))
    #expect(readings["energy/watts"] == .value(54))
    // 108 J less 2 s of 21 W over 33 tokens.
    #expect(readings["energy/joules-per-token"] == .value(2))
    observation.outputTokens = 0
    observation.promptTokens = 66
    readings = Self.readings(observation)
    #expect(readings["energy/joules-per-token"] == .value(1))
    observation.iterations = 5
    #expect(Self.readings(observation)["energy/joules-per-token"] == nil)
  }

  @Test func reasons() {
    var energy = Self.reading()
    energy.invalid = "others ran"
    for (id, reading) in Self.readings(Self.decode(energy)) where id.hasPrefix("energy/") {
      #expect(reading == .unavailable("others ran"), "\(id)")
    }
    energy = Self.reading()
    energy.domains[3].joules = nil
    energy.domains[3].reason = "root only"
    var readings = Self.readings(Self.decode(energy))
    #expect(readings["energy/package-joules"] == .unavailable("package-1: root only"))
    #expect(readings["energy/watts"] == .unavailable("package-1: root only"))
    #expect(readings["energy/dram-joules"] == .value(8))
    energy = Self.reading()
    energy.domains[0].idleWatts = nil
    readings = Self.readings(Self.decode(energy))
    #expect(readings["energy/package-joules"] == .value(100))
    #expect(
      readings["energy/joules-per-token"]
        == .unavailable("package-0: its power at idle is not known"))
    energy = Self.reading()
    energy.domains.remove(at: 2)
    readings = Self.readings(Self.decode(energy))
    #expect(
      readings["energy/dram-joules"] == .unavailable("this machine has no RAPL domain of kind dram")
    )
    #expect(readings["energy/watts"] == .value(50))
    #expect(
      !Self.readings(Observation(startNs: 0, endNs: 1)).keys.contains { $0.hasPrefix("energy/") })
  }
}
