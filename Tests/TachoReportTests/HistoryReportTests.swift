// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

/// Histories as tables, JSON and a section of the report.
@Suite struct HistoryReportTests {
  /// Forty clean builds of a release, of which those from the 25th on decode 6% slower; two points.
  static func results(builds: Int = 40) -> ResultSet {
    var dice = Dice(seed: 5)
    let sweeps = (0..<builds).map { index -> ResultSet.Sweep in
      let speed = index < 25 ? 1 : 0.94
      let runs = [2, 4].map { threads -> ResultSet.Run in
        let rate = 20.0 * Double(threads) * dice.noise(0.01) * (threads == 2 ? speed : 1)
        return ReportFixture.run(
          sweep: "s\(index)", order: threads, axes: [("engine.threads", .int(threads))],
          values: [(ReportFixture.decode, (0..<6).map { _ in .value(rate * dice.noise(0.005)) })])
      }
      var sweep = ReportFixture.sweep(
        "s\(index)",
        build: BuildRecord(facts: [
          "git.revision": .string(String(format: "%07x%033x", 0xa00_0000 + index, index)),
          "git.dirty": false, "build.mode": "release",
        ]), runs: runs)
      sweep.record.startedAt = String(
        format: "2026-%02d-%02dT02:00:00Z", 1 + index / 28, 1 + index % 28)
      return sweep
    }
    return ResultSet(sweeps: sweeps)
  }

  @Test func tableNamesTheBuildAndTheCommand() throws {
    let analysis = HistoryAnalysis(HistorySelection.headline(of: Self.results()))
    let text = HistoryTable.render(analysis)
    let point = try #require(analysis.results.first?.suspicions.first?.point)
    #expect(abs(point.index - 25) <= 1)
    let name = String(format: "%07x", 0xa00_0000 + point.index)
    #expect(text.contains("suspicion since \(name): -6."), "\(text)")
    #expect(text.contains(", worse; p 0."))
    let base = String(format: "%07x", 0xa00_0000 + point.index - 2)
    let candidate = String(format: "%07x", 0xa00_0000 + point.index + 1)
    #expect(
      text.contains(
        "confirm: tacho gate --base \(base) --candidate \(candidate) suites/quickstart.yaml"))
    #expect(text.contains("absolute times of different days: suspicions only"))
    #expect(text.contains("1 suspicion in 2 series; p is adjusted over 2 tests"))
    #expect(text.contains("|"))
  }

  @Test func jsonHoldsWhatTheTableShows() throws {
    let analysis = HistoryAnalysis(HistorySelection.headline(of: Self.results()))
    let text = try HistoryJSON.render(analysis)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(json["schema"] as? String == "tacho-history" && json["tests"] as? Int == 2)
    let series = try #require(json["series"] as? [[String: Any]])
    #expect(series.count == 2)
    let first = try #require(series.first)
    #expect(first["basis"] as? String == "absolute" && first["reference"] is NSNull)
    #expect((first["builds"] as? [Any])?.count == 40)
    let change = try #require((first["changes"] as? [[String: Any]])?.first)
    #expect(change["suspicion"] as? Bool == true)
    let shift = try #require(change["shift"] as? Double)
    #expect(abs(shift - log(0.94)) < 0.01)
    #expect((change["confirm"] as? String)?.hasPrefix("tacho gate --base") == true)
    #expect((series.last?["changes"] as? [Any])?.isEmpty == true)
  }

  @Test func sectionIsWellFormedAndShowsTheChange() throws {
    let html = try #require(
      HistorySection.render(ReportContext(results: Self.results(), title: "t"))
    ).markup
    let document = ReportDocument(html)
    #expect(document.problem == nil)
    #expect(html.contains("nothing that stays the same was measured"))
    #expect(html.components(separatedBy: "class=\"mark\"").count - 1 == 80)
    #expect(html.contains("tacho gate --base") && html.contains(", worse; p "))
    #expect(html.contains("<td class=\"num\" data-value=\"40\">40</td>"))
  }

  /// Jobs of the gate against one build: ratios instead of the figures of the same suite's sweeps.
  @Test func sectionTakesRatiosOfGateJobs() throws {
    var sweeps: [ResultSet.Sweep] = []
    let gates = (0..<20).map { index -> GateResult in
      var sweep = ReportFixture.sweep("g\(index)", runs: [])
      sweep.record.suite = "gate-nightly"
      sweep.record.command = "tacho gate suites/nightly.yaml"
      sweep.record.startedAt = String(format: "2026-03-%02dT02:00:00Z", index + 1)
      sweeps.append(sweep)
      var gate = GateFixture.result([
        (
          GateFixture.member("p0", "gemv kernel.format=q4_0"),
          GateFixture.decision(
            "p0", .pass, shift: (index < 10 ? 0 : 0.05) + Double(index * 3 % 7) * 0.0004)
        )
      ])
      gate.record.sweepID = "g\(index)"
      gate.record.candidate.revision = String(format: "%07x%033x", 0xb00_0000 + index, index)
      return gate
    }
    let context = ReportContext(results: ResultSet(sweeps: sweeps), title: "t", gates: gates)
    let html = try #require(HistorySection.render(context)).markup
    #expect(ReportDocument(html).problem == nil)
    #expect(html.contains("ratios to 3f2a9c1d8e77aabbccdd, measured in the same job"))
    #expect(!html.contains("nothing that stays the same was measured"))
    #expect(html.components(separatedBy: "class=\"mark\"").count - 1 == 20)
    #expect(html.contains("<code>tacho bisect b000008..b00000b suites/nightly.yaml --point "))
    #expect(html.contains("aria-label=\"gemv kernel.format=q4_0, gate/time, over builds\""))
    // Against nothing in common there is no history.
    let scattered = gates.enumerated().map { index, gate in
      var gate = gate
      gate.record.base.revision = "base\(index)"
      return gate
    }
    #expect(
      HistorySection.render(
        ReportContext(results: ResultSet(sweeps: sweeps), title: "t", gates: scattered)) == nil)
  }

  @Test func oneBuildIsNoHistory() {
    let results = Self.results(builds: 1)
    #expect(HistorySection.render(ReportContext(results: results, title: "t")) == nil)
    let analysis = HistoryAnalysis(HistorySelection.headline(of: results))
    let text = HistoryTable.render(analysis)
    #expect(text.contains("too short to look for changes: that takes 10 builds"))
    #expect(HistoryTable.render(HistoryAnalysis([])) == "no series\n")
  }

  @Test func sparklineKeepsShapeDespiteAnOutlier() {
    #expect(Sparkline.render([0, 1, 2, 3, 4, 5, 6, 7], changes: [4]) == "▁▂▃▄|▅▆▇█")
    #expect(Sparkline.render([3, 3], changes: []) == "▅▅")
    #expect(Sparkline.render([], changes: []) == "")
    #expect(Sparkline.render([1, 2, 3, 4], changes: [], width: 2) == "▁█")
    let line = Sparkline.render([0, 1, 0, 1, 0, 1, 0, 1e6], changes: [])
    #expect(Set(line).count == 3, "\(line)")
  }
}
