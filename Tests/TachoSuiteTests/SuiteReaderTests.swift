// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoSuite
import Testing

@Suite struct SuiteReaderTests {
  private func read(_ yaml: String) throws -> BenchmarkSuite {
    try SuiteFile.read(text: yaml, path: "dir/s.yaml", kinds: TestKinds.all)
  }

  private func message(_ yaml: String) -> String {
    do throws(SuiteError) {
      _ = try SuiteFile.read(text: yaml, path: "s.yaml", kinds: TestKinds.all)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func knobsDecideWhatATextMeans() throws {
    let suite = try read(
      """
      schema: 1
      benchmarks:
        b:
          kind: sized
          set: { io.block: 512KiB, io.pause: 500ms, io.share: 2%, io.direct: true, io.note: no }
          axes: { io.mode: [off, on, 1:30, 1e3] }
      """)
    let benchmark = try #require(suite.benchmarks.first)
    #expect(
      benchmark.settings.canonicalJSON
        == #"{"io.block":524288,"io.direct":true,"io.note":"no","io.pause":0.5,"io.share":0.02}"#)
    #expect(benchmark.axes.first?.values == ["off", "on", "1:30", "1e3"])
    #expect(suite.name == "s")
  }

  @Test func unquotedNullIsAName() throws {
    let suite = try read(
      "schema: 1\nbenchmarks: { b: { kind: kernel, set: { kernel.op: null } } }\n")
    #expect(suite.benchmarks.first?.settings["kernel.op"] == "null")
  }

  @Test func againstIsWhatTheBaseSideHas() throws {
    let suite = try read(
      """
      schema: 1
      benchmarks:
        a: { kind: kernel }
        b:
          kind: kernel
          axes: { kernel.op: [gemv, copy] }
          against: { kernel: { op: copy }, engine.threads: 2 }
          gate: { outputs: ignore }
      """)
    #expect(suite.benchmarks[0].against == nil)
    #expect(suite.benchmarks[0].gate.point.comparesOutputs == nil)
    #expect(
      suite.benchmarks[1].against == Configuration(["kernel.op": "copy", "engine.threads": 2]))
    #expect(suite.benchmarks[1].gate.point.comparesOutputs == false)
    for (text, words) in [
      ("against: { kernel.opp: copy }", "did you mean 'kernel.op'"),
      ("against: { engine.threads: [0, 1] }", "expected"), ("against: 3", "expected knobs"),
      ("gate: { outputs: maybe }", "compare or ignore"),
    ] {
      let message = message("schema: 1\nbenchmarks: { a: { kind: kernel, \(text) } }\n")
      #expect(message.contains(words), "\(text): \(message)")
    }
  }

  @Test func gateAndItsOverrides() throws {
    let suite = try read(
      """
      schema: 1
      gate: { tolerated: 2%, must_not_pass: 5%, tail: [20%, 40%], exact: [a/b, "c/d 1%"],
        groups: "1%, 4%", group_by: [engine.threads], alpha: 5%, beta: 1%, pairs: 40,
        samples: 6, time: 15m }
      benchmarks:
        a: { kind: kernel }
        b: { kind: kernel, gate: { tolerated: 4%, statistic: median, tail: false } }
      """)
    let first = suite.benchmarks[0].gate
    #expect(first.point.margins == GateMargins(tolerated: 0.02, mustNotPass: 0.05))
    #expect(first.point.tail == GateMargins(tolerated: 0.2, mustNotPass: 0.4))
    #expect(first.point.exact == ["a/b": 0, "c/d": 0.01] && first.point.statistic == nil)
    #expect(first.groups == GateMargins(tolerated: 0.01, mustNotPass: 0.04))
    #expect(first.groupBy == ["engine.threads"])
    #expect(
      first.policy
        == GatePolicy(alpha: 0.05, beta: 0.01, pairsMax: 40, rounds: 6, secondsMax: 900))
    let second = suite.benchmarks[1].gate
    #expect(second.point.margins == GateMargins(tolerated: 0.04, mustNotPass: 0.05))
    #expect(second.point.tail == nil && second.point.statistic == "median")
    for (gate, words) in [
      ("tolerated: 3", "percentage"), ("tolerated: 5%", "must not pass"),
      ("statistic: p90", "median"), ("tail: 10%", "two percentages"),
      ("pairs: 2", "6"), ("exact: [a b c]", "metrics"), ("time: 0s", "15m"),
      ("tolerate: 1%", "did you mean 'tolerated'"),
    ] {
      let message = message("schema: 1\ngate: { \(gate) }\nbenchmarks: { a: { kind: kernel } }\n")
      #expect(message.contains(words), "\(gate): \(message)")
    }
    let none = try read(
      "schema: 1\ngate: { exact: false }\nbenchmarks: { a: { kind: kernel } }\n")
    #expect(none.benchmarks[0].gate.point.exactMetrics.isEmpty)
    let misplaced = message(
      "schema: 1\nbenchmarks: { a: { kind: kernel, gate: { pairs: 40 } } }\n")
    #expect(misplaced.contains("whole job"), "\(misplaced)")
  }

  @Test func metricsAndTheirMargins() throws {
    let suite = try read(
      """
      schema: 1
      gate:
        tolerated: 2%
        metrics:
          latency/ttft: 2%, 6%
          decode/tokens-per-second: true
          sample/seconds: [1%, 4%]
      benchmarks:
        a: { kind: kernel }
        b:
          kind: kernel
          gate:
            must_not_pass: 9%
            metrics: { latency/ttft: [3%, 8%], sample/seconds: false, kernel/seconds: true }
      """)
    func margins(_ index: Int) -> [String: GateMargins] {
      Dictionary(
        suite.benchmarks[index].gate.point.judgedMetrics.map { ($0.metric.id, $0.margins) }
      ) { first, _ in first }
    }
    #expect(
      margins(0) == [
        "latency/ttft": GateMargins(tolerated: 0.02, mustNotPass: 0.06),
        "decode/tokens-per-second": GateMargins(tolerated: 0.02, mustNotPass: 0.03),
        "sample/seconds": GateMargins(tolerated: 0.01, mustNotPass: 0.04),
      ])
    #expect(
      margins(1) == [
        "latency/ttft": GateMargins(tolerated: 0.03, mustNotPass: 0.08),
        "decode/tokens-per-second": GateMargins(tolerated: 0.02, mustNotPass: 0.09),
        "kernel/seconds": GateMargins(tolerated: 0.02, mustNotPass: 0.09),
      ])
    let rate = suite.benchmarks[0].gate.point.judgedMetrics.first?.metric
    #expect(rate?.better == .higher && rate?.unit == .tokensPerSecond)
    for (metrics, words) in [
      ("{ latency/tftt: true }", "did you mean 'latency/ttft'"),
      ("{ latency/ttft: 5% }", "two percentages"),
      ("{ latency/ttft: [5%, 2%] }", "metrics.latency/ttft: what must not pass"),
      ("{ launch/per-step: true }", "exact: launch/per-step 1%"),
      ("{ callgrind/instructions: true }", "exact"), ("latency/ttft", "mapping"),
      ("{ latency/ttft: { tolerated: 1% } }", "expected a value"),
    ] {
      let message = message(
        "schema: 1\ngate: { metrics: \(metrics) }\nbenchmarks: { a: { kind: kernel } }\n")
      #expect(message.contains(words), "\(metrics): \(message)")
    }
  }

  @Test func measureAndItsOverrides() throws {
    let suite = try read(
      """
      schema: 1
      measure: { samples: 5..30, warmup: 2, half_width: 1%, min_time: 0.5s, time: 30s,
        timeout: 5m, memory: 8GiB, launches: 3, record_launches: true,
        contaminated: keep }
      benchmarks:
        b: { kind: kernel, measure: { samples: 10, time: 1m } }
      """)
    let settings = try #require(suite.benchmarks.first).measurement
    #expect(
      settings.policy
        == MeasurementPolicy(
          warmupMin: 2, warmupMax: 2, samplesMin: 10, secondsMin: 0.5, relativeHalfWidth: 0.01,
          samplesMax: 10, secondsMax: 60, timeoutSeconds: 300, memoryCapBytes: 8_589_934_592,
          recordLaunches: true, contaminated: .keep))
    #expect(settings.launches == 3)
  }

  @Test func pathsAreRelativeToTheFile() throws {
    let suite = try read(
      """
      schema: 1
      models:
        near: { path: ./models/x.gguf }
        far: { path: /models/y.gguf }
        home: { path: ~/z.gguf }
      benchmarks: { b: { kind: generate, model: [near, far, home] } }
      """)
    let paths = try #require(suite.benchmarks.first).models.map { $0.settings["model.path"] }
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    #expect(paths == ["dir/models/x.gguf", "/models/y.gguf", .string(home + "/z.gguf")])
  }

  @Test func atMostTenProblemsArePrinted() {
    let lines = (1...14).map { "  k\($0).x: 1" }.joined(separator: "\n")
    let text = message("schema: 1\nbase:\n\(lines)\n")
    #expect(text.split(separator: "\n").count == 11)
    #expect(text.hasSuffix("\n... and 4 more"))
  }

  // MARK: Hostile files

  @Test func aliasBombsAreRefused() {
    var levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in 1...12 {
      let row = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      levels.append("a\(level): &a\(level) [\(row)]")
    }
    #expect(message(levels.joined(separator: "\n")).contains("YAML aliases (*name) are too many"))
    // The same hidden as a mapping's key and behind comments with other line ends.
    #expect(
      message("# c\u{2028}" + levels.joined(separator: "\n") + "\n? *a12\n: 1\n")
        .contains("are too many"))
  }

  @Test func fewAliasesAreFine() throws {
    let suite = try read(
      """
      schema: 1
      benchmarks:
        a: { kind: kernel, set: &s { engine.threads: 2 } }
        b: { kind: kernel, set: *s }
      """)
    #expect(suite.benchmarks.last?.settings["engine.threads"] == 2)
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
    String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
    "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
  ])
  func deepNestingIsAnError(_ yaml: String) {
    let text = message(yaml)
    #expect(text.contains("level") || text.contains("YAML syntax"), "\(text.prefix(200))")
  }

  @Test func sixtyFiveLevelsAreTooMany() {
    let yaml = "base: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
    #expect(message(yaml) == "s.yaml:1:71: nested more than 64 levels deep")
  }

  @Test func hugeScalarsAndListsAreErrors() {
    let scalar = "name: " + String(repeating: "x", count: 70_000)
    #expect(
      message(scalar) == "s.yaml:1:7: a value of 70000 bytes; at most 65536 are allowed")
    let list = "base: [" + String(repeating: "1,", count: 110_000) + "1]"
    #expect(message(list).contains("more than 100000 values in one file"))
    let large = String(repeating: "#", count: 2_000_000)
    #expect(message(large) == "s.yaml: is larger than 1048576 bytes; is it a suite?")
  }

  @Test func manyProblemsStayCheap() {
    let lines = (0..<40_000).map { "  k\($0).x: 1" }.joined(separator: "\n")
    #expect(message("schema: 1\nbase:\n\(lines)\n").hasSuffix("... and 39990 more"))
  }

  @Test func longRangesInManyPlacesAreErrors() {
    let pattern = "        - io.block: 1..90000\n"
    let yaml =
      "schema: 1\nbenchmarks:\n  b:\n    kind: sized\n    exclude:\n"
      + String(repeating: pattern, count: 500)
    #expect(message(yaml).contains("more than 200000 values in the ranges of one suite"))
    let entries = String(repeating: pattern, count: 1001)
    #expect(
      message("schema: 1\nbenchmarks:\n  b:\n    kind: sized\n    exclude:\n" + entries)
        == "s.yaml:6:9: 'exclude' has more than 1000 entries")
  }

  // MARK: Files

  /// A fresh directory that is gone after the test.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-suite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.path)
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func fileMessage(_ path: String) -> String {
    do throws(SuiteError) {
      _ = try SuiteFile.read(path: path, kinds: TestKinds.all)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func unreadableFilesAreErrors() throws {
    try withDirectory { directory in
      #expect(
        fileMessage(directory) == "\(directory): is a directory; name a suite file inside it")
      #expect(
        fileMessage(directory + "/none.yaml")
          == "\(directory)/none.yaml: cannot open the suite: No such file or directory")
      let pipe = directory + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(fileMessage(pipe) == "\(pipe): is not a regular file")
      #expect(fileMessage("/dev/zero") == "/dev/zero: is not a regular file")
      let latin = directory + "/latin.yaml"
      try Data("schema: 1\nname: caf".utf8 + [0xE9, 0x0A]).write(
        to: URL(fileURLWithPath: latin))
      #expect(fileMessage(latin) == "\(latin):2:10: not UTF-8 text; save the file in UTF-8")
    }
  }

  @Test func extendedFilesLieBelow() throws {
    try withDirectory { directory in
      try write(
        """
        schema: 1
        name: lower
        models: { m: { path: m.gguf } }
        measure: { samples: 7, warmup: 3 }
        base: { engine.threads: 1, kv.format: f32 }
        benchmarks:
          one: { kind: generate, model: m }
          two: { kind: kernel }
        """, directory + "/lower.yaml")
      try FileManager.default.createDirectory(
        atPath: directory + "/sub", withIntermediateDirectories: true)
      let upper = directory + "/sub/upper.yaml"
      try write(
        """
        schema: 1
        extends: ../lower.yaml
        measure: { samples: 9 }
        base: { engine: { threads: 4 } }
        benchmarks:
          two: { kind: kernel, set: { kernel.op: copy } }
          three: { kind: kernel }
        """, upper)
      let suite = try SuiteFile.read(path: upper, kinds: TestKinds.all)
      #expect(suite.name == "lower")
      #expect(suite.benchmarks.map(\.name) == ["one", "two", "three"])
      let one = try #require(suite.benchmarks.first)
      #expect(one.base.canonicalJSON == #"{"engine.threads":4,"kv.format":"f32"}"#)
      #expect(one.models.first?.settings["model.path"] == .string(directory + "/sub/../m.gguf"))
      #expect(one.measurement.policy.samplesMax == 9)
      #expect(one.measurement.policy.warmupMin == 3)
      #expect(suite.benchmarks[1].settings["kernel.op"] == "copy")
      let lowerText = try #require(suite.text.range(of: "/lower.yaml\nschema: 1"))
      let upperText = try #require(suite.text.range(of: "/upper.yaml\nschema: 1"))
      #expect(lowerText.lowerBound < upperText.lowerBound)
    }
  }

  @Test func circlesAndLongChainsOfFilesAreErrors() throws {
    try withDirectory { directory in
      try write("schema: 1\nextends: b.yaml\n", directory + "/a.yaml")
      try write("schema: 1\nextends: ./a.yaml\n", directory + "/b.yaml")
      #expect(
        fileMessage(directory + "/a.yaml")
          == "\(directory)/b.yaml:2:10: files extend each other in a circle:"
          + " \(directory)/a.yaml -> \(directory)/b.yaml -> \(directory)/a.yaml")
      for index in 0..<20 {
        try write("schema: 1\nextends: c\(index + 1).yaml\n", directory + "/c\(index).yaml")
      }
      #expect(
        fileMessage(directory + "/c0.yaml")
          == "\(directory)/c15.yaml:2:10: more than 16 files extend one another")
    }
  }

  @Test func problemsOfAnExtendedFileNameThatFile() throws {
    try withDirectory { directory in
      try write("schema: 1\nbase: { kv.format: f8 }\n", directory + "/lower.yaml")
      try write(
        "schema: 1\nextends: lower.yaml\nbenchmarks: { b: { kind: kernel } }\n",
        directory + "/upper.yaml")
      #expect(
        fileMessage(directory + "/upper.yaml")
          == "\(directory)/lower.yaml:2:20: kv.format: 'f8' is not one of f16, f32;"
          + " did you mean 'f16'?")
    }
  }
}
