// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

/// Points of other programs stand apart from Tacho's own, and beside them.
@Suite struct PeersTests {
  /// Rates of three blocks each; the machine is twice as fast in the last.
  private static func runs(
    _ variant: String, kind: String, rates: [Double], facts: [String: ConfigurationValue] = [:],
    format: String = "q4_0", settings: [(String, ConfigurationValue)] = []
  ) -> [ResultSet.Run] {
    rates.enumerated().map { launch, rate in
      var run = ReportFixture.run(
        order: launch, benchmark: "decode",
        axes: [("weights.format", .string(format)), ("worker.kind", .string(kind))] + settings,
        values: [(ReportFixture.decode, [rate, rate].map { .value($0) })], warmups: 0, facts: facts)
      run.record.point.variant = variant
      run.record.launch = launch
      run.record.point.axes = ["weights.format"]
      return run
    }
  }

  static let facts: [String: ConfigurationValue] = [
    "worker.engine": "llama-bench", "worker.version": "abc1234 (77)", "worker.program": "/x/bench",
    "llama_bench.n_threads": 2, "llama_bench.build_commit": "abc1234",
    "llama_bench.build_number": 77, "llama_bench.cpu_info": "Their CPU",
    "llama_bench.backends": "BLAS",
  ]

  private let results = ResultSet(sweeps: [
    ReportFixture.sweep(
      runs: runs("tacho", kind: "native", rates: [30, 40, 60], facts: ["worker.engine": "tacho"])
        + runs("llama.cpp", kind: "llama-bench", rates: [20, 20, 40], facts: facts)
        + runs("llama.cpp", kind: "llama-bench", rates: [7], facts: facts, format: "f16"))
  ])

  @Test func pointsAreNotMerged() {
    let context = ReportContext(results: results, title: "peers")
    #expect(context.points.count == 3)
    #expect(context.points.map(\.isPeer) == [false, true, true])
    #expect(
      context.points.map(\.peerEngine) == [nil, "llama-bench abc1234 (77)"] + [
        "llama-bench abc1234 (77)"
      ])
  }

  @Test func ratiosAreTakenWithinBlocks() throws {
    let context = ReportContext(results: results, title: "peers")
    let benchmark = try #require(context.benchmarks.first)
    let comparisons = PeerComparison.all(in: benchmark)
    // f16 was measured by the peer alone. Blocks: 1.5, 2, 1.5.
    #expect(comparisons.count == 1)
    let first = try #require(comparisons.first)
    let ratio = first.ratio.summary
    #expect(ratio.median == 1.5 && ratio.count == 3 && ratio.interval == 1.5...2)
  }

  /// What only Tacho's engine was told makes another variant of it, not another setting.
  @Test func variantsOfTheEngineStandBesideAPeer() throws {
    func ratios(_ setting: (String, ConfigurationValue)) throws -> [String?: Double] {
      let results = ResultSet(sweeps: [
        ReportFixture.sweep(
          runs: Self.runs("tacho", kind: "native", rates: [30])
            + Self.runs("other", kind: "native", rates: [60], settings: [setting])
            + Self.runs("llama.cpp", kind: "llama-bench", rates: [20], facts: Self.facts))
      ])
      let context = ReportContext(results: results, title: "peers")
      let benchmark = try #require(context.benchmarks.first)
      return Dictionary(
        uniqueKeysWithValues: PeerComparison.all(in: benchmark).map {
          ($0.own.point.variant, $0.ratio.summary.median)
        })
    }
    #expect(try ratios(("engine.compute", "bf16")) == ["tacho": 1.5, "other": 3])
    // Another depth is another task.
    #expect(try ratios(("workload.depth", 512)) == ["tacho": 1.5])
  }

  /// A time is better when it is lower: the ratio is still how many times as fast.
  @Test func timesAreTurnedRound() throws {
    var turned = results
    for index in turned.sweeps[0].runs.indices {
      for sample in turned.sweeps[0].runs[index].samples.indices {
        let rate = turned.sweeps[0].runs[index].samples[sample].measurements[0].reading
        turned.sweeps[0].runs[index].samples[sample].measurements = [
          Measurement(SampleSeconds.metric, ReportFixture.inverse(rate, 1))
        ]
      }
    }
    let context = ReportContext(results: turned, title: "peers")
    let benchmark = try #require(context.benchmarks.first)
    let comparison = try #require(PeerComparison.all(in: benchmark).first)
    #expect(abs(comparison.ratio.summary.median - 1.5) < 1e-12)
  }

  @Test func reportSaysWhoMeasured() {
    let page = ReportDocument(HTMLReport(results: results, title: "peers").render())
    #expect(page.problem == nil)
    let rows = page.all("tr").map(\.text)
    #expect(
      rows.contains { $0.contains("decode") && $0.contains("llama.cpp") && $0.contains("1.5") })
    #expect(rows.contains { $0.contains("/x/bench") && $0.contains("abc1234 (77)") })
    let badges = page.all("span", class: "badge").map(\.text)
    #expect(badges.count { $0 == "llama-bench abc1234 (77)" } == 2)
    let text = TerminalTable.render(results, TableOptions(width: 120))
    #expect(text.contains("llama.cpp measured by llama-bench abc1234 (77)"))
  }

  @Test func llamaBenchRowsNameTheirProgram() throws {
    let rows = LlamaBenchRow.rows(of: results)
    #expect(rows.count == 3)
    #expect(rows[0].buildCommit == "3f2a9c1d" && rows[0].backend == "CPU")
    #expect(rows[1].buildCommit == "abc1234" && rows[1].buildNumber == 77)
    #expect(rows[1].cpuInfo == "Their CPU" && rows[1].backend == "BLAS")
  }
}
