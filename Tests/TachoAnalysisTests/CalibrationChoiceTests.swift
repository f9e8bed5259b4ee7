// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// Which calibration speaks for a sweep, and what is said of it.
@Suite struct CalibrationChoiceTests {
  static func record(
    _ id: String, suite: String = "calibrate", at date: String = "2026-11-20",
    facts: [String: ConfigurationValue] = [:], mode: String = "release"
  ) -> SweepRecord {
    let machine: [String: ConfigurationValue] = [
      "cpu.model": "A", "cpu.threads": 2, "kernel.release": "6.1", "memory.total_mib": 1024,
      "cpu.microcode": "0x1",
    ]
    return SweepRecord(
      id: id, suite: suite, planHash: "", suiteText: "", command: "",
      startedAt: "\(date)T10:00:00.000Z",
      machine: MachineRecord(name: "m", facts: machine.merging(facts) { $1 }),
      build: BuildRecord(facts: ["build.mode": .string(mode)]))
  }

  func choose(_ records: [SweepRecord], for sweep: SweepRecord = record("s", suite: "x"))
    -> CalibrationChoice?
  {
    CalibrationChoice(for: sweep, among: records, quickName: "calibrate-quick")
  }

  @Test func theLatestFullOneOfTheSameFingerprint() {
    let choice = choose([
      Self.record("old", at: "2026-11-01"), Self.record("new", at: "2026-11-19"),
      Self.record("quick", suite: "calibrate-quick", at: "2026-11-20"),
      Self.record("debug", mode: "debug"),
      Self.record("kernel", at: "2026-11-21", facts: ["kernel.release": "6.2"]),
      Self.record("else", facts: ["cpu.model": "B"]),
    ])
    #expect(choice?.record.id == "new" && choice?.remarks == [])
  }

  @Test func whatDiffersIsSaid() {
    let kernel = choose([
      Self.record("k", facts: ["kernel.release": "6.0", "cpu.microcode": "0x2"])
    ])
    #expect(
      kernel?.remarks == [
        "another cpu.microcode: 0x2 instead of 0x1", "another kernel.release: 6.0 instead of 6.1",
      ])
    let quick = choose([Self.record("q", suite: "calibrate-quick", at: "2026-11-20")])
    #expect(quick?.remarks == ["a quick one"])
    let old = choose([Self.record("o", at: "2026-10-20")])
    #expect(old?.remarks == ["taken 31 days before the sweep; take another one"])
    #expect(choose([Self.record("y", at: "2026-10-22")])?.remarks == [])
    let later = choose([Self.record("l", at: "2027-01-01")])
    #expect(later?.remarks == ["taken 42 days after the sweep; take another one"])
  }

  @Test func otherHardwareIsNone() {
    for facts: [String: ConfigurationValue] in [
      ["cpu.model": "B"], ["cpu.threads": 4], ["memory.total_mib": 2048], ["cache.l2": "1M"],
    ] {
      #expect(choose([Self.record("x", facts: facts)]) == nil, "\(facts)")
    }
    #expect(choose([Self.record("d", mode: "debug")]) == nil)
    #expect(choose([]) == nil)
  }
}
