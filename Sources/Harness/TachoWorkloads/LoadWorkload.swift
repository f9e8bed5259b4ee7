// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoEngine
import TachoKernels
import TachoModelFiles
package import TachoRecord

/// A model's start: every sample maps the file, parses it, repacks the weights, starts the worker
/// pool and reads a prompt up to the logits of the first token.
///
/// Nothing is kept from one sample to the next except what the operating system keeps: with a file in
/// the page cache this is a warm start; `model.page_cache: dropped` makes it a cold one. What was in memory is
/// in every sample, and a cold start shows in `os/major-faults`. Launches are recorded from
/// the prompt on: repacking has a metric of its own.
package final class LoadWorkload: Workload {
  package static let kind = BenchmarkKind(
    name: "load", summary: "A model's start, from its file to the first token's logits.",
    knobs: ModelReference.knobs + EngineConfiguration.knobs + [
      PageCache.knob,
      Knob(
        "workload.prompt_tokens", .int(1...(1 << 24)), default: 1, unit: "tokens",
        "Random tokens in the prompt that gives the first token."),
      Knob("workload.seed", .int(0...Int.max), default: 0, "Changes the random tokens."),
    ], complaint: { ModelReference.complaint(about: $0) })

  private let modelReference: ModelReference
  private let path: String
  private let engine: EngineConfiguration
  private let cache: PageCache
  private let isDropped: Bool
  private let prompt: (count: Int, seed: Int)
  private var known: [String: ConfigurationValue]

  package init(_ configuration: Configuration) throws {
    let settings = try Settings(configuration, knobs: Self.kind.knobs)
    if let complaint = Self.kind.complaint(configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    modelReference = try ModelReference(configuration)
    path = try modelReference.resolve()
    engine = try EngineConfiguration(configuration)
    prompt = (settings.int("workload.prompt_tokens"), settings.int("workload.seed"))
    cache = try PageCache(model: path)
    isDropped = settings.text(PageCache.knob.path) == PageCache.State.dropped.rawValue
    known = modelReference.facts
    known.merge(try ModelReference.fileFacts(path)) { $1 }
    // Where it cannot be done the point is skipped before anything is measured.
    if isDropped { try cache.dropAll() }
  }

  package var facts: [String: ConfigurationValue] { known }

  package var finalFacts: [String: ConfigurationValue] { known }

  package func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    if isDropped { try cache.dropAll() }
    let resident: Result<Double, PageCache.Unknown>
    do throws(PageCache.Unknown) { resident = .success(try cache.residentShare()) } catch {
      resident = .failure(error)
    }
    meter.start()
    let model = try ModelLoader.load(path: path)
    let mapped = MonotonicClock.now()
    let transformer = try Transformer(model, engine)
    transformer.compute.pool.recorder = meter.recorder
    let store = transformer.makeStore()
    let context = DecodingContext(
      transformer: transformer, store: store, sequence: store.makeSequence())
    let ready = MonotonicClock.now()
    let tokens = try randomTokens(model, seed: seed)
    let logits = try context.feed(tokens[...], wantsLogits: true)
    var observation = meter.stop()
    observation.promptTokens = tokens.count
    observation.load = LoadTimes(
      mappedNs: mapped, readyNs: ready, repackNs: transformer.repacking.nanoseconds,
      repackedBytes: transformer.repacking.bytes)
    switch resident {
    case .success(let share): observation.load?.residentShare = share
    case .failure(let unknown): observation.load?.residencyProblem = unknown.reason
    }
    observation.outputFingerprint = "argmax:\(Sampler.argmax(logits))"
    known["model.name"] = .string(model.configuration.name)
    known["engine.isa"] = .string(transformer.compute.kernels.isa.name)
    known["engine.threads"] = .int(transformer.compute.pool.threads)
    known.merge(transformer.compute.pool.placementFacts) { $1 }
    known.merge(HugePages.facts) { $1 }
    known["weights.repacked_bytes"] = .int(transformer.repacking.bytes)
    return observation
  }

  private func randomTokens(_ model: Model, seed: UInt64) throws -> [Int32] {
    guard prompt.count <= model.configuration.contextLength else {
      throw WorkloadError(
        .unsupported,
        "the prompt has \(prompt.count) tokens; the model's context holds "
          + "\(model.configuration.contextLength)")
    }
    return RandomPrompt.tokens(prompt.count, of: model, seed: seed ^ UInt64(prompt.seed))
  }
}
