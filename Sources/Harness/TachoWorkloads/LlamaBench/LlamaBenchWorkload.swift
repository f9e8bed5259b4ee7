// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoRecord

/// llama.cpp's llama-bench, or a fork's with the same output, as a worker.
///
/// A sample is one timed repetition. llama-bench reports only when all its repetitions are done, and
/// the harness decides after each sample whether it wants another, so by default the program is
/// started anew for each (`-r 1`): loading, its own warm-up and filling the context are outside its
/// timed region, each sample stands alone between two looks at the environment, and none is measured
/// in vain. With `worker.repetitions` one start serves several samples, handed out one by one.
final class LlamaBenchWorkload: Workload {
  static var kind: BenchmarkKind { GenerateWorkload.kind }

  private let program: String
  private let words: LlamaBenchArguments
  private let depth: Int
  private let promptTokens: Int
  private let outputTokens: Int
  private let repetitions: Int
  private let work: DeclaredWork?
  let facts: [String: ConfigurationValue]
  private(set) var finalFacts: [String: ConfigurationValue] = [:]
  private var waiting: [(startNs: Int, endNs: Int)] = []

  init(_ configuration: Configuration) throws {
    let settings = try Settings(configuration, knobs: GenerateWorkload.knobs)
    if let complaint = GenerateWorkload.complaint(about: configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    program = try Self.program(settings)
    guard let options = LlamaBenchOptions(help: try ChildProgram([program, "--help"]).output) else {
      throw WorkloadError(.unsupported, "\(program) is not a llama-bench: its --help is another")
    }
    let reference = try ModelReference(configuration)
    let path = try reference.resolve()
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      !isDirectory.boolValue
    else {
      throw WorkloadError(.unsupported, "llama-bench needs a .gguf file, which \(path) is not")
    }
    words = try LlamaBenchArguments(settings, configuration, model: path, options: options)
    depth = settings.int("workload.depth")
    promptTokens = settings.int("workload.prompt_tokens")
    outputTokens = settings.int("workload.output_tokens")
    repetitions = settings.int("worker.repetitions")
    var facts = reference.facts
    facts.merge(try ModelReference.fileFacts(path)) { $1 }
    facts["worker.program"] = .string(program)
    facts["worker.program_sha256"] = Self.hash(program)
    facts["worker.command"] = .string(words.arguments.joined(separator: " "))
    do {
      work = DeclaredWork(
        model: try ModelLoader.load(path: path), batchRows: settings.int("engine.batch_rows"),
        kvFormat: try EngineConfiguration(configuration).kvFormat)
    } catch {
      // The peer may know families that Tacho does not; only the declared work is missing then.
      work = nil
      facts["model.declared_work"] = .string("unavailable: \(error)")
    }
    self.facts = facts
  }

  /// The program's path: of `worker.path`, else of the variable.
  private static func program(_ settings: Settings) throws -> String {
    let variable = settings.text("worker.variable") ?? ""
    let named = ProcessInfo.processInfo.environment[variable] ?? ""
    guard let path = settings.text("worker.path") ?? (named.isEmpty ? nil : named) else {
      throw WorkloadError(
        .unsupported, "set \(variable) or worker.path to the path of llama-bench")
    }
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw WorkloadError(
        .unsupported,
        "\(path) is not a program: set \(variable) or worker.path to the path of llama-bench")
    }
    // A name without a slash would be searched in PATH.
    return path.contains("/") ? path : "./" + path
  }

  /// Two builds of one commit, or of none that is known, are told apart by this.
  private static func hash(_ program: String) -> ConfigurationValue {
    do {
      return .string(String(try ChildProgram(["sha256sum", "--", program]).output.prefix(16)))
    } catch {
      return .string("unavailable: \(error)")
    }
  }

  /// The peer times itself: the meter has nothing to look at.
  func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    if waiting.isEmpty { try measure() }
    let span = waiting.removeFirst()
    var observation = Observation(startNs: span.startNs, endNs: span.endNs)
    observation.promptTokens = promptTokens
    observation.outputTokens = outputTokens
    observation.depth = depth
    work?.account(&observation, depth: depth)
    return observation
  }

  /// One start of the program.
  private func measure() throws {
    let child = try ChildProgram([program] + words.arguments)
    let result = try LlamaBenchResult(child.output)
    guard result.test == words.expected, result.samplesNs.count == repetitions else {
      throw WorkloadError(
        .failed,
        "llama-bench measured \(result.samplesNs.count) of \(result.test), not \(repetitions) of "
          + "\(words.expected): do worker.arguments change the test?")
    }
    var left = child.elapsedNs
    for length in result.samplesNs {
      guard length <= left else {
        throw WorkloadError(
          .failed,
          "llama-bench reports samples of \(result.samplesNs) ns in a process that lived "
            + "\(child.elapsedNs) ns")
      }
      left -= length
    }
    // Only the lengths are known; on the clock they are put before the process's end.
    var end = child.endNs
    for length in result.samplesNs.reversed() {
      waiting.insert((end - length, end), at: 0)
      end -= length
    }
    var facts = result.fields.reduce(into: [String: ConfigurationValue]()) {
      $0["llama_bench.\($1.key)"] = $1.value
    }
    facts["worker.engine"] = "llama-bench"
    facts["worker.version"] = .string(result.version)
    facts["engine.threads"] = .int(result.test.threads)
    facts["engine.batch_rows"] = result.fields["n_ubatch"]
    facts["kv.format"] = result.fields["type_k"]
    finalFacts = facts
  }
}
