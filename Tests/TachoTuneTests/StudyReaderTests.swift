// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoSuite
import Testing

@testable import TachoTune

/// Studies written in suites, and what is said of those that are wrong.
@Suite struct StudyReaderTests {
  static let engine = BenchmarkKind(
    name: "engine", summary: "For tests.",
    knobs: [
      Knob("engine.threads", .int(0...1024), default: 0, "Threads."),
      Knob("engine.chunk", .int(1...100_000), default: 512, "Chunk."),
      Knob("engine.share", .double(0...1), default: 0.5, "Share."),
      Knob("engine.pause", .double(0...1000), default: 0.0, unit: "seconds", "Pause."),
      Knob("weights.format", .choice(["q4_0", "q8_0", "f16"]), default: "q4_0", "Format."),
      Knob("decoder.kind", .choice(["plain", "draft"]), default: "plain", "Decoder."),
      Knob("decoder.depth", .int(1...8), default: 1, "Depth."),
      Knob("engine.huge", .bool, default: false, "Huge pages."),
      Knob("model.path", .text, default: .null, "File."),
    ])

  static func study(_ text: String, kind: String = "engine") throws -> StudyDefinition {
    let suite = try SuiteFile.read(
      text: text, path: "s.yaml", kinds: [engine, FunctionKind.kind])
    let benchmark = try #require(suite.benchmarks.first)
    return try #require(try StudyReader.read(benchmark, seed: 3)).definition
  }

  @Test func readsEveryForm() throws {
    let study = try Self.study(
      """
      schema: 1
      name: s
      objectives: decode/tokens-per-second
      budget: 10
      benchmarks:
        b:
          kind: engine
          set: { engine.pause: 20ms }
          search:
            engine.threads: 1..16
            engine.chunk: { range: 16..4096, log: true }
            engine.share: 0.25..0.75
            weights.format: [q8_0, q4_0]
            decoder.kind: auto
            decoder.depth: { range: 2..8, step: 2, when: "decoder.kind == 'draft'" }
            engine.huge: { values: [true, false] }
            requires: [ "engine.threads * engine.chunk <= 8192", "engine.pause < 1" ]
          constraints: [ "ttft <= 200ms" ]
          budget: { trials: 40, cost: 30m, confirm: 10% }
          sampler: { name: tpe, startup: 5 }
      """.replacingOccurrences(of: "ttft", with: MetricRules.all[0].metric.id))
    #expect(
      study.space.parameters.map(\.domain) == [
        .integer(1...16, step: 1, log: false), .integer(16...4096, step: 1, log: true),
        .real(0.25...0.75, log: false), .categorical(["q8_0", "q4_0"]),
        .categorical(["plain", "draft"]), .integer(2...8, step: 2, log: false),
        .categorical([true, false]),
      ])
    #expect(study.space.parameters[5].condition?.text == "decoder.kind == 'draft'")
    #expect(study.space.requirements.count == 2)
    #expect(study.space.constants["engine.pause"] == 0.02)
    #expect(
      study.objectives == [StudyObjective(metric: "decode/tokens-per-second", better: .higher)])
    #expect(
      study.constraints == [
        StudyConstraint(metric: MetricRules.all[0].metric.id, limit: 0.2, isUpper: true)
      ])
    #expect(study.budget == StudyBudget(trials: 40, cost: 1800, confirm: 0.1))
    #expect(study.sampler == "tpe" && study.samplerOptions == ["sampler.startup": 5])
    #expect(study.isNoisy)
  }

  @Test func functionsBringTheirOwn() throws {
    let study = try Self.study(
      """
      schema: 1
      benchmarks:
        b: { kind: function, set: { function.name: gardner }, search: auto, budget: 20 }
      """)
    #expect(study.space.parameters == TestFunctions.named("gardner")?.parameters)
    #expect(study.objectives.map(\.metric) == ["f1"] && study.constraints.map(\.metric) == ["c1"])
    #expect(!study.isNoisy && study.sampler == nil)
  }

  @Test(arguments: [
    ("engine.thread: 1..4", "6:7", "did you mean 'engine.threads'"),
    ("engine.threads: 4..1", "6:23", "backwards"),
    ("engine.threads: 1..9999", "6:23", "out of range"),
    ("engine.threads: 7", "6:23", "set, not searched"),
    ("weights.format: q4_0..q8_0", "6:23", "has no range"),
    ("weights.format: [q4_0, q5_0]", "6:30", "is not one of"),
    ("weights.format: [q4_0, q4_0]", "6:7", "listed twice"),
    ("model.path: auto", "6:19", "list the values"),
    ("engine.threads: { rang: 1..4 }", "6:25", "did you mean 'range'"),
    ("engine.threads: { range: 1..4, values: [1] }", "6:23", "give one of"),
    ("engine.share: { range: 0..1, log: true }", "6:7", "starts above 0"),
    ("engine.share: { range: 0..1, step: 2 }", "6:30", "steps are for whole numbers"),
    ("requires: engine.threads > 1", "6:17", "neither a parameter nor a setting"),
    ("engine.threads: { range: 1..4, when: \"weights.format == 'f16\" }", "6:44", "no closing"),
  ])
  func saysWhatIsWrongInSearch(_ line: String, _ place: String, _ words: String) {
    let text = """
      schema: 1
      benchmarks:
        b:
          kind: engine
          search:
            \(line)
            engine.huge: auto
          objectives: decode/tokens-per-second
          budget: 5
      """
    let error = #expect(throws: SuiteError.self) { try Self.study(text) }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("s.yaml:\(place):"), "\(line): \(description)")
    #expect(description.contains(words), "\(line): \(description)")
  }

  @Test(arguments: [
    (
      "objectives: decode/token-per-second\n    budget: 5",
      "did you mean 'decode/tokens-per-second'"
    ),
    ("budget: 5", "no 'objectives'"),
    ("objectives: decode/tokens-per-second", "no 'budget'"),
    ("objectives: decode/tokens-per-second\n    budget: none", "not a number of trials"),
    ("objectives: decode/tokens-per-second\n    budget: { trial: 5 }", "did you mean 'trials'"),
    ("objectives: decode/tokens-per-second\n    budget: { trials: 5, confirm: 0.2 }", "share"),
    (
      "objectives: decode/tokens-per-second\n    budget: 5\n    sampler: tpee", "did you mean 'tpe'"
    ),
    (
      "objectives: decode/tokens-per-second\n    budget: 5\n    sampler: { name: tpe, start: 3 }",
      "did you mean 'startup'"
    ),
    ("objectives: decode/tokens-per-second\n    budget: 5\n    sampler: cma-es", "is categorical"),
    ("objectives: decode/tokens-per-second\n    budget: 5\n    constraints: x < 3", "not a limit"),
  ])
  func saysWhatIsWrongElsewhere(_ lines: String, _ words: String) {
    let text = """
      schema: 1
      benchmarks:
        b:
          kind: engine
          search: { engine.huge: auto }
          \(lines)
      """
    let error = #expect(throws: SuiteError.self) { try Self.study(text) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  /// The suite that comes with Tacho: every study of it can be made.
  @Test func readsTheSuiteOfFunctions() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("suites/tune/functions.yaml").path
    let suite = try SuiteFile.read(path: path, kinds: [FunctionKind.kind])
    #expect(suite.benchmarks.count > 5)
    for benchmark in suite.benchmarks {
      let (definition, settings) = try #require(try StudyReader.read(benchmark, seed: 0))
      #expect(FunctionKind.measurer(settings, seed: 0) != nil, "\(benchmark.name)")
      var run = StudyRun(try Study(definition))
      if let measurer = FunctionKind.measurer(settings, seed: 0) {
        try run.run(measurer, steps: 12)
      }
      #expect(run.trials.count == 12, "\(benchmark.name)")
    }
  }
}
