// SPDX-License-Identifier: Apache-2.0

/// One prompt to be answered, as it is handed to a `Scheduler`.
package struct Request: Sendable {
  /// The caller's own name for it, unique among the requests of a scheduler.
  package var id: Int
  /// At least one token, and after it at most so many are generated.
  package var prompt: [Int32]
  package var outputLimit: Int
  /// Draws of this request alone: the same request gives the same tokens in any company.
  package var sampler: Sampler
  /// Tokens that end the answer; the one that did is emitted.
  package var stopTokens: Set<Int32>
  /// A sequence that holds the beginning of the prompt: its pages are shared instead of computed.
  package var prefix: SequenceID?

  package init(
    id: Int, prompt: [Int32], outputLimit: Int, sampler: Sampler, stopTokens: Set<Int32> = [],
    prefix: SequenceID? = nil
  ) {
    self.id = id
    self.prompt = prompt
    self.outputLimit = outputLimit
    self.sampler = sampler
    self.stopTokens = stopTokens
    self.prefix = prefix
  }
}

/// What a scheduler says of a request, as soon as it is so.
package enum RequestEvent: Sendable, Hashable {
  /// Its prefill begins now; so many prompt tokens came with a shared prefix.
  case admitted(cachedTokens: Int)
  /// Tokens are readable on the host.
  case emitted([Int32])
  /// The answer is complete: by a stop token, or at its limit.
  case finished(stopToken: Bool)
  /// It cannot be answered; the others go on.
  case failed(reason: String)
}
