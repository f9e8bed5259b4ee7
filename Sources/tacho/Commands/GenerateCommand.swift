// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoTokenizers

/// Streams text from a model and prints its timings.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Generate text from a prompt and print the timings.")

  @Option(name: [.short, .long], help: "A .gguf file or a Hugging Face model directory.")
  var model: String

  @Option(name: [.short, .long], help: "The prompt; '-' reads it from standard input.")
  var prompt: String

  @Option(name: [.customShort("n"), .long], help: "Most tokens to generate.")
  var tokens = 128

  @Option(help: "Divides the logits before sampling; 0 is greedy.")
  var temperature = 0.0

  @Option(help: "Keep the k likeliest tokens; 0 keeps all.")
  var topK = 0

  @Option(help: "Keep the fewest tokens that reach this probability.")
  var topP = 1.0

  @Option(help: "Keep tokens at least this fraction as likely as the likeliest.")
  var minP = 0.0

  @Option(help: "Make tokens of the last 64 less likely; 1 changes nothing.")
  var repetitionPenalty = 1.0

  @Option(help: "Seed of the sampling.")
  var seed = 0

  @Flag(help: "Read special tokens spelled out in the prompt as what they say.")
  var special = false

  @Flag(help: "Go on after an end-of-sequence token.")
  var ignoreEOS = false

  @Flag(help: "Print the text only, no timings.")
  var quiet = false

  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if tokens < 0 { throw ValidationError("-n \(tokens): a number of tokens is not negative") }
  }

  func run() throws {
    let knobs = EngineConfiguration.knobs + Sampler.knobs + Decoders.knobs
    var configuration = Configuration([
      "sampler.temperature": .double(temperature), "sampler.top_k": .int(topK),
      "sampler.top_p": .double(topP), "sampler.min_p": .double(minP),
      "sampler.repetition_penalty": .double(repetitionPenalty), "sampler.seed": .int(seed),
    ])
    configuration = configuration.merging(try engine.configuration(knobs: knobs))
    var sampler = try Sampler(configuration)
    let decoder = try Decoders.make(configuration)

    let start = MonotonicClock.now()
    let loaded = try ModelLoader.load(path: model)
    let tokenizer = try Tokenizers.load(modelPath: model)
    let transformer = try Transformer(loaded, EngineConfiguration(configuration))
    let ready = MonotonicClock.now()
    var text = prompt
    if prompt == "-" {
      text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    }
    let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: special)
    guard !ids.isEmpty else { throw ValidationError("the prompt holds no tokens") }
    let context = loaded.configuration.contextLength
    guard ids.count + tokens <= context else {
      throw ValidationError(
        "\(ids.count) prompt tokens and \(tokens) to generate exceed the model's context of "
          + "\(context): lower -n")
    }
    for warning in tokenizer.warnings { StandardStreams.note("warning: \(warning)\n") }
    var timings = GenerationTimings(
      loadNs: ready - start, promptTokens: ids.count, beganNs: MonotonicClock.now())
    let store = transformer.makeStore()
    var stream = TokenStream(tokenizer, continuing: true)
    try decoder.generate(
      prompt: ids, limit: tokens, sampler: &sampler,
      context: DecodingContext(
        transformer: transformer, store: store, sequence: store.makeSequence())
    ) { emitted in
      timings.emitted(emitted.count, at: MonotonicClock.now())
      for token in emitted {
        if !ignoreEOS, tokenizer.isEndOfGeneration(token) { return false }
        try StandardStreams.write(stream.append(token))
      }
      return true
    }
    try StandardStreams.write(stream.finish() + "\n")
    if !quiet {
      StoreOptions.note(
        timings.text(
          model: loaded, transformer: transformer,
          kvBytesPerToken: store.layouts.reduce(0) {
            $0 + $1.tokenBytes
          }))
    }
  }
}
