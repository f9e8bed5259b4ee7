// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord
import TachoReport
import Testing

/// A comparison with a stored sweep as text: for terminals, comments and programs.
@Suite struct StoredFormatsTests {
  /// One launch of three samples for each rate.
  private func runs(_ threads: Int, _ sweep: String, _ rates: [Double]) -> [ResultSet.Run] {
    rates.enumerated().map { launch, rate in
      var run = ReportFixture.run(
        sweep: "\(sweep)-\(threads)", order: launch, axes: [("engine.threads", .int(threads))],
        values: [
          (ReportFixture.decode, [0.999, 1, 1.001].map { Reading.value(rate * $0) })
        ], warmups: 0)
      run.record.launch = launch
      return run
    }
  }

  private func found() throws -> StoredComparison {
    let then = ReportFixture.sweep(
      "then-1", runs: runs(1, "a", [100, 101, 99, 100]) + runs(2, "a", [200, 201]))
    var now = ReportFixture.sweep(
      "now-1", build: ReportFixture.build("c0ffee"),
      runs: runs(1, "b", [90, 90, 91, 89]) + runs(2, "b", [200.5, 200.5]))
    now.record.startedAt = "2026-03-01T13:00:00Z"
    let points = [1, 2, 4].map { threads in
      Point(
        benchmark: "generate", kind: "generate",
        configuration: Configuration(["engine.threads": .int(threads)]), axes: ["engine.threads"])
    }
    let metrics = StoredRows.headline(of: then)
    #expect(metrics["generate"]?.map(\.id) == ["decode/tokens-per-second"])
    return StoredComparison(
      then: then, now: now, points: points, metrics: { metrics[$0.benchmark] ?? [] })
  }

  @Test func terminalSaysWhatItDoesNotSay() throws {
    let text = StoredTable.render(try found())
    #expect(text.contains("-10.0%"), "\(text)")
    #expect(text.contains("beyond the spread, worse") && text.contains("within the spread"))
    #expect(text.contains("100.0 tok/s (4)") && text.contains("90.00 tok/s (4)"), "\(text)")
    // 101 over 99.
    #expect(text.contains(" 2.0\u{202F}%  beyond"), "\(text)")
    #expect(text.contains("]*") && text.contains("the interval is a hint"), "\(text)")
    #expect(text.contains("not on record, so not measured: generate engine.threads=4"))
    #expect(text.contains("No verdict:") && text.contains("exit code 0"))
    #expect(text.contains("1 of 2 intervals does not hold 0%"), "\(text)")
    #expect(text.contains("then: sweep then-1") && text.contains("fingerprint"))
  }

  @Test func withoutAnyPoint() throws {
    let empty = ReportFixture.sweep(runs: [])
    let found = StoredComparison(then: empty, now: empty, points: [], metrics: { _ in [] })
    #expect(StoredTable.render(found).contains("no point of the suite is on record"))
    #expect(StoredMarkdown.render(found).contains("No point of the suite is on record."))
    #expect(StoredTable.render(found).contains("No verdict:"))
  }

  @Test func markdownIsATableWithinBounds() throws {
    let text = StoredMarkdown.render(try found())
    #expect(text.hasPrefix(StoredMarkdown.marker))
    #expect(text.contains("| point | metric | then |") && text.contains("no verdict"))
    #expect(text.contains("No verdict:") && text.utf8.count < 65_000)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count == 4 && Set(rows.map { $0.count { $0 == "|" } }).count == 1, "\(text)")
    // Many points with names that would be markup: cut, and the warning is still there.
    let names = (0..<800).map { String(repeating: "<b>|", count: 20) + "@user #\($0)" }
    let points = names.map {
      Point(benchmark: $0, kind: "kernel", configuration: Configuration(), axes: [])
    }
    func sweep(_ id: String) -> ResultSet.Sweep {
      ReportFixture.sweep(
        id,
        runs: points.enumerated().map { order, point in
          var run = ReportFixture.run(
            sweep: id, order: order, axes: [], values: [(ReportFixture.bytes, [.value(1e9)])],
            warmups: 0)
          run.record.point = point
          return run
        })
    }
    let many = StoredMarkdown.render(
      StoredComparison(
        then: sweep("a"), now: sweep("b"), points: points,
        metrics: { _ in [ReportFixture.bytes] }))
    #expect(many.utf8.count < 65_536 && many.contains("left out") && many.contains("No verdict:"))
    #expect(!many.contains("<b>") && !many.contains("@user"))
  }

  @Test func jsonHasNoVerdict() throws {
    struct Document: Decodable {
      struct Figure: Decodable {
        let id: String
        let ratio, ci_low, ci_high, spread: Double
        let method, standing: String
        let launches_then, launches_now: Int
        let worse: Bool?
      }
      struct Row: Decodable {
        let benchmark: String
        let metrics: [Figure]
      }
      let schema: String
      let verdict: String?
      let warning: String
      let points: [Row]
      let suite_only, stored_only: [String]
    }
    let text = try StoredJSON.render(found())
    let read = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    #expect(read.schema == "tacho-gate-stored" && read.verdict == nil)
    #expect(text.contains(#""verdict" : null"#) && read.warning.hasPrefix("No verdict"))
    #expect(read.points.count == 2 && read.suite_only == ["generate engine.threads=4"])
    let first = read.points[0].metrics[0]
    #expect(abs(first.ratio - 0.9) < 1e-9 && first.worse == true && first.standing == "beyond")
    #expect(first.method == "hodges-lehmann" && first.launches_then == 4)
    #expect(first.ci_low <= first.ratio && first.ratio <= first.ci_high)
    #expect(abs(first.spread - (101.0 / 99 - 1)) < 1e-9)
    #expect(read.points[1].metrics[0].method == "two-level bootstrap")
    #expect(read.points[1].metrics[0].standing == "within")
  }
}
