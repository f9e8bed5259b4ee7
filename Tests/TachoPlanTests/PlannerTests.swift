// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

@Suite struct PlannerTests {
  private func plan(
    _ yaml: String, _ overrides: [(String, String)] = [], filter: String? = nil
  ) throws -> Plan {
    let suite = try SuiteFile.read(text: yaml, path: "s.yaml", kinds: SampleKinds.all)
    return try Planner(
      overrides: overrides.map { PlanOverride(path: $0.0, text: $0.1) }, filter: filter
    ).plan(suite)
  }

  private func message(
    _ yaml: String, _ overrides: [(String, String)] = [], filter: String? = nil
  ) -> String {
    do {
      return "accepted: \(try plan(yaml, overrides, filter: filter).points.count) points"
    } catch {
      return "\(error)"
    }
  }

  @Test func eachPointIsComparedWithItsOwnSettingsBesideAgainst() throws {
    let points = try plan(
      """
      schema: 1
      benchmarks:
        plain: { kind: kernel }
        gemv:
          kind: kernel
          set: { engine.threads: 2 }
          axes: { kernel.rows: [64, 128], kernel.format: [q8_0, q4_0] }
          against: { kernel.format: q8_0 }
      """
    ).points
    #expect(points[0].against == nil)
    let gemv = points.dropFirst()
    #expect(gemv.count == 4)
    for planned in gemv {
      let base = try #require(planned.against)
      #expect(base.configuration["kernel.format"] == "q8_0")
      for path in ["kernel.rows", "engine.threads"] {
        #expect(base.configuration[path] == planned.point.configuration[path])
      }
      #expect(base.axes == planned.point.axes)
    }
    // What it is compared with is itself a point where the axes reach it.
    #expect(Set(gemv.compactMap(\.against?.id)).isSubset(of: gemv.map(\.point.id)))
  }

  /// The example of the language reference.
  private static let decode = """
    schema: 1
    name: decode-formats
    models:
      smol: { synth: { shape: smollm2-135m, seed: 1 } }
    base: { engine.threads: 2, kv: { format: f16 } }
    variants:
      f32kv: { kv.format: f32 }
    benchmarks:
      decode:
        kind: generate
        model: smol
        axes:
          weights.format: [q4_0, q8_0, f16]
          engine.threads: pow2(1..4)
        zip:
          - { workload.prompt_tokens: [128, 512], workload.output_tokens: [32, 128] }
        exclude: [ { weights.format: f16, engine.threads: [1, 2] } ]
        include: [ { weights.format: f32, engine.threads: 2 } ]
        variants: [f32kv]
        measure: { samples: 10 }
    """

  @Test func goldenExpansion() throws {
    let plan = try plan(Self.decode)
    #expect(plan.points.count == 3 * 3 * 2 - 2 * 2 + 1)
    #expect(plan.suite == "decode-formats")
    #expect(plan.suiteText == Self.decode)
    let first = try #require(plan.points.first)
    #expect(
      first.point.configuration.canonicalJSON
        == #"{"engine.threads":1,"kv.format":"f32","model.synth.seed":1,"#
        + #""model.synth.shape":"smollm2-135m","weights.format":"q4_0","#
        + #""workload.output_tokens":32,"workload.prompt_tokens":128}"#)
    #expect(
      first.point.axes == [
        "weights.format", "engine.threads", "workload.prompt_tokens", "workload.output_tokens",
      ])
    #expect(first.point.variant == "f32kv")
    #expect(first.policy.samplesMin == 10 && first.policy.samplesMax == 10)
    #expect(
      plan.points.prefix(4).map(\.point.label) == [
        "f32kv weights.format=q4_0 engine.threads=1 workload.prompt_tokens=128"
          + " workload.output_tokens=32",
        "f32kv weights.format=q4_0 engine.threads=1 workload.prompt_tokens=512"
          + " workload.output_tokens=128",
        "f32kv weights.format=q4_0 engine.threads=2 workload.prompt_tokens=128"
          + " workload.output_tokens=32",
        "f32kv weights.format=q4_0 engine.threads=2 workload.prompt_tokens=512"
          + " workload.output_tokens=128",
      ])
    let included = try #require(plan.points.last)
    #expect(
      included.point.configuration.canonicalJSON
        == #"{"engine.threads":2,"kv.format":"f32","model.synth.seed":1,"#
        + #""model.synth.shape":"smollm2-135m","weights.format":"f32"}"#)
  }

  /// Each line adds the next layer over the same knob.
  @Test(arguments: [
    (0, "absent"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"),
  ])
  func precedence(_ layers: Int, _ expected: String) throws {
    let yaml = """
      schema: 1
      base: { \(layers >= 1 ? "engine.threads: 1" : "engine.isa: auto") }
      variants: { v: { \(layers >= 2 ? "engine.threads: 2" : "engine.isa: auto") } }
      benchmarks:
        b:
          kind: kernel
          variants: v
          set: { \(layers >= 3 ? "engine.threads: 3" : "engine.isa: auto") }
          axes: { \(layers >= 4 ? "engine.threads: 4" : "engine.isa: auto") }
      """
    let plan = try plan(yaml, layers >= 5 ? [("engine.threads", "5")] : [])
    let point = try #require(plan.points.first).point
    #expect(plan.points.count == 1)
    #expect(point.configuration["engine.threads"]?.display ?? "absent" == expected)
  }

  @Test func modelSourcesReplaceEachOther() throws {
    let yaml = """
      schema: 1
      base: { model.synth: { shape: a, seed: 7 } }
      models: { file: { path: /m.gguf } }
      benchmarks:
        plain: { kind: generate }
        file: { kind: generate, model: file }
      """
    let points = try plan(yaml).points.map(\.point.configuration.canonicalJSON)
    #expect(
      points == [
        #"{"model.synth.seed":7,"model.synth.shape":"a"}"#, #"{"model.path":"/m.gguf"}"#,
      ])
    let overridden = try plan(yaml, [("model.synth.shape", "b")]).points
    #expect(overridden.last?.point.configuration.canonicalJSON == #"{"model.synth.shape":"b"}"#)
  }

  @Test func modelAxisIsLabelledByWhatDiffers() throws {
    let plan = try plan(
      """
      schema: 1
      models:
        a: { synth: { shape: x, seed: 1 } }
        b: { synth: { shape: y, seed: 1 } }
      benchmarks:
        g:
          kind: generate
          model: [a, b]
          axes: { engine.threads: [1, 2] }
          exclude: [ { model: b, engine.threads: 2 } ]
          include: [ { model: b, engine.threads: 8 }, { engine.threads: 16 } ]
      """)
    #expect(
      plan.points.map(\.point.label) == [
        "model.synth.shape=x engine.threads=1", "model.synth.shape=x engine.threads=2",
        "model.synth.shape=y engine.threads=1", "model.synth.shape=y engine.threads=8",
        "model.synth.shape=x engine.threads=16", "model.synth.shape=y engine.threads=16",
      ])
  }

  @Test func variantsInOrderWithThePlainBase() throws {
    let plan = try plan(
      """
      schema: 1
      variants:
        slow: { engine.isa: ref }
        slower: { extends: slow, engine.threads: 1 }
      benchmarks:
        k:
          kind: kernel
          variants: [base, all]
          axes: { kernel.op: [gemv, read] }
          exclude: [ { variant: slower, kernel.op: read }, { variant: base, kernel.op: gemv } ]
      """)
    #expect(
      plan.points.map(\.point.label) == [
        "kernel.op=read", "slow kernel.op=gemv", "slow kernel.op=read", "slower kernel.op=gemv",
      ])
    #expect(
      plan.points.last?.point.configuration.canonicalJSON
        == #"{"engine.isa":"ref","engine.threads":1,"kernel.op":"gemv"}"#)
  }

  @Test func overridesShrinkWhatIsSwept() throws {
    let yaml = """
      schema: 1
      benchmarks:
        k:
          kind: kernel
          axes: { engine.threads: [1, 2, 4] }
          zip: [ { kernel.rows: [1, 2], kernel.columns: [3, 4] } ]
      """
    #expect(try plan(yaml).points.count == 6)
    #expect(try plan(yaml, [("engine.threads", "8")]).points.count == 2)
    #expect(try plan(yaml, [("kernel.rows", "8")]).points.count == 6)
    #expect(
      try plan(yaml, [("kernel.rows", "8"), ("kernel.columns", "9")]).points.count == 3)
    let measured = try plan(yaml, [("measure.samples", "3"), ("measure.launches", "2")])
    #expect(measured.points.allSatisfy { $0.policy.samplesMax == 3 && $0.launches == 2 })
  }

  @Test func complaintsKeepThePointWithItsReason() throws {
    let plan = try plan(
      """
      schema: 1
      models: { m: { path: /m.gguf } }
      benchmarks:
        g:
          kind: generate
          model: m
          set: { workload.prompt_tokens: 0 }
          axes: { workload.output_tokens: [0, 8] }
      """)
    #expect(plan.points.map(\.skip) == ["nothing to do: no prompt and no output", nil])
  }

  @Test func filterKeepsMatchingLabels() throws {
    #expect(try plan(Self.decode, filter: "f16.*threads=4").points.count == 2)
    #expect(
      message(Self.decode, filter: "q9").hasPrefix(
        "--filter: no point matches 'q9'; points are named 'decode f32kv weights.format=q4_0"))
    #expect(message(Self.decode, filter: "(").hasPrefix("--filter: '(' is not a regular"))
  }

  @Test func mistakesOfTheCommandLine() {
    #expect(
      message(Self.decode, [("engine.thread", "1")])
        == "--set engine.thread=1: no benchmark of this suite has a knob 'engine.thread';"
        + " did you mean 'engine.threads'?")
    #expect(
      message(Self.decode, [("engine.threads", "many")])
        == "--set engine.threads=many: engine.threads: 'many' is not a whole number from 0 to 1024")
    #expect(
      message(Self.decode, [("measure.sampels", "1")])
        == "--set measure.sampels=1: unknown key 'measure.sampels'; did you mean 'samples'?;"
        + " keys here: samples, warmup, half_width, min_time, time, timeout, memory, launches,"
        + " record_launches, collect, events, contaminated")
    #expect(throws: SuiteError.self) { try PlanOverride(argument: "engine.threads") }
  }

  @Test func generateNeedsAModel() {
    let yaml = "schema: 1\nbenchmarks:\n  g: { kind: generate }\n"
    #expect(
      message(yaml)
        == "s.yaml:3:3: benchmark 'g' of kind 'generate' needs a model; add 'model: NAME' to it"
        + " and 'models: { NAME: { path: FILE.gguf } }' to the suite, or use --set"
        + " model.path=FILE.gguf")
    #expect(message(yaml, [("model.path", "m.gguf")]) == "accepted: 1 points")
  }

  @Test func explosionsAreCountedNotMade() {
    let yaml = """
      schema: 1
      benchmarks:
        k:
          kind: kernel
          axes:
            engine.threads: 1..1024
            kernel.rows: 1..60000
            kernel.columns: range(1..60000, step 1)
            kernel.op: [gemv, read]
      """
    #expect(
      message(yaml)
        == "s.yaml:3:3: benchmark 'k' expands to 7372800000000 points (kernel.rows 60000 x"
        + " kernel.columns 60000 x engine.threads 1024 x kernel.op 2); at most 100000 are"
        + " allowed, so sweep fewer values")
  }

  @Test func plansNeedNoFile() throws {
    let position = SourcePosition(file: "command line")
    let threads = try #require(SampleKinds.kernel.knobs.first { $0.path == "engine.threads" })
    let benchmark = SuiteBenchmark(
      name: "bench", position: position, kind: SampleKinds.kernel,
      settings: Configuration(["kernel.op": "read"]),
      axes: [
        SuiteAxis(
          path: threads.path, values: try AxisExpansion.values(of: "1-4*2", for: threads),
          position: position)
      ])
    let suite = BenchmarkSuite(name: "bench", path: "", text: "", benchmarks: [benchmark])
    let labels = try Planner().plan(suite).points.map(\.point.label)
    #expect(labels == ["engine.threads=1", "engine.threads=2", "engine.threads=4"])
  }

  @Test func modelPathsOfTheCommandLineAreNotRelativeToTheSuite() throws {
    let yaml = "schema: 1\nbenchmarks: { g: { kind: generate } }\n"
    let near = try plan(yaml, [("model.path", "m.gguf")]).points.first
    #expect(near?.point.configuration["model.path"] == "m.gguf")
    let home = try plan(yaml, [("model.path", "~/m.gguf")]).points.first
    let path = try #require(home?.point.configuration["model.path"]?.stringValue)
    #expect(path.hasPrefix("/") && path.hasSuffix("/m.gguf"))
  }
}
