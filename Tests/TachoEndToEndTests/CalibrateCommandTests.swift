// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoStore
import Testing

extension EndToEnd {
  /// A few points of a calibration from the command to what later reports make of them.
  @Suite struct CalibrateCommandTests {
    let place: Workplace

    static let suite = """
      schema: 1
      name: gemv
      measure: { samples: 3, warmup: 1, timeout: 1m }
      benchmarks:
        gemv:
          kind: kernel
          set: { kernel: { op: gemv, rows: 64, columns: 256, format: q4_0 }, engine.threads: 1 }

      """

    init() throws {
      place = try Workplace()
      try place.write("s.yaml", Self.suite)
    }

    private struct Calibration: Decodable {
      let schema: String
      let suite: String
      let machine: Machine
      let figures: [Figure]
      struct Machine: Decodable { let id: String }
      struct Figure: Decodable {
        let section: String
        let name: String
        let metric: String
        let n: Int
        let median: Double
        let ci_low: Double?
      }
    }

    /// The smallest of what a calibration has, in little time even without optimisation.
    private static let few = [
      "calibrate", "--quick", "--set", "measure.samples=3", "--set", "measure.warmup=1", "--filter",
      "^(launch .*threads=1$|clock|empty|peak-f32 .*avx2.*threads=1$|read-l1 .*threads=1$)",
      "--seed",
      "5",
    ]

    @Test func figuresAreKeptAndUsedByLaterReports() throws {
      let json = try place.start(Self.few + ["--json"]).result()
      try #require(json.code == 0, "\(json)")
      let calibration = try JSONDecoder().decode(Calibration.self, from: Data(json.output.utf8))
      #expect(calibration.schema == "tacho-calibration" && calibration.suite == "calibrate-quick")
      let costs = calibration.figures.filter { $0.section == "Costs" }
      #expect(
        costs.count >= 4 && costs.allSatisfy { (3...6).contains($0.n) && $0.ci_low != nil },
        "\(costs)")
      #expect(
        calibration.figures.contains { $0.metric == "sample/overhead-seconds" && $0.median > 0 })
      #expect(json.errors.contains("in an order drawn from seed 5"), "\(json)")
      // In the cache directory, which for tests is this one.
      #expect(json.errors.contains("kept in \(place.directory)/cache/calibration.sqlite"))
      let sweep = try place.sweep("cache/calibration.sqlite")
      #expect(sweep.record.machine.id == calibration.machine.id)

      // The kernel's own sweep has no limits: its report says where to get the missing one, and names
      // the calibration that has none either.
      try place.expect("run", "s.yaml", "--store", "r.sqlite", "--quiet")
      let export = try place.expect("export", "r.sqlite", "--json")
      #expect(export.contains("nor in the calibration of 20"), "\(export)")
      try FileManager.default.removeItem(atPath: place.path("cache/calibration.sqlite"))
      let without = try place.expect("export", "r.sqlite", "--json")
      #expect(without.contains("this machine is not calibrated: tacho calibrate"))
    }

    @Test func aTableToRead() throws {
      let result = try place.start(Self.few + ["--store", "c.sqlite"]).result()
      try #require(result.code == 0, "\(result)")
      for words in ["1 thread", "Costs", "an empty launch", "reading the clock (resolution"] {
        #expect(result.output.contains(words), "\(result)")
      }
      #expect(!place.exists("cache/calibration.sqlite"))
      let dry = try place.expect("calibrate", "--dry-run")
      #expect(dry.contains("read-memory:") && dry.contains("name: calibrate\n"))
    }

    @Test func noiseOfAPointAgainstItself() throws {
      let result = try place.tacho("calibrate", "--suite", "s.yaml", "--pairs", "3", "--seed", "9")
      try #require(result.code == 0, "\(result)")
      #expect(result.output.contains("gemv") && result.output.contains("detectable"), "\(result)")
      let sweep = try place.sweep("cache/calibration.sqlite")
      #expect(sweep.record.suite == "noise-gemv" && sweep.pairs.count == 3)
      #expect(sweep.pairs.allSatisfy { $0.status == .completed && $0.seed == 9 })
      // Three rounds of two samples after the warm-up, all on record.
      for pair in sweep.pairs {
        #expect(pair.steps.filter { $0.round != nil }.count == 6)
        #expect(pair.base.buildID == sweep.record.build.id)
      }
      #expect(sweep.runs.count == 6)
      let samples = sweep.runs.reduce(0) { $0 + $1.samples.count }
      #expect(samples == sweep.pairs.reduce(0) { $0 + $1.steps.count })

      // A later sweep of the point knows its noise.
      try place.expect("run", "s.yaml", "--store", "r.sqlite", "--quiet")
      let export = try place.expect("export", "r.sqlite", "--json")
      #expect(export.contains("\"statistic\""), "\(export)")
    }

    @Test func mistakesSayWhatToDo() throws {
      for (arguments, words) in [
        (["--suite", "s.yaml", "--pairs", "1"], "at least 2"),
        (["--suite", "gone.yaml"], "gone.yaml: cannot open"),
        (["--suite", "s.yaml", "--quick"], "fewer --pairs"),
        (["--suite", "s.yaml", "--json"], "export --json"),
        (["--filter", "nothing-like-it"], "no point matches"),
      ] {
        let result = try place.start(["calibrate"] + arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
    }
  }
}
