// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoReport
import Testing

/// The noise of points that several processes measured.
@Suite struct NoiseSectionTests {
  /// Samples whose times (in microseconds) are given, a process each list.
  static func results(_ processes: [[Int]]) -> ResultSet {
    let runs = processes.enumerated().map { process, times -> ResultSet.Run in
      var run = ReportFixture.run(
        order: process, axes: [("engine.threads", 2)],
        values: [(ReportFixture.decode, times.map { .value(1e6 / Double($0)) })], warmups: 0)
      run.record.launch = process
      for index in run.samples.indices {
        run.samples[index].observation = Observation(startNs: 0, endNs: times[index] * 1000)
      }
      return run
    }
    return ResultSet(sweeps: [ReportFixture.sweep(runs: runs)])
  }

  static func page(_ processes: [[Int]]) -> String {
    HTMLReport(results: results(processes), title: "t").render()
  }

  /// Processes that differ, samples that hardly do: nearly all of the variance lies between.
  @Test func spreadBetweenProcesses() throws {
    let html = Self.page([[1000, 1001, 1002], [1100, 1101, 1102], [1000, 1001, 1002]])
    #expect(html.contains("Noise"))
    let row = try #require(html.split(separator: "<h2").first { $0.contains("tightest") })
    #expect(row.contains("<td class=\"num\" data-value=\"3.0\">3</td>"))
    #expect(row.contains("<td class=\"num\" data-value=\"9.0\">9</td>"))
    let pattern = /between, share.*?/
    #expect(row.contains(pattern))
    // ln 1.1 apart: about 5.5% between, 0.1% within, so all but a thousandth of the variance.
    #expect(row.contains("5.5\u{202F}%") && row.contains("0.1\u{202F}%"), "\(row.suffix(900))")
    #expect(row.contains("100\u{202F}%"))
  }

  @Test func oneProcessTellsNothing() {
    #expect(!Self.page([[1000, 1001, 1002]]).contains(">Noise<"))
    #expect(!Self.page([[1000], [1001]]).contains(">Noise<"))
  }
}
