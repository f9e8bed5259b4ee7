// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

/// Flagged samples and their surroundings in tables, exports and the report.
@Suite("Samples of a disturbed machine")
struct EnvironmentExportTests {
  /// Five samples, the third and fifth flagged; the first is warm-up.
  private func sweep(_ policy: MeasurementPolicy?, events: [EventRecord] = []) -> ResultSet {
    var run = TablesFixtures.run(
      "r0", TablesFixtures.point("q4_0", threads: 1), order: 0, rates: [5, 20, 60, 22, 80])
    run.record.policy = policy
    for index in [2, 4] {
      run.samples[index].flag = "other processes used 90.0% of a processor"
      var seen = SampleEnvironment(wallSeconds: 2.5)
      (seen.foreignSeconds, seen.migrations) = (2.25, 3)
      seen.unavailable = ["megahertz": "no cpufreq", "ioPressureSeconds": "no PSI"]
      run.samples[index].environment = seen
    }
    return ResultSet(sweeps: [
      ResultSet.Sweep(record: TablesFixtures.sweep, runs: [run], events: events)
    ])
  }

  private static let repeating = MeasurementPolicy(samplesMin: 2, samplesMax: 9)

  @Test("Figures leave out flagged samples when enough others are there, and say so")
  func selection() throws {
    let left = try #require(PointResult.all(in: sweep(Self.repeating)).first)
    #expect(left.readings(of: TablesFixtures.decode.id)?.launches == [[20, 22]])
    #expect(left.flaggedSamples == 2 && left.flaggedAndCounted == 0)
    var greedy = Self.repeating
    greedy.samplesMin = 3
    for policy in [nil, greedy, .fixed(4, warmup: 1)] {
      let counted = try #require(PointResult.all(in: sweep(policy)).first)
      #expect(counted.readings(of: TablesFixtures.decode.id)?.launches == [[20, 60, 22, 80]])
      #expect(counted.flaggedAndCounted == 2)
    }
    let text = TerminalTable.render(sweep(Self.repeating), TableOptions())
    #expect(text.contains("2 samples flagged, for the machine was disturbed: left out"), "\(text)")
    #expect(
      TerminalTable.render(sweep(nil), TableOptions()).contains("0 left out, 2 counted"))
  }

  @Test("Peers' format has the counted samples only")
  func llamaBench() {
    #expect(LlamaBenchRow.rows(of: sweep(Self.repeating)).first?.samplesNs.count == 2)
    #expect(LlamaBenchRow.rows(of: sweep(nil)).first?.samplesNs.count == 4)
  }

  @Test("CSV files have a column for each counter, and the reasons of the empty ones")
  func csv() throws {
    let files = CSVTree.files(of: sweep(Self.repeating))
    let content = try #require(files.first { $0.name == "samples.csv" }).content
    let lines = content.split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 6 && lines.allSatisfy { $0.count == lines[0].count })
    func column(_ name: String) throws -> [Substring] {
      let index = try #require(lines[0].firstIndex { $0 == name }, "\(name)")
      return lines.dropFirst().map { $0[index] }
    }
    #expect(try column("counted") == ["false", "true", "false", "true", "false"])
    #expect(try column("foreign_seconds") == ["", "", "2.25", "", "2.25"])
    #expect(try column("worker_migrations") == ["", "", "3", "", "3"])
    #expect(try column("megahertz") == ["", "", "", "", ""])
    let reasons = try column("environment_unavailable")
    #expect(reasons[0] == "nobody looked")
    #expect(reasons[2] == "ioPressureSeconds: no PSI; megahertz: no cpufreq")
  }

  private struct Document: Decodable {
    struct Sweep: Decodable { let points: [Point] }
    struct Point: Decodable { let runs: [Run] }
    struct Run: Decodable { let samples: [Sample] }
    struct Sample: Decodable {
      let counted: Bool
      let flag: String?
      let environment: Environment?
    }
    struct Environment: Decodable {
      let foreign_seconds: Double?
      let steal_seconds: Double?
      let environment_wall_seconds: Double
      let unavailable: [String: String]
    }
    let sweeps: [Sweep]
  }

  @Test("JSON has the surroundings of each sample")
  func json() throws {
    let text = try JSONExport.render(sweep(Self.repeating), TableOptions())
    let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    let samples = document.sweeps[0].points[0].runs[0].samples
    #expect(samples.map(\.counted) == [false, true, false, true, false])
    #expect(samples[0].environment == nil)
    let seen = try #require(samples[2].environment)
    #expect(seen.foreign_seconds == 2.25 && seen.steal_seconds == nil)
    #expect(seen.environment_wall_seconds == 2.5 && seen.unavailable["megahertz"] == "no cpufreq")
  }

  @Test("The report shows the doctor's grade with what made it")
  func grade() {
    func page(_ message: String) -> String {
      let event = EventRecord(sweepID: "s1", at: "t", kind: "conditions", message: message)
      return HTMLReport(results: sweep(nil, events: [event]), title: "t").render()
    }
    let graded = page(#"{"doctor.grade":"C","doctor.findings":["major: swap: 9 MiB"],"x":1}"#)
    #expect(graded.contains("as tacho doctor graded it: C (major: swap: 9 MiB)"))
    for other in [#"{"load":1}"#, "nonsense", ""] {
      #expect(!page(other).contains("as tacho doctor graded it"))
    }
  }
}
