// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

extension EndToEnd {
  /// A suite from its file to results, exports and the report.
  @Suite struct RunCommandTests {
    let place: Workplace

    /// Three generate points (one excluded), one that fails, three kernels and one that is refused.
    static let suite = """
      schema: 1
      name: small
      models:
        tiny: { synth: { shape: tiny-llama, seed: 1 } }
        gone: { path: nowhere.gguf }
      measure: { samples: 2, warmup: 1, timeout: 1m, contaminated: keep }
      benchmarks:
        gen:
          kind: generate
          model: tiny
          set: { weights.format: q4_0, workload: { prompt_tokens: 8, output_tokens: 2 } }
          axes: { engine.threads: [1, 2], workload.depth: [0, 16] }
          exclude: [ { engine.threads: 2, workload.depth: 16 } ]
        missing:
          kind: generate
          model: gone
          set: { workload: { prompt_tokens: 8, output_tokens: 2 } }
        kernels:
          kind: kernel
          set: { kernel.rows: 64, engine.threads: 1 }
          axes: { kernel.columns: [256, 160], kernel.format: [q4_0, q4_k] }

      """

    init() throws {
      place = try Workplace()
      try place.write("s.yaml", Self.suite)
    }

    private struct Export: Decodable {
      let schema: String
      let sweeps: [Sweep]
      struct Sweep: Decodable {
        let suite: String
        let started_at: String
        let points: [Point]
      }
      struct Point: Decodable {
        let benchmark: String
        let label: String
        let status: String
        let reason: String?
        let synthetic: Bool
        let runs: [Run]
      }
      struct Run: Decodable { let samples: [Sample] }
      struct Sample: Decodable {
        let warmup: Bool
        let values: [String: Double]
      }
    }

    @Test func everyPointIsARowAndAFailureTheExitCode() throws {
      let result = try place.tacho("run", "s.yaml", "--store", "r/s.sqlite")
      #expect(result.code == 1, "\(result)")
      #expect(result.errors.contains("6 completed, 1 failed, 1 skipped"), "\(result)")
      #expect(result.output.contains("synthetic model"))

      let json = try place.expect("export", "r/s.sqlite", "--json")
      let export = try JSONDecoder().decode(Export.self, from: Data(json.utf8))
      #expect(export.schema == "tacho-results")
      let sweep = try #require(export.sweeps.first)
      #expect(sweep.suite == "small" && sweep.started_at.hasSuffix("Z"))
      #expect(sweep.points.count == 8)
      let completed = sweep.points.filter { $0.status == "completed" }
      #expect(completed.count == 6)
      for point in completed {
        #expect(point.synthetic == (point.benchmark == "gen"))
        #expect(point.runs.flatMap(\.samples).map(\.warmup) == [true, false, false])
        #expect(point.runs[0].samples.allSatisfy { $0.values["sample/seconds"] ?? 0 > 0 })
      }
      let failed = try #require(sweep.points.first { $0.benchmark == "missing" })
      #expect(failed.status == "failed" && failed.reason?.contains("nowhere.gguf") == true)
      let skipped = try #require(sweep.points.first { $0.status == "skipped" })
      #expect(skipped.reason?.contains("multiple of 256") == true)

      try exportsAreWhole()
      try reportNeedsNoNetwork()

      // There is nothing left to do, and the failure is not forgotten.
      let again = try place.tacho("run", "s.yaml", "--store", "r/s.sqlite", "--resume", "--quiet")
      #expect(again.code == 1 && again.errors.contains("nothing is left"), "\(again)")
      let retried = try place.tacho(
        "run", "s.yaml", "--store", "r/s.sqlite", "--resume", "--retry-failures", "--quiet")
      #expect(retried.code == 1 && retried.errors.contains("1 failed, 7 measured"), "\(retried)")
    }

    private func exportsAreWhole() throws {
      let csv = try place.expect("export", "r/s.sqlite", "--csv").split(separator: "\n")
      let columns = csv[0].split(separator: ",", omittingEmptySubsequences: false)
      #expect(
        Set(columns).isSuperset(of: ["benchmark", "metric", "median", "status", "synthetic"]))
      // Eight points; those measured have a row for each metric.
      #expect(csv.count > 30 && csv.contains { $0.contains("generate/tokens-per-second") })
      #expect(csv.contains { $0.contains("no such file") })

      let markdown = try place.expect("export", "r/s.sqlite", "--markdown")
      for name in ["### gen", "### missing", "### kernels"] { #expect(markdown.contains(name)) }

      try place.expect("export", "r/s.sqlite", "--csv", "-o", "tree/")
      for (file, rows) in [("runs", 8), ("samples", 18), ("points", 8), ("sweeps", 1)] {
        let lines = try place.text("tree/\(file).csv").split(separator: "\n")
        // A suite's text is one field over many lines.
        #expect(file == "sweeps" ? lines.count > rows : lines.count == rows + 1, "\(file)")
      }
      let wrong = try place.tacho("export", "r/s.sqlite", "--suite", "smal")
      #expect(wrong.code == 2 && wrong.errors.contains("holds sweeps of: small"), "\(wrong)")
    }

    private func reportNeedsNoNetwork() throws {
      try place.expect("report", "r/s.sqlite", "-o", "report.html")
      let html = try place.text("report.html")
      #expect(html.hasPrefix("<!DOCTYPE html>") || html.hasPrefix("<!doctype html>"))
      for name in ["gen", "missing", "kernels", "nowhere.gguf", "<svg"] {
        #expect(html.contains(name), "\(name)")
      }
      // A fact may quote an address; nothing may fetch one.
      let fetching =
        /(src|href|srcset|action|data)\s*=\s*["']?\s*(https?:)?\/\/|url\(\s*["']?(https?:)?\/\/|@import/
      #expect(html.firstMatch(of: fetching) == nil)
      #expect(html.matches(of: /<(script|link|img|iframe)[^>]+(src|href)=/).isEmpty)
    }

    @Test func dryRunShowsAndWritesNothing() throws {
      let result = try place.tacho("run", "s.yaml", "--dry-run", "--store", "r/s.sqlite")
      #expect(result.code == 0 && result.errors.contains("8 points"), "\(result)")
      #expect(result.output.split(separator: "\n").count == 8)
      #expect(result.output.contains("skipped: kernel.columns is 160"))
      #expect(!place.exists("r") && !place.exists("cache"))
    }

    @Test func argumentsChooseAndChangePoints() throws {
      let one = try place.expect(
        "run", "s.yaml", "--dry-run", "--filter", "^gen ", "--set", "engine.threads=1")
      #expect(one.split(separator: "\n").count == 2 && !one.contains("threads=2"), "\(one)")

      let result = try place.tacho(
        "run", "s.yaml", "--store", "s.sqlite", "--filter", "columns=256", "--set",
        "measure.samples=3", "--set", "measure.warmup=0")
      #expect(result.code == 0, "\(result)")
      #expect(try place.sweep("s.sqlite").runs.map(\.samples.count) == [3, 3])

      // Each of the three kernels is taken to need four seconds at least until it was measured.
      try FileManager.default.removeItem(atPath: place.path("s.sqlite"))
      let tight = try place.tacho(
        "run", "s.yaml", "--store", "s.sqlite", "--filter", "kernels", "--budget", "5s")
      #expect(tight.code == 0, "\(tight)")
      let runs = try place.sweep("s.sqlite").runs.map(\.record)
      #expect(runs.count { $0.reason?.contains("budget of 5.0 s") == true } == 2, "\(runs)")
      #expect(runs.count { $0.status == .completed } == 1)
    }

    @Test func badSuitesNameThePlace() throws {
      let bad = Self.suite.replacingOccurrences(of: "kernel.format:", with: "kernel.formt:")
      try place.write("bad.yaml", bad)
      let result = try place.tacho("run", "bad.yaml")
      #expect(result.code == 2 && result.output.isEmpty)
      #expect(
        result.errors == """
          Error: bad.yaml:21:41: unknown knob 'kernel.formt' for kind 'kernel'; \
          did you mean 'kernel.format'?

          """)
      for (arguments, words) in [
        (["gone.yaml"], "gone.yaml: cannot open"),
        (["s.yaml", "--filter", "nothing-like-it"], "no point matches"),
        (["s.yaml", "--set", "engine.thread=1"], "engine.threads"),
        (["s.yaml", "--set", "engine.threads"], "path=value"),
        (["s.yaml", "--budget", "soon"], "--budget soon"),
        (["s.yaml", "--resume"], "nothing to resume"),
        (["s.yaml", "--store", "s.yaml"], "not an SQLite database"),
      ] {
        let result = try place.start(["run"] + arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
    }
  }
}
