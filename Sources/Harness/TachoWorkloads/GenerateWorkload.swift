// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoEngine
package import TachoKernels
import TachoModelFiles
package import TachoRecord
import TachoTokenizers

/// End-to-end generation.
///
/// Mode `throughput` is llama-bench's: random tokens, no sampling, the KV store restored to its
/// depth outside the timed region. Mode `request` is one request's whole life: tokenising, prefill,
/// sampling and detokenising, with a time for every emission.
package final class GenerateWorkload: Workload {
  package static let kind = BenchmarkKind(
    name: "generate", summary: "Prefill and decode of a model, as raw throughput or as a request.",
    knobs: knobs, complaint: { complaint(about: $0) })

  private let engine: PreparedEngine
  private let decoder: any TokenDecoder
  private let tokenizer: (any Tokenizer)?
  private let settings: Settings
  private let configuration: Configuration
  private var sequence: SequenceID
  private var depthReady = false

  package init(_ configuration: Configuration) throws {
    self.configuration = configuration
    settings = try Settings(configuration, knobs: Self.knobs)
    if let complaint = Self.complaint(about: configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    engine = try PreparedEngine(configuration)
    sequence = engine.store.makeSequence()
    decoder = try Decoders.make(configuration)
    tokenizer =
      settings.text("workload.mode") == "request" ? try engine.tokenizer() : nil
    try checkContext(promptTokens: settings.int("workload.prompt_tokens"))
  }

  private func checkContext(promptTokens: Int) throws {
    let context = transformer.model.configuration.contextLength
    let needed =
      settings.int("workload.depth") + promptTokens + settings.int("workload.output_tokens")
    guard needed <= context else {
      throw WorkloadError(
        .unsupported,
        "depth, prompt and output are \(needed) tokens; the model's context holds \(context)")
    }
  }

  private var transformer: Transformer { engine.transformer }
  private var store: KVStore { engine.store }

  package var facts: [String: ConfigurationValue] { engine.facts }

  package var finalFacts: [String: ConfigurationValue] { HugePages.facts }

  package var pool: ThreadPool? { transformer.compute.pool }

  package func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    try reachDepth()
    let depth = settings.int("workload.depth")
    // However the last sample ended.
    try store.rollback(sequence, to: depth)
    transformer.compute.pool.recorder = meter.recorder
    let delay = transformer.compute.pool.delay
    let firstStep = delay?.step ?? 0
    var observation =
      settings.text("workload.mode") == "request"
      ? try request(seed: seed, meter) : try throughput(seed: seed, meter)
    observation.depth = depth
    observation.injection = delay.map {
      InjectionRecord(op: $0.op, ratio: $0.ratio, every: $0.every, firstStep: firstStep)
    }
    try store.rollback(sequence, to: depth)
    return observation
  }

  /// Fills the KV store to the configured depth once; later samples roll back to it.
  private func reachDepth() throws {
    guard !depthReady else { return }
    try store.rollback(sequence, to: 0)
    let tokens = randomTokens(settings.int("workload.depth"), seed: 0x7ac4_0000)
    try context.feed(tokens[...], wantsLogits: false)
    depthReady = true
  }

  private var context: DecodingContext {
    DecodingContext(transformer: transformer, store: store, sequence: sequence)
  }

  private func throughput(seed: UInt64, _ meter: SampleMeter) throws -> Observation {
    let prompt = randomTokens(settings.int("workload.prompt_tokens"), seed: seed)
    let output = randomTokens(settings.int("workload.output_tokens"), seed: ~seed)
    let context = self.context
    var logits = UnsafeBufferPointer<Float>(start: nil, count: 0)
    meter.start()
    if !prompt.isEmpty { logits = try context.feed(prompt[...], wantsLogits: true) }
    for index in output.indices {
      logits = try context.feed(output[index...index], wantsLogits: true)
    }
    var observation = meter.stop()
    observation.promptTokens = prompt.count
    observation.outputTokens = output.count
    observation.outputFingerprint = "argmax:\(Sampler.argmax(logits))"
    account(&observation)
    return observation
  }

  private func request(seed: UInt64, _ meter: SampleMeter) throws -> Observation {
    let limit = settings.int("workload.output_tokens")
    var sampler = try Sampler(configuration)
    var emissions: [Int] = []
    var counts: [Int] = []
    var tokens: [Int32] = []
    emissions.reserveCapacity(limit)
    counts.reserveCapacity(limit)
    let text = settings.text("workload.prompt")
    let random = randomTokens(settings.int("workload.prompt_tokens"), seed: seed)
    let cached = try fillPrefix(of: text.map(tokenised) ?? random)
    let context = DecodingContext(
      transformer: transformer, store: store, sequence: sequence, cachedTokens: cached)
    let recorder = meter.recorder
    var stream = tokenizer.map { TokenStream($0) }
    let start = meter.start()
    var prompt = random
    if let text, let tokenizer {
      prompt = tokenizer.encode(text, addSpecial: true, parseSpecial: true)
      recorder?.noteSpan("tokenise", from: start)
      try checkContext(promptTokens: prompt.count)
    }
    let admitted = MonotonicClock.now()
    try decoder.generate(prompt: prompt, limit: limit, sampler: &sampler, context: context) {
      emitted in
      let now = MonotonicClock.now()
      emissions.append(now)
      counts.append(emitted.count)
      tokens += emitted
      for token in emitted { _ = stream?.append(token) }
      recorder?.noteSpan("detokenise", from: now)
      return true
    }
    var observation = meter.stop()
    observation.promptTokens = prompt.count
    observation.cachedTokens = try achievedHit(
      of: prompt, output: tokens.count, asked: cached, context)
    observation.outputTokens = tokens.count
    observation.scheduledNs = start
    observation.sentNs = start
    observation.admittedNs = admitted
    observation.doneNs = observation.endNs
    observation.emissionNs = emissions
    observation.emissionTokens = counts
    observation.outputTokenIDs = tokens.map(Int.init)
    observation.outputFingerprint =
      "tokens:" + SHA256.hex(tokens.map(String.init).joined(separator: ",")).prefix(16)
    account(&observation)
    return observation
  }

  private func tokenised(_ text: String) -> [Int32] {
    tokenizer?.encode(text, addSpecial: true, parseSpecial: true) ?? []
  }

  /// Puts the share `workload.prefix_hit` of a prompt into the KV store, outside the timed region: how many
  /// tokens that is.
  private func fillPrefix(of prompt: [Int32]) throws -> Int {
    let share = settings.double("workload.prefix_hit")
    guard share > 0 else { return 0 }
    try checkContext(promptTokens: prompt.count)
    let cached = max(
      0, min(Int((share * Double(prompt.count)).rounded()), prompt.count - 1))
    // Injected delays count their steps from the sample's first.
    let step = transformer.compute.pool.delay?.step
    try context.feed(prompt[..<cached], wantsLogits: false)
    if let step { transformer.compute.pool.delay?.step = step }
    return cached
  }

  /// The prompt tokens that really were not fed, told by what the store holds in the end.
  private func achievedHit(
    of prompt: [Int32], output: Int, asked: Int, _ context: DecodingContext
  ) throws -> Int {
    guard asked > 0 else { return 0 }
    let fed = context.prefilledTokens
    let held = try store.length(of: sequence) - settings.int("workload.depth")
    guard prompt.count - fed == asked, held == prompt.count + output - 1 else {
      throw WorkloadError(
        .failed,
        "workload.prefix_hit asks for \(asked) of \(prompt.count) prompt tokens from the KV store, but "
          + "\(fed) were fed and the store holds \(held) tokens with an answer of \(output): the decoder "
          + "does not prefill by its context")
    }
    return prompt.count - fed
  }

  private func account(_ observation: inout Observation) {
    DeclaredWork(
      model: transformer.model, batchRows: transformer.configuration.batchRows,
      kvFormat: transformer.configuration.kvFormat
    ).account(&observation, depth: settings.int("workload.depth"))
  }

  private func randomTokens(_ count: Int, seed: UInt64) -> [Int32] {
    RandomPrompt.tokens(
      count, of: transformer.model, seed: seed ^ UInt64(settings.int("workload.seed")))
  }
}
