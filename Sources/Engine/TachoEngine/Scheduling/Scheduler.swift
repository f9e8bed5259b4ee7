// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// Continuous batching (Yu and others, 2022, Orca): every forward pass takes one row of each request
/// that is generating, and fills what room is left with pieces of prompts.
///
/// Requests join between passes and leave as soon as they are done. A request's tokens depend on the
/// request alone as far as the engine's rounding does: products over repacked quantised weights give the
/// same bits in any batch; those of float weights sum in another order above 16 rows, those of
/// quantised weights that are not repacked above 4, and there a near tie may fall the other way.
package final class Scheduler {
  package typealias Observe = (_ id: Int, _ event: RequestEvent) -> Void

  private let transformer: Transformer
  private let store: KVStore
  private let maxSequences: Int
  private let prefillChunk: Int
  private let rows: Int
  private let policy: any SchedulingPolicy
  private var waiting: [Request] = []
  /// In the order of admission.
  private var running: [RunningRequest] = []
  /// Forward passes so far, and the rows in them.
  package private(set) var steps = 0
  package private(set) var rowsFed = 0

  package init(
    _ transformer: Transformer, _ store: KVStore, _ configuration: SchedulerConfiguration
  ) throws {
    self.transformer = transformer
    self.store = store
    maxSequences = configuration.maxSequences
    rows = try configuration.rows(batchRows: transformer.configuration.batchRows)
    prefillChunk = configuration.prefillChunk == 0 ? rows : configuration.prefillChunk
    policy = try SchedulingPolicies.all.make(configuration.policy)
  }

  package var waitingCount: Int { waiting.count }
  package var runningCount: Int { running.count }

  /// Nothing to do until a request is submitted.
  package var isIdle: Bool { waiting.isEmpty && running.isEmpty }

  /// Queues a request; it may run from the next `step` on.
  package func submit(_ request: Request) { waiting.append(request) }

  /// One forward pass over as many requests as there is room for; `observe` hears of each event when
  /// it happens, and may submit further requests.
  ///
  /// - Throws: where the pass itself fails, which no single request is to blame for; `removeAll` is all
  ///   that can be done then.
  package func step(_ observe: Observe) throws {
    var batch = TokenBatch()
    var asking: [RunningRequest] = []
    for request in running where !request.isPrefilling {
      batch.append(
        request.history.suffix(1), to: request.sequence, at: request.length, wantsLogits: .last)
      asking.append(request)
    }
    for request in running where request.isPrefilling {
      if feedPrompt(of: request, &batch) { asking.append(request) }
    }
    while batch.count < rows, let request = try admitNext(observe) {
      if feedPrompt(of: request, &batch) { asking.append(request) }
    }
    guard batch.count > 0 else { return }
    let logits = try transformer.forward(batch, store)
    steps += 1
    rowsFed += batch.count
    let vocabulary = transformer.model.output.rows
    for (index, request) in asking.enumerated() {
      let row = logits[index * vocabulary..<(index + 1) * vocabulary]
      sample(request, UnsafeBufferPointer(rebasing: row), observe)
    }
  }

  /// Drops every request, waiting or running, and returns their pages.
  package func removeAll() {
    waiting.removeAll()
    for request in running { store.release(request.sequence) }
    running.removeAll()
  }

  /// Adds the next piece of a prompt, if there is room; whether it is the last one.
  private func feedPrompt(of request: RunningRequest, _ batch: inout TokenBatch) -> Bool {
    let count = min(
      request.request.prompt.count - request.promptTokensFed, prefillChunk, rows - batch.count)
    guard count > 0 else { return false }
    let first = request.promptTokensFed
    request.promptTokensFed += count
    batch.append(
      request.request.prompt[first..<first + count], to: request.sequence, at: first,
      wantsLogits: request.isPrefilling ? .none : .last)
    return !request.isPrefilling
  }

  /// The request that the policy lets in, if there is a place; those that cannot be answered leave.
  private func admitNext(_ observe: Observe) throws -> RunningRequest? {
    while running.count < maxSequences, !waiting.isEmpty, let index = policy.next(waiting) {
      let request = waiting.remove(at: index)
      if let reason = complaint(about: request) {
        observe(request.id, .failed(reason: reason))
        continue
      }
      let (sequence, cached) = try makeSequence(for: request)
      let admitted = RunningRequest(request, sequence: sequence, cachedTokens: cached)
      running.append(admitted)
      observe(request.id, .admitted(cachedTokens: cached))
      return admitted
    }
    return nil
  }

  /// A sequence of its own, with the prefix's pages when there is one.
  private func makeSequence(for request: Request) throws -> (SequenceID, cached: Int) {
    guard let prefix = request.prefix else { return (store.makeSequence(), 0) }
    // The last prompt token is always fed: its logits choose the first token of the answer.
    let cached = min(try store.length(of: prefix), request.prompt.count - 1)
    let sequence = try store.fork(prefix)
    try store.rollback(sequence, to: cached)
    return (sequence, cached)
  }

  private func complaint(about request: Request) -> String? {
    let context = transformer.model.configuration.contextLength
    let vocabulary = transformer.model.embedding.rows
    guard !request.prompt.isEmpty else { return "the prompt is empty" }
    guard request.outputLimit > 0 else { return "no token is to be generated" }
    guard request.prompt.count + request.outputLimit <= context else {
      return
        "prompt and output are \(request.prompt.count + request.outputLimit) tokens; the model's "
        + "context holds \(context)"
    }
    let stray = request.prompt.first { $0 < 0 || Int($0) >= vocabulary }
    return stray.map { "the prompt has token \($0): the vocabulary has \(vocabulary)" }
  }

  private func sample(
    _ request: RunningRequest, _ logits: UnsafeBufferPointer<Float>, _ observe: Observe
  ) {
    let token = request.sampler.next(logits, history: request.history)
    request.history.append(token)
    request.outputCount += 1
    observe(request.request.id, .emitted([token]))
    let stopped = request.request.stopTokens.contains(token)
    guard stopped || request.outputCount >= request.request.outputLimit else { return }
    running.removeAll { $0 === request }
    store.release(request.sequence)
    observe(request.request.id, .finished(stopToken: stopped))
  }
}
