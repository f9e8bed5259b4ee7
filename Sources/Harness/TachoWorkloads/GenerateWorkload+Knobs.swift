// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine

extension GenerateWorkload {
  static let knobs: [Knob] =
    ModelReference.knobs + EngineConfiguration.knobs + Hogs.knobs + Decoders.knobs + Sampler.knobs
    + WorkerProgram.knobs + [
      Knob(
        "workload.mode", .choice(["throughput", "request"]), default: "throughput",
        "throughput: llama-bench's pp, tg and pg; request: tokenise, prefill, sample, detokenise."),
      Knob(
        "workload.prompt_tokens", .int(0...(1 << 24)), default: 0, unit: "tokens",
        "Random tokens in the prompt."),
      Knob(
        "workload.output_tokens", .int(0...(1 << 24)), default: 0, unit: "tokens",
        "Tokens to generate; end-of-sequence tokens do not stop it."),
      Knob(
        "workload.depth", .int(0...(1 << 24)), default: 0, unit: "tokens",
        "Tokens in the KV store before the timed region."),
      Knob(
        "workload.prefix_hit", .double(0...1), default: 0.0,
        "Share of a request's prompt whose keys and values lie in the KV store when it starts, as from a "
          + "prefix cache; the last token is always read."),
      Knob(
        "workload.prompt", .text, default: "",
        "Prompt text of a request, instead of random tokens."),
      Knob("workload.seed", .int(0...Int.max), default: 0, "Changes the random tokens."),
    ]

  /// What is wrong with a resolved configuration, or nil.
  static func complaint(about configuration: Configuration) -> String? {
    func int(_ path: String) -> Int { configuration["workload.\(path)"]?.intValue ?? 0 }
    let text = configuration["workload.prompt"]?.stringValue ?? ""
    let request = configuration["workload.mode"]?.stringValue == "request"
    if int("prompt_tokens") == 0, int("output_tokens") == 0, text.isEmpty {
      return "nothing to do: workload.prompt_tokens and workload.output_tokens are both 0"
    }
    if request, int("output_tokens") == 0 {
      return "a request needs workload.output_tokens of at least 1"
    }
    if request, int("prompt_tokens") == 0, text.isEmpty {
      return "a request needs workload.prompt or workload.prompt_tokens"
    }
    if int("prompt_tokens") > 0, !text.isEmpty {
      return "two prompts: give either workload.prompt or workload.prompt_tokens"
    }
    if !request, (configuration["workload.prefix_hit"]?.doubleValue ?? 0) > 0 {
      return "workload.prefix_hit needs workload.mode: request; throughput has workload.depth"
    }
    if !request, !text.isEmpty {
      return "workload.prompt needs workload.mode: request; throughput takes random tokens"
    }
    // Throughput takes random tokens as they come: settings that change nothing would be swept in vain.
    let unused = (Sampler.knobs + Decoders.knobs).map(\.path)
    if !request, let path = configuration.paths.first(where: unused.contains) {
      return "\(path) needs workload.mode: request; throughput samples nothing"
    }
    return WorkerProgram(configuration).complaint(about: configuration)
      ?? ModelReference.complaint(about: configuration)
  }

}
