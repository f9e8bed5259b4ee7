// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// The gate from its command to its files, and its verdicts computed again from the store.
  @Suite struct GateCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write(
        "s.yaml",
        """
        schema: 1
        name: small
        measure: { warmup: 1, timeout: 1m }
        gate:
          samples: 2
          pairs: 8
          must_not_pass: 50%
          tolerated: 30%
          metrics: { kernel/bytes-per-second: true, latency/ttft: [30%, 50%], sample/seconds: false }
        benchmarks:
          gemv:
            kind: kernel
            set: { kernel: { op: gemv, rows: 64, columns: 256 }, engine.threads: 1 }
            axes: { kernel.format: [q4_0, q8_0] }

        """)
    }

    @Test func jobsAreKeptAndToldAgain() throws {
      let gate = try place.start([
        "gate", "s.yaml", "--base", try Workplace.program(), "--candidate",
        try Workplace.program(),
        "--store", "g.sqlite", "--budget", "90s", "--seed", "5", "--format", "md=g.md",
        "--format", "junit=g.xml", "--format", "json=g.json", "--format", "sarif=g.sarif",
      ]).result()
      let store = try ResultStore(path: place.path("g.sqlite"), readOnly: true)
      let sweep = try #require(store.sweeps().first { $0.suite == "gate-small" })
      let result = try #require(try store.gateResult(of: sweep.id), "\(gate)")
      #expect(gate.code == result.outcome.exitCode, "\(gate)")
      // Every verdict again, from the samples alone.
      let series = PairTimes.bySeries(
        in: try store.results(of: sweep.id, launches: 0), metrics: result.record.metricsCompared)
      let judge = GateJudge(result.record)
      for member in result.record.members {
        let stored = try #require(result.decision(of: member.id))
        let again = judge.decision(of: member, series)
        #expect(again.failEvidence == stored.failEvidence, "\(member.name)")
        #expect(again.passEvidence == stored.passEvidence && again.pairs == stored.pairs)
        #expect(again.shift == stored.shift && again.low == stored.low && again.high == stored.high)
        #expect(again.verdict == stored.verdict || stored.verdict == .layout, "\(member.name)")
        #expect(again.base == stored.base && again.candidate == stored.candidate, "\(member.name)")
        if stored.pairs > 0, member.role != .group {
          #expect(stored.base ?? 0 > 0, "\(member.name)")
        }
      }
      // And what is compared exactly, of which launches were counted in pairs of their own.
      #expect(
        ExactComparison(result.record).differences(series)
          == result.differences.filter { $0.quantity.contains("/") })
      let counted = try #require(series["count/p0"]?.first)
      let launches = PairSide.allCases.map { counted.readings[$0]?.numbers["launch/per-step"] }
      #expect(launches[0]?.isEmpty == false && launches[0] == launches[1])
      let allocations = series["p0"]?.flatMap { pair in
        PairSide.allCases.flatMap {
          pair.readings[$0]?.numbers["os/allocations"]?.values.map { $0 } ?? []
        }
      }
      #expect(Set(allocations ?? []).count == 1, "\(allocations ?? [])")
      let rates = result.record.members.filter { $0.role == .metric }
      #expect(rates.count == 4 && rates.allSatisfy { $0.metric != nil })
      for member in rates where member.metric?.id == "latency/ttft" {
        #expect(result.decision(of: member.id)?.verdict == .skipped)
      }
      let roles = Set(result.record.members.map(\.role))
      #expect(
        roles.isSuperset(of: [.point, .metric, .sentinel, .control]) && result.record.expected == 2)
      #expect(result.differences.isEmpty)
      for file in ["g.md", "g.xml", "g.json", "g.sarif"] {
        let text = try String(contentsOfFile: place.path(file), encoding: .utf8)
        #expect(text.contains("gemv"), "\(file)")
      }
      let report = try place.start(["report", "g.sqlite", "-o", "r.html"]).result()
      #expect(report.code == 0)
      let html = try String(contentsOfFile: place.path("r.html"), encoding: .utf8)
      #expect(html.contains("sentinel: gemv"))
    }

    @Test func mistakesSayWhatToDo() throws {
      for (arguments, words) in [
        (["gate", "s.yaml"], "--base"),
        (["gate", "s.yaml", "--base", "/nowhere/tacho"], "/nowhere/tacho"),
        (["gate", "s.yaml", "--base", "/bin/true"], "no tacho"),
        (["gate", "s.yaml", "--base", try Workplace.program(), "--format", "pdf=x"], "junit"),
        (["gate", "s.yaml", "--base", "x", "--set", "gate.tolerated=5x"], "percentage"),
        (["gate", "s.yaml", "--base", "x", "--set", "gate.tolerated=60%"], "must not pass"),
      ] as [([String], String)] {
        let answer = try place.start(arguments).result()
        #expect(answer.code == 2 && answer.errors.contains(words), "\(arguments): \(answer)")
      }
      let power = try place.start(["gate", "s.yaml", "--power"]).result()
      #expect(power.code == 0 && power.output.contains("not calibrated"), "\(power)")
    }
  }
}
