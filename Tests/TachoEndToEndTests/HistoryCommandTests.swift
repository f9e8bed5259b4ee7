// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// `tacho history` from a store, and from a file of series.
  @Suite struct HistoryCommandTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    /// Thirty builds, 10% slower from the 16th on: no draw of the noise hides that.
    static let file =
      (["series,position,value,label"]
      + (0..<30).map { build in
        let value = (build < 15 ? 100.0 : 110) + Double(build * 7 % 5) * 0.2
        return "decode,\(build),\(value),build\(build)"
      }).joined(separator: "\n")

    @Test func seriesOfAFile() throws {
      try place.write("h.csv", Self.file)
      let text = try place.expect("history", "--series", "h.csv")
      #expect(text.contains("suspicion since build15: +10"), "\(text)")
      #expect(!text.contains("tacho gate"))
      let json = try place.expect("history", "--series", "-", "--json", input: Self.file)
      let parsed = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let series = try #require((parsed["series"] as? [[String: Any]])?.first)
      let changes = try #require(series["changes"] as? [[String: Any]])
      #expect(changes.map { $0["index"] as? Int } == [15])
    }

    @Test func storeOfOneBuild() throws {
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: once
        benchmarks:
          read:
            kind: kernel
            set: { kernel.op: read, kernel.working_set_mib: 1 }
            measure: { samples: 2, warmup: 0, contaminated: keep }

        """)
      try place.expect("run", "s.yaml", "--store", "s.sqlite", "--quiet")
      let text = try place.expect("history", "--store", "s.sqlite")
      #expect(text.contains("suite once") && text.contains("kernel/bytes-per-second"), "\(text)")
      #expect(text.contains("absolute times of different days: suspicions only"))
      #expect(text.contains("that takes 10 builds"))
      try place.write("order", "0123456789\n")
      let left = try place.tacho("history", "--store", "s.sqlite", "--order", "order")
      #expect(left.code == 2 && left.errors.contains("for the revisions in order"), "\(left)")
      let none = try place.tacho("history", "--store", "s.sqlite", "--metric", "none/such")
      #expect(none.code == 2 && none.errors.contains("no value of none/such"), "\(none)")
      let other = try place.tacho("history", "--store", "s.sqlite", "--suite", "other")
      #expect(other.code == 2 && other.errors.contains("it holds sweeps of: once"), "\(other)")
    }

    /// Sixteen nightly jobs in two stores, the program 6% slower from the tenth on.
    @Test func ratiosOfGateJobs() throws {
      for index in 0..<16 {
        let store = try ResultStore(path: place.path(index < 8 ? "a.sqlite" : "b.sqlite"))
        let machine = MachineRecord(name: "bench", facts: ["cpu": "x"])
        let member = GateMember(
          id: "p0", name: "gemv kernel.format=q4_0", role: .point, series: ["p0"],
          statistic: "p10", margins: .points)
        func build(_ digit: Int) -> GateBuild {
          GateBuild(
            reference: "r", revision: String(format: "%040x", 0xabc0_0000 + digit),
            buildID: "b\(digit)", digest: "d")
        }
        let date = String(format: "2026-03-%02dT02:00:00Z", index + 1)
        let record = GateRecord(
          sweepID: "s\(index)", base: build(0), candidate: build(index + 1), policy: GatePolicy(),
          seed: 1,
          series: [GateSeries(id: "p0", name: member.name, role: .point, pointID: "point")],
          members: [member], expected: 1)
        try store.begin(
          SweepRecord(
            id: "s\(index)", suite: "gate-nightly", planHash: "", suiteText: "",
            command: "tacho gate suites/nightly.yaml", startedAt: date, machine: machine,
            build: BuildRecord(facts: [:])))
        try store.begin(record)
        let shift = (index < 9 ? 0 : 0.06) + Double(index * 5 % 7) * 0.0005
        try store.finish(
          GateResult(
            record: record,
            decisions: [
              GateDecision(
                memberID: "p0", verdict: .pass, pairs: 20, shift: shift, low: shift - 0.002,
                high: shift + 0.002, reason: "")
            ], invalid: index == 3 ? ["blind"] : [], startedAt: date, finishedAt: date))
      }
      let both = ["history", "--store", "a.sqlite", "--store", "b.sqlite"]
      let result = try place.start(both).result()
      let name = { String(format: "%040x", 0xabc0_0000 + $0) }
      let text = result.output
      // Seven digits of each, which for these begin with zeros.
      #expect(result.code == 0, "\(result)")
      #expect(result.errors.contains("left out: 1 job of the gate"), "\(result)")
      #expect(text.contains("suite nightly, bench, ratios to \(name(0).prefix(7))"), "\(text)")
      #expect(text.contains("+6.") && text.contains("1 suspicion in 1 series"), "\(text)")
      #expect(
        text.contains("suites/nightly.yaml --filter '^gemv kernel\\.format=q4_0$'"), "\(text)")
      #expect(text.contains("find the commit: tacho bisect "), "\(text)")
      #expect(text.contains("--point 'gemv kernel.format=q4_0'"), "\(text)")
      let json = try place.start(both + ["--json", "--from", "gates"]).result().output
      let parsed = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let series = try #require((parsed["series"] as? [[String: Any]])?.first)
      let builds = try #require(series["builds"] as? [[String: Any]])
      #expect(builds.count == 15 && series["basis"] as? String == "reference")
      let changes = try #require(series["changes"] as? [[String: Any]])
      #expect(changes.first?["build"] as? String == name(10), "\(json)")
      for (arguments, words) in [
        (["--reference", "ffff"], "has the base ffff"),
        (["--from", "gates", "--metric", "none"], "ratios are of gate/time"),
        (["--from", "gates", "--suite", "other"], "of suite 'other'"),
        (["--reference", "ab", "--from", "runs"], "leave out --from runs"),
        (["--from", "runs"], "no value of any headline metric"),
      ] {
        let refused = try place.start(both + arguments).result()
        #expect(refused.code == 2 && refused.errors.contains(words), "\(arguments): \(refused)")
      }
      let alone = try place.start(both + ["--reference", String(name(0).prefix(34))]).result()
      #expect(alone.code == 0 && alone.output == text, "\(alone)")
    }

    @Test(arguments: [
      (["history", "--store", "gone.sqlite"], "gone.sqlite"),
      (["history", "--series", "gone.csv"], "cannot read gone.csv"),
      (["history", "--series", "h.csv", "--store", "s"], "leave out --store"),
      (["history", "--log"], "--log is about"),
      (["history", "--series", "h.csv", "--filter", "("], "is not a regular expression"),
      (["history", "--series", "h.csv", "--filter", "none"], "no series matches 'none'"),
      (["history", "--series", "bad.csv"], "line 2: value '1x' is not a finite number"),
    ])
    func refusals(arguments: [String], complaint: String) throws {
      try place.write("h.csv", Self.file)
      try place.write("bad.csv", "series,position,value\na,1,1x\n")
      let result = try place.start(arguments).result()
      #expect(result.code == 2 && result.output.isEmpty, "\(result)")
      #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(complaint), "\(result)")
    }
  }
}
