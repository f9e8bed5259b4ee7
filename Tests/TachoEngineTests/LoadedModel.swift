// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels

/// A golden model ready to run with keys and values in float32, for tests that compare passes of the
/// engine with each other.
struct LoadedModel {
  let transformer: Transformer
  let store: KVStore

  init(
    _ name: String = "gguf/llama-f32.gguf", threads: Int = 2, pageTokens: Int = 16,
    adjust: (inout EngineConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = EngineConfiguration()
    configuration.threads = threads
    configuration.kvFormat = .f32
    configuration.pageTokens = pageTokens
    configuration.batchRows = 256
    adjust(&configuration)
    transformer = try Transformer(
      ModelLoader.load(path: GoldenCases.path(name)), configuration)
    store = transformer.makeStore()
  }

  var vocabulary: Int { transformer.model.embedding.rows }

  func tokens(_ count: Int, using random: inout RandomSource) -> [Int32] {
    (0..<count).map { _ in Int32(random.next() % UInt64(vocabulary)) }
  }

  /// The logits of every row of a batch.
  func run(_ batch: TokenBatch) throws -> [[Float]] {
    let logits = Array(try transformer.forward(batch, store))
    return stride(from: 0, to: logits.count, by: vocabulary).map {
      Array(logits[$0..<$0 + vocabulary])
    }
  }

  /// Feeds tokens at the sequence's end in one pass; the logits of every position.
  @discardableResult
  func feed(_ tokens: [Int32], to sequence: SequenceID) throws -> [[Float]] {
    guard !tokens.isEmpty else { return [] }
    var batch = TokenBatch()
    batch.append(tokens, to: sequence, at: try store.length(of: sequence), wantsLogits: .all)
    return try run(batch)
  }

  /// A new sequence that holds `tokens`.
  func sequence(_ tokens: [Int32]) throws -> SequenceID {
    let sequence = store.makeSequence()
    try feed(tokens, to: sequence)
    return sequence
  }
}

extension RandomSource {
  /// A number below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}
