// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog
import TachoModelFiles
import TachoPlan
import TachoRecord
import TachoSuite
import TachoWorkloads

/// The plan that llama-bench's options describe: every test at every setting.
struct BenchPlan {
  let models: [String]
  let prompts: [String]
  let outputs: [String]
  let pairs: [String]
  let depths: [String]
  let threads: [String]
  let microbatches: [String]
  let cacheTypes: [String]
  let settings: [String]
  let policy: MeasurementPolicy

  private static let knobs = GenerateWorkload.kind.knobs

  private struct Test {
    let prompt: Int
    let output: Int
    var name: String {
      switch (prompt, output) {
      case (_, 0): return "pp\(prompt)"
      case (0, _): return "tg\(output)"
      default: return "pp\(prompt)+tg\(output)"
      }
    }
  }

  func plan(command: String) throws -> Plan {
    var common = Configuration()
    for setting in settings {
      let override = try PlanOverride(argument: setting)
      common[override.path] = try Self.value(of: override.text, for: override.path, option: "--set")
    }
    var settingsOfModels = try models.map { ($0, try Self.model($0)) }
    if settingsOfModels.count == 1 { settingsOfModels[0].0 = "" }
    let tests = try self.tests()
    let axes = try [
      ("workload.depth", Self.values(depths, "workload.depth", "-d")),
      ("engine.threads", Self.values(threads, "engine.threads", "-t")),
      ("engine.batch_rows", Self.values(microbatches, "engine.batch_rows", "-ub")),
      ("kv.format", Self.values(cacheTypes, "kv.format", "-ctk")),
    ]
    var points: [PlannedPoint] = []
    for (modelName, model) in settingsOfModels {
      for test in tests {
        var configurations = [common.merging(model)]
        for (path, values) in axes where !values.isEmpty {
          configurations = configurations.flatMap { configuration in
            values.map { value in
              var next = configuration
              next[path] = value
              return next
            }
          }
        }
        guard points.count + configurations.count <= 10_000 else {
          throw ValidationError("more than 10000 points: give fewer values")
        }
        for var configuration in configurations {
          configuration["workload.prompt_tokens"] = .int(test.prompt)
          configuration["workload.output_tokens"] = .int(test.output)
          points.append(
            PlannedPoint(
              point: Point(
                benchmark: modelName.isEmpty ? test.name : "\(modelName) \(test.name)",
                kind: GenerateWorkload.kind.name, configuration: configuration,
                axes: axes.filter { $0.1.count > 1 }.map(\.0)), policy: policy,
              skip: GenerateWorkload.kind.complaint(configuration)))
        }
      }
    }
    return Plan(suite: "bench", suiteText: "# \(command)\n", points: points)
  }

  private func tests() throws -> [Test] {
    var prompts = try Self.values(self.prompts, "workload.prompt_tokens", "-p")
    var outputs = try Self.values(self.outputs, "workload.output_tokens", "-n")
    // As in llama-bench, -p and -n left out keep their defaults, also beside -pg; 0 switches a test off.
    if prompts.isEmpty { prompts = [512] }
    if outputs.isEmpty { outputs = [128] }
    var tests = prompts.compactMap(\.intValue).filter { $0 > 0 }.map { Test(prompt: $0, output: 0) }
    tests += outputs.compactMap(\.intValue).filter { $0 > 0 }.map { Test(prompt: 0, output: $0) }
    for pair in pairs {
      let numbers = pair.split(separator: ",").compactMap { Int($0) }
      guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 && $0 <= 1 << 24 }) else {
        throw ValidationError("-pg \(pair): write two positive numbers, for example 512,128")
      }
      tests.append(Test(prompt: numbers[0], output: numbers[1]))
    }
    guard !tests.isEmpty else { throw ValidationError("no test is left: -p and -n are both 0") }
    return tests
  }

  private static func values(_ texts: [String], _ path: String, _ option: String) throws
    -> [ConfigurationValue]
  {
    guard let knob = knobs.first(where: { $0.path == path }) else { return [] }
    return try texts.flatMap { text in
      do {
        return try AxisExpansion.values(of: text, for: knob)
      } catch {
        throw ValidationError("\(option) \(text): \(error)")
      }
    }
  }

  private static func value(of text: String, for path: String, option: String) throws
    -> ConfigurationValue
  {
    guard let knob = knobs.first(where: { $0.path == path }) else {
      let hint = Spelling.suggestion(for: path, among: knobs.map(\.path))
      throw ValidationError(
        "\(option) \(path)=\(text): there is no knob '\(path)'"
          + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }
    do {
      return try knob.value(of: text)
    } catch {
      throw ValidationError("\(option) \(path)=\(text): \(error)")
    }
  }

  /// A file, or `synth:SHAPE:FORMAT`.
  private static func model(_ name: String) throws -> Configuration {
    guard name.hasPrefix("synth:") else { return Configuration(["model.path": .string(name)]) }
    // A custom shape has a colon of its own, so the format is what follows the last one.
    let rest = name.dropFirst("synth:".count)
    guard let colon = rest.lastIndex(of: ":") else {
      throw ValidationError(
        "-m \(name): write synth:SHAPE:FORMAT, for example synth:tinyllama-1.1b:q4_0")
    }
    let shape = String(rest[..<colon])
    do {
      _ = try ModelShapes.shape(shape)
    } catch {
      throw ValidationError("-m \(name): \(error)")
    }
    return Configuration([
      "model.synth.shape": .string(shape),
      "weights.format": try value(
        of: String(rest[rest.index(after: colon)...]), for: "weights.format", option: "-m"),
    ])
  }
}
