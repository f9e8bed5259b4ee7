// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoEngine
package import TachoKernels
import TachoModelFiles
package import TachoRecord
import TachoTokenizers

/// Many requests at a time: the engine under a load, with continuous batching.
///
/// One sample is one run of `load.requests` requests, from the first arrival's clock to the last token.
/// Arrivals do not wait for the engine unless the loop is closed, and latencies count from the
/// time a request was to arrive. Prompts are random tokens; nothing is tokenised or detokenised.
package final class ServeWorkload: Workload {
  package static let kind = BenchmarkKind(
    name: "serve", summary: "Requests under a load: latencies, throughput and goodput.",
    knobs: knobs, complaint: { complaint(about: $0) })

  private let engine: PreparedEngine
  private let settings: Settings
  private let configuration: Configuration
  private let trace: TraceFile?
  private let schedulerConfiguration: SchedulerConfiguration
  private let stopTokens: Set<Int32>
  package private(set) var finalFacts: [String: ConfigurationValue] = [:]

  package init(_ configuration: Configuration) throws {
    self.configuration = configuration
    settings = try Settings(configuration, knobs: Self.knobs)
    if let complaint = Self.complaint(about: configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    trace = try settings.text("load.trace_path").map { try TraceFile(path: $0) }
    schedulerConfiguration = try SchedulerConfiguration(configuration)
    engine = try PreparedEngine(configuration)
    stopTokens = settings.bool("workload.stop_at_eos") ? try engine.endTokens() : []
    _ = try schedulerConfiguration.rows(batchRows: engine.transformer.configuration.batchRows)
    try checkContext()
  }

  /// A load of which no request fits is a mistake; of a distribution's tail the long ones fail.
  private func checkContext() throws {
    let context = engine.transformer.model.configuration.contextLength
    let prompt = LengthDistribution(settings, "prompt")
    let output = LengthDistribution(settings, "output")
    guard trace == nil, prompt.shape == .fixed, output.shape == .fixed else { return }
    guard prompt.mean + output.mean <= context else {
      throw WorkloadError(
        .unsupported,
        "prompt and output are \(prompt.mean + output.mean) tokens; the model's context holds "
          + "\(context)")
    }
  }

  package var facts: [String: ConfigurationValue] {
    var facts = engine.facts
    if let trace { facts["load.trace_requests"] = .int(trace.rows.count) }
    return facts
  }

  package var pool: ThreadPool? { engine.transformer.compute.pool }

  package func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    let plan = try LoadPlan(
      settings, trace: trace, model: engine.transformer.model, seed: seed)
    let prefix = try prepare(prefix: plan.sharedPrefix)
    defer { prefix.map { engine.store.release($0) } }
    let closedLoop = settings.text("load.arrival") == "closed"
    let scheduler = try Scheduler(engine.transformer, engine.store, schedulerConfiguration)
    let session = try ServeSession(
      plan, scheduler: scheduler, closedLoop: closedLoop, stopTokens: stopTokens, prefix: prefix,
      sampler: sampler)
    engine.transformer.compute.pool.recorder = meter.recorder
    try session.run(startNs: meter.start(), on: engine.transformer.compute.pool)
    var observation = meter.stop()
    session.complete()
    finalFacts.merge(HugePages.facts) { $1 }
    finalFacts["load.generator_priority"] = session.generatorIsRealTime ? "real-time" : "normal"
    observation.requests = session.records
    observation.traffic = TrafficRecord(closedLoop: closedLoop, levels: Self.levels(settings))
    observation.promptTokens = session.records.reduce(0) { $0 + ($1.promptTokens ?? 0) }
    observation.cachedTokens = session.records.reduce(0) { $0 + ($1.cachedTokens ?? 0) }
    observation.outputTokens = session.records.reduce(0) { $0 + ($1.outputTokens ?? 0) }
    observation.outputFingerprint = session.fingerprint
    return observation
  }

  /// A sequence that holds the tokens every prompt begins with; nil where there are none.
  private func prepare(prefix: [Int32]) throws -> SequenceID? {
    guard !prefix.isEmpty else { return nil }
    let context = engine.transformer.model.configuration.contextLength
    guard prefix.count <= context else {
      throw WorkloadError(
        .badConfiguration,
        "workload.shared_prefix_tokens is \(prefix.count); the model's context holds \(context)")
    }
    let sequence = engine.store.makeSequence()
    try DecodingContext(transformer: engine.transformer, store: engine.store, sequence: sequence)
      .feed(prefix[...], wantsLogits: false)
    return sequence
  }

  /// Draws of its own for each request, from consecutive seeds.
  private func sampler(_ index: Int) throws -> Sampler {
    var own = configuration
    let seed = configuration["sampler.seed"]?.intValue ?? 0
    own["sampler.seed"] = .int((seed &+ index) & Int.max)
    return try Sampler(own)
  }
}
