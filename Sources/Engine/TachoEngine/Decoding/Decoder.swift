// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Turns a prompt into tokens with a transformer.
///
/// Autoregressive decoding is one; speculative and parallel decoders are others. To add one: a file
/// here and a line in `Decoders.all`.
package protocol TokenDecoder: AnyObject {
  /// Feeds the prompt (by `context.prefill`, which leaves out what the sequence holds of it already), then emits up to `limit` tokens; each emission may hold several tokens.
  ///
  /// `emit` is called as soon as an emission's tokens are known on the host; it returns false to stop.
  /// The sequence stays in `context.store` with everything but the last token's keys and values.
  func generate(
    prompt: [Int32], limit: Int, sampler: inout Sampler, context: DecodingContext,
    emit: (_ tokens: [Int32]) throws -> Bool
  ) throws
}

/// What a decoder works with: the model's forward pass and the sequence to continue.
package final class DecodingContext {
  package let transformer: Transformer
  package let store: KVStore
  package let sequence: SequenceID
  /// The first tokens of the prompt that the sequence's end already holds: a prefix cache's part.
  package let cachedTokens: Int
  /// Prompt tokens that `prefill` has fed.
  package private(set) var prefilledTokens = 0

  package init(
    transformer: Transformer, store: KVStore, sequence: SequenceID, cachedTokens: Int = 0
  ) {
    self.transformer = transformer
    self.store = store
    self.sequence = sequence
    self.cachedTokens = cachedTokens
  }

  /// Feeds what the sequence does not hold yet of a prompt; the logits of its last token.
  package func prefill(_ prompt: [Int32]) throws -> UnsafeBufferPointer<Float> {
    guard cachedTokens < prompt.count else {
      throw EngineError(
        .badBatch,
        "\(cachedTokens) tokens of a prompt of \(prompt.count) are cached: the last one must be fed, "
          + "its logits choose the first token of the answer")
    }
    let rest = prompt[cachedTokens...]
    prefilledTokens += rest.count
    return try feed(rest, wantsLogits: true)
  }

  /// Does work of the host that is to have a name in the recorded timeline.
  package func span<Result>(_ name: StaticString, _ work: () throws -> Result) rethrows -> Result {
    guard let recorder = transformer.compute.pool.recorder else { return try work() }
    let start = MonotonicClock.now()
    defer { recorder.noteSpan(name, from: start) }
    return try work()
  }

  /// Feeds tokens at the sequence's end in batches; the logits of the last one, if wanted.
  @discardableResult
  package func feed(_ tokens: ArraySlice<Int32>, wantsLogits: Bool) throws
    -> UnsafeBufferPointer<Float>
  {
    var logits = UnsafeBufferPointer<Float>(start: nil, count: 0)
    var rest = tokens
    while !rest.isEmpty {
      let piece = rest.prefix(transformer.configuration.batchRows)
      rest = rest.dropFirst(piece.count)
      var batch = TokenBatch()
      batch.append(
        piece, to: sequence, at: try store.length(of: sequence),
        wantsLogits: wantsLogits && rest.isEmpty ? .last : .none)
      logits = try transformer.forward(batch, store)
    }
    return logits
  }
}
