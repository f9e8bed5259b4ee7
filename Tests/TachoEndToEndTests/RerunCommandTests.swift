// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// Rows measured again from what the store has of them.
  @Suite struct RerunCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write(
        "r.yaml",
        """
        schema: 1
        name: small
        base: { model.synth.shape: tiny-llama }
        measure: { samples: 3, warmup: 1, contaminated: keep, timeout: 1m }
        benchmarks:
          decode:
            kind: generate
            set: { workload.output_tokens: 4 }
            axes: { engine.threads: [1, 2] }

        """)
      try place.expect("run", "r.yaml", "--store", "s.sqlite", "--quiet")
      // The store alone must do.
      try FileManager.default.removeItem(atPath: place.path("r.yaml"))
    }

    private struct Found: Decodable {
      struct Metric: Decodable {
        let id: String
        let verdict: String
        let ratio: Double
        let ci_low: Double
        let ci_high: Double
      }
      struct Output: Decodable {
        let verdict: String
        let samples: Int
      }
      struct Sweep: Decodable {
        let sweep: String
        let runs: [String]
      }
      let verdict: String
      let place: String
      let metrics: [Metric]
      let output: Output
      let repeated: Sweep
      let rerun: Sweep
    }

    @Test func theSameRowInFreshProcesses() throws {
      let old = try place.sweep("s.sqlite")
      let row = try #require(
        old.runs.first { $0.record.point.configuration["engine.threads"] == 2 })
      let result = try place.start([
        "rerun", "--store", "s.sqlite", "--launches", "3", "--within", "900", "--json",
        String(row.record.id.prefix(9)),
      ]).result()
      let found = try JSONDecoder().decode(Found.self, from: Data(result.output.utf8))
      let codes: [String: Int32] = ["reproduced": 0, "differs": 1, "cannot tell": 3]
      #expect(result.code == codes[found.verdict], "\(result)")
      #expect(found.place == "same machine" && found.repeated.runs == [row.record.id])
      // Four samples with the seeds of then: warm-up too has its output on record.
      #expect(found.output.verdict == "same" && found.output.samples == 4, "\(result)")
      let metric = try #require(found.metrics.first)
      #expect(metric.id == "decode/tokens-per-second")
      #expect(metric.ci_low <= metric.ratio && metric.ratio <= metric.ci_high)
      let store = try ResultStore(path: place.path("s.sqlite"), readOnly: true)
      let new = try store.results(of: found.rerun.sweep)
      #expect(new.runs.map(\.record.launch) == [0, 1, 2])
      #expect(new.record.suite == "small" && new.record.suiteText == old.record.suiteText)
      #expect(new.record.command.contains("rerun"))
      for run in new.runs {
        #expect(run.record.point == row.record.point && run.record.policy == row.record.policy)
        #expect(
          run.samples.map(\.observation.outputFingerprint)
            == row.samples.map(\.observation.outputFingerprint))
      }
      let event = try #require(new.events.first { $0.kind == "rerun" })
      #expect(event.message.hasSuffix("run \(row.record.id)"))
      // A rerun of one row does not stand for its suite, neither in tables nor as the latest sweep.
      let table = try place.expect("export", "s.sqlite", "--csv")
      #expect(table.contains(old.record.id) && !table.contains(new.record.id), "\(table)")
      let again = try place.start([
        "rerun", "--store", "s.sqlite", "--launches", "2", "decode engine.threads=2",
      ]).result()
      #expect(again.output.contains("of \(old.record.startedAt)"), "\(again)")
      #expect(again.output.contains("output: same output in 4 samples"), "\(again)")
      #expect(again.output.contains("verdict: ") && [0, 1, 3].contains(again.code), "\(again)")
    }

    /// Numbers that are changed in the store do not come out again, and another output is said.
    @Test func whatDiffersIsSaid() throws {
      let sweep = try place.sweep("s.sqlite")
      let run = try #require(sweep.runs.first)
      try place.alter(
        "s.sqlite",
        """
        UPDATE measurement SET value = value * 1000 WHERE sample_key IN
          (SELECT key FROM sample WHERE run_id = '\(run.record.id)')
        """)
      let faster = try place.start([
        "rerun", "--store", "s.sqlite", "--launches", "4", run.record.id,
      ]).result()
      #expect(faster.code == 1 && faster.output.contains("differs by -"), "\(faster)")
      #expect(faster.output.contains("(worse than then)"), "\(faster)")
      try place.alter(
        "s.sqlite",
        """
        UPDATE sample SET observation = json_set(observation, '$.outputFingerprint', 'argmax:-1')
          WHERE run_id = '\(run.record.id)' AND sample_index = 2
        """)
      let other = try place.start([
        "rerun", "--store", "s.sqlite", "--launches", "2", "--within", "1000", run.record.id,
      ]).result()
      #expect(other.code == 1, "\(other)")
      #expect(
        other.output.contains("different output in 1 of 4 samples, first in sample 2: argmax:-1"),
        "\(other)")
    }

    @Test func whatNamesNoRowIsAMistake() throws {
      for (arguments, words) in [
        (["rerun", "--store", "gone.sqlite", "x"], "there is no store gone.sqlite"),
        (["rerun", "--store", "s.sqlite", "zz"], "'decode engine.threads=1'"),
        (["rerun", "--store", "s.sqlite", ""], "names no run"),
        (["rerun", "--store", "s.sqlite", "--launches", "1", "a"], "give 2 to 1000"),
        (["rerun", "--store", "s.sqlite", "--within", "0", "a"], "percent above 0"),
      ] {
        let result = try place.start(arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
      #expect(!place.exists("gone.sqlite"))
      // Two runs whose ids begin alike.
      try place.alter("s.sqlite", "UPDATE run SET id = 'abc' || launch || position")
      let both = try place.start(["rerun", "--store", "s.sqlite", "abc"]).result()
      #expect(both.code == 2 && both.errors.contains("may be any of these"), "\(both)")
      #expect(both.errors.contains("abc00") && both.errors.contains("abc01"), "\(both)")
    }

    @Test func withoutSamplesThereIsNoNumber() throws {
      let run = try #require(try place.sweep("s.sqlite").runs.first)
      try place.alter(
        "s.sqlite",
        "UPDATE sample SET warmup = 1 WHERE run_id = '\(run.record.id)'")
      let result = try place.start(["rerun", "--store", "s.sqlite", run.record.id]).result()
      #expect(result.code == 2 && result.errors.contains("no samples that count"), "\(result)")
    }
  }
}
