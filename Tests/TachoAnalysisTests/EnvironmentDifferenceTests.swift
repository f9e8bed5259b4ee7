// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// What was otherwise, in the order of what it can do.
@Suite struct EnvironmentDifferenceTests {
  private func differences(
    _ before: [EnvironmentFacts.Area: [String: ConfigurationValue]],
    _ after: [EnvironmentFacts.Area: [String: ConfigurationValue]]
  ) -> [EnvironmentDifference] {
    EnvironmentDifference.all(from: EnvironmentFacts(before), to: EnvironmentFacts(after))
  }

  @Test func whatCanDoMostComesFirst() {
    let found = differences(
      [
        .machine: ["kernel.release": "6.1", "cpufreq.governor": "performance", "os.name": "a"],
        .build: ["build.libc": "glibc 2.36", "build.flags": "-O2"],
        .run: ["model.sha256": "aa", "model.filename": "x"],
      ],
      [
        .machine: ["kernel.release": "6.2", "cpufreq.governor": "powersave", "os.name": "b"],
        .build: ["build.libc": "glibc 2.37", "build.flags": "-O3"],
        .run: ["model.sha256": "bb", "model.filename": "y"],
      ])
    #expect(
      found.map(\.path) == [
        "model.sha256", "build.flags", "cpufreq.governor", "kernel.release", "build.libc",
        "os.name",
        "model.filename",
      ])
    #expect(
      found.first?.effect == .decisive && found.last?.effect == EnvironmentDifference.Effect.none)
    #expect(found[3].words == "kernel.release: 6.1 then, 6.2 now")
    #expect(found.allSatisfy { !$0.why.isEmpty })
  }

  @Test func equalFactsAndOutcomesAreNone() {
    let facts: [EnvironmentFacts.Area: [String: ConfigurationValue]] = [
      .machine: ["cpu.model": "A"],
      .run: ["model.load_seconds": 1.5, "kernel.iterations": 10, "engine.threads": 2],
      .conditions: ["cpu.mhz": 2000, "load_average": [0.1, 2, 3], "pressure.cpu": 1],
    ]
    #expect(differences(facts, facts) == [])
    var other = facts
    other[.run]?["model.load_seconds"] = 9
    other[.run]?["kernel.iterations"] = 99
    other[.conditions] = ["cpu.mhz": 2020, "load_average": [0.9, 9, 9], "pressure.cpu": 4]
    #expect(differences(facts, other) == [])
    other[.conditions] = ["cpu.mhz": 1500, "load_average": [1.1, 2, 3], "pressure.cpu": 30]
    #expect(
      differences(facts, other).map(\.path) == ["cpu.mhz", "load_average", "pressure.cpu"])
  }

  /// An older store lacks facts: that is said, behind what is known to differ.
  @Test func whatIsNotOnRecordIsUnknown() {
    let found = differences(
      [.machine: ["kernel.aslr": "2", "cpufreq.turbo": "unavailable: no cpufreq"]],
      [
        .machine: [
          "kernel.aslr": "0", "cpufreq.turbo": true, "counters.cycles": "available",
          "cpu.model": "unavailable: x",
        ]
      ])
    #expect(found.map(\.path) == ["kernel.aslr", "cpufreq.turbo"])
    #expect(found[1].effect == .unknown && found[1].before == nil && found[1].after == true)
    #expect(found[1].words == "cpufreq.turbo: not on record then, true now")
    let unheard = differences([.machine: ["new.fact": 1]], [.machine: ["new.fact": 2]])
    #expect(unheard.map(\.effect) == [.unknown])
  }

  /// The sources around one and the same program may have moved on.
  @Test func oneProgramHasOneRevision() {
    let old: [String: ConfigurationValue] = ["build.executable_sha256": "e", "git.revision": "a"]
    var new = old
    new["git.revision"] = "b"
    #expect(differences([.build: old], [.build: new]) == [])
    new["build.executable_sha256"] = "f"
    #expect(
      differences([.build: old], [.build: new]).map(\.path)
        == ["build.executable_sha256", "git.revision"])
  }

  /// Against the same sides the other way round, for random facts.
  @Test(arguments: 1...50) func bothDirectionsAgree(_ seed: UInt64) {
    var generator = TraceAnalysisTests.SeededRandom(seed: seed)
    func facts() -> [EnvironmentFacts.Area: [String: ConfigurationValue]] {
      var result: [EnvironmentFacts.Area: [String: ConfigurationValue]] = [:]
      for area in EnvironmentFacts.Area.allCases {
        for path in ["cpu.model", "cpu.mhz", "kernel.aslr", "model.name", "x.y", "git.revision"]
        where generator.factor(1) > 0.6 {
          result[area, default: [:]][path] = .int(Int(generator.factor(1) * 2))
        }
      }
      return result
    }
    let (one, other) = (facts(), facts())
    let there = differences(one, other)
    let back = differences(other, one)
    #expect(there.map(\.path) == back.map(\.path), "seed \(seed)")
    #expect(there.map(\.before) == back.map(\.after), "seed \(seed)")
    #expect(there.map(\.effect) == there.map(\.effect).sorted(), "seed \(seed)")
    #expect(differences(one, one) == [], "seed \(seed)")
  }
}
