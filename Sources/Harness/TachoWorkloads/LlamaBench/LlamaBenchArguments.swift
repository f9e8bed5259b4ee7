// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// A point in llama-bench's words.
struct LlamaBenchArguments {
  /// What the program must report to have been asked for, so that a misread option is found.
  let expected: LlamaBenchResult.Test
  let arguments: [String]

  /// What llama-bench has an option for; all else is of the native engine.
  private static let understood: Set<String> = [
    "weights.format", "engine.threads", "engine.batch_rows", "kv.format", "workload.mode",
    "workload.prompt_tokens", "workload.output_tokens", "workload.depth",
  ]

  /// What is wrong with a resolved configuration, or nil.
  static func complaint(about configuration: Configuration) -> String? {
    if configuration["workload.mode"]?.stringValue == "request" {
      return "llama-bench measures throughput only: use workload.mode: throughput"
    }
    let foreign = configuration.paths.first { path in
      !understood.contains(path) && !path.hasPrefix("model.") && !path.hasPrefix("worker.")
    }
    return foreign.map { "\($0) is a setting of the native engine: llama-bench has no such option" }
  }

  /// Throws `unsupported` for what this llama-bench has no option for.
  init(
    _ settings: Settings, _ configuration: Configuration, model: String, options: LlamaBenchOptions
  ) throws {
    let prompt = settings.int("workload.prompt_tokens")
    let output = settings.int("workload.output_tokens")
    let depth = settings.int("workload.depth")
    let threads = settings.int("engine.threads")
    // llama-bench's own default counts physical cores; the same number must be asked of both engines.
    let workers = threads > 0 ? threads : ThreadPool.availableProcessors
    var words = [
      "-m", model, "-o", "json", "-r", "\(settings.int("worker.repetitions"))", "-t", "\(workers)",
    ]
    var test = LlamaBenchResult.Test(
      prompt: prompt, output: output, depth: depth, threads: workers)
    switch (prompt > 0, output > 0) {
    case (false, true) where depth > 0 && !options.has("-d") && options.has("-gp"):
      // Some forks generate after a prompt that is not timed, which is the same thing.
      words += ["-p", "0", "-n", "0", "-gp", "\(depth),\(output)"]
      test = LlamaBenchResult.Test(prompt: depth, output: output, depth: 0, threads: workers)
    case (true, true): words += ["-p", "0", "-n", "0", "-pg", "\(prompt),\(output)"]
    default: words += ["-p", "\(prompt)", "-n", "\(output)"]
    }
    if test.depth > 0 {
      guard options.has("-d") else {
        throw WorkloadError(
          .unsupported,
          "this llama-bench has no option -d: it cannot measure this test at a depth of \(depth)")
      }
      words += ["-d", "\(depth)"]
    }
    if configuration["engine.batch_rows"] != nil {
      let rows = settings.int("engine.batch_rows")
      words += ["-ub", "\(rows)", "-b", "\(max(rows, 2048))"]
    }
    if let format = settings.text("kv.format"), format != "auto" {
      words += ["-ctk", format, "-ctv", format]
    }
    words += (settings.text("worker.arguments") ?? "").split(separator: " ").map(String.init)
    arguments = words
    expected = test
  }
}
