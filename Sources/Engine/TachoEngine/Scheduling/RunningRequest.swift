// SPDX-License-Identifier: Apache-2.0

/// A request that has been admitted: its keys and values, and how far it is.
final class RunningRequest {
  let request: Request
  let sequence: SequenceID
  /// Prompt tokens that need no pass of their own: they came with a shared prefix.
  let cachedTokens: Int
  /// Prompt tokens that the KV store holds, or will after the pass being put together.
  var promptTokensFed: Int
  var sampler: Sampler
  /// Prompt and answer so far.
  var history: [Int32]
  var outputCount = 0

  init(_ request: Request, sequence: SequenceID, cachedTokens: Int) {
    self.request = request
    self.sequence = sequence
    self.cachedTokens = cachedTokens
    promptTokensFed = cachedTokens
    sampler = request.sampler
    history = request.prompt
    history.reserveCapacity(request.prompt.count + request.outputLimit)
  }

  var isPrefilling: Bool { promptTokensFed < request.prompt.count }

  /// Tokens the KV store holds: all but the last one sampled.
  var length: Int { outputCount == 0 ? promptTokensFed : history.count - 1 }
}
