// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import Testing

/// A sequence's logits are its own affair: whatever shares the batch, however many threads.
@Suite struct BatchInvarianceTests {
  static let models = [
    "gguf/llama-f32.gguf", "gguf/qwen2-f16.gguf", "hf/qwen3", "gguf/llama256-q4_k.gguf",
    "gguf/llama256-q8_0.gguf",
  ]

  /// One sequence's part of a batch: what it holds already, and what is fed.
  private struct Part {
    let prefix: [Int32]
    let piece: [Int32]
  }

  private func parts(_ model: LoadedModel, _ sizes: [(Int, Int)], seed: UInt64) -> [Part] {
    var random = RandomSource(seed: seed)
    return sizes.map {
      Part(
        prefix: model.tokens($0.0, using: &random), piece: model.tokens($0.1, using: &random))
    }
  }

  /// Each part's logits, fed alone and fed together in the order given.
  private func compare(
    _ model: LoadedModel, _ parts: [Part], order: [Int],
    _ check: (_ alone: [[Float]], _ together: [[Float]], _ part: Int) -> Void
  ) throws {
    let alone = try parts.map { try model.feed($0.piece, to: try model.sequence($0.prefix)) }
    var batch = TokenBatch()
    for index in order {
      let sequence = try model.sequence(parts[index].prefix)
      batch.append(
        parts[index].piece, to: sequence, at: parts[index].prefix.count, wantsLogits: .all)
    }
    var rest = try model.run(batch)[...]
    for index in order {
      let count = parts[index].piece.count
      check(alone[index], Array(rest.prefix(count)), index)
      rest = rest.dropFirst(count)
    }
    #expect(rest.isEmpty)
  }

  /// Pieces of more than sixteen rows take the same kernels alone and together: equal to the bit.
  @Test(arguments: models)
  func prefillIsTheSameToTheBit(_ name: String) throws {
    let model = try LoadedModel(name)
    let parts = parts(
      model, [(0, 17), (33, 18), (7, 40), (16, 21), (0, 23), (31, 19)], seed: 1)
    for order in [[0, 1, 2, 3, 4, 5], [5, 2, 0, 4, 1, 3]] {
      try compare(model, parts, order: order) { alone, together, part in
        #expect(alone == together, "\(name) part \(part) in order \(order)")
      }
    }
  }

  /// Prefill and decode mixed: a single row takes other kernels alone than in company, so rounding
  /// differs, and with it now and then a code of int8 activations.
  @Test(arguments: models)
  func mixedBatchesAgree(_ name: String) throws {
    for activations in [ActivationFormat.f32, .auto] {
      let model = try LoadedModel(name) { $0.activations = activations }
      let rounds = activations == .auto && name.contains("llama256")
      let parts = parts(
        model, [(20, 1), (0, 30), (48, 1), (15, 2), (16, 1), (0, 1), (5, 4)], seed: 2)
      for order in [[0, 1, 2, 3, 4, 5, 6], [6, 4, 2, 0, 1, 3, 5]] {
        try compare(model, parts, order: order) { alone, together, part in
          let error = relativeError(together.flatMap { $0 }, alone.flatMap { $0 })
          #expect(error < (rounds ? 1e-2 : 1e-5), "\(name) \(activations) part \(part)")
        }
      }
    }
  }

  @Test(arguments: models)
  func threadsDoNotChangeABit(_ name: String) throws {
    var expected: [[Float]] = []
    for threads in [1, 2, 3, 5] {
      let model = try LoadedModel(name, threads: threads)
      var random = RandomSource(seed: 3)
      var results: [[Float]] = []
      let long = try model.sequence(model.tokens(70, using: &random))
      let short = model.store.makeSequence()
      for round in 0..<3 {
        var batch = TokenBatch()
        for (sequence, count) in [(short, 9 - 4 * round), (long, 1)] {
          batch.append(
            model.tokens(count, using: &random), to: sequence,
            at: try model.store.length(of: sequence), wantsLogits: .all)
        }
        results += try model.run(batch)
      }
      if threads == 1 { expected = results }
      #expect(results == expected, "\(name) on \(threads) threads")
    }
  }

  /// A context read in parts by several threads: the same for any number of them, and within rounding
  /// of one part.
  @Test(arguments: KVFormat.allCases)
  func longContextsInParts(_ format: KVFormat) throws {
    var expected: [[Float]] = []
    for (threads, part) in [(1, 16), (2, 16), (5, 16), (2, 0), (2, 48)] {
      let model = try LoadedModel("gguf/qwen3-f16.gguf", threads: threads) {
        $0.kvFormat = format
        $0.attentionPartTokens = part
      }
      var random = RandomSource(seed: 8)
      let sequence = try model.sequence(model.tokens(90, using: &random))
      var results: [[Float]] = []
      for count in [1, 3, 1] {
        results += try model.feed(model.tokens(count, using: &random), to: sequence)
      }
      if expected.isEmpty { expected = results }
      if part == 16 {
        #expect(results == expected, "\(format) on \(threads) threads")
      } else {
        // A key or value of a later layer may be rounded to the neighbouring code.
        let error = relativeError(results.flatMap { $0 }, expected.flatMap { $0 })
        #expect(error < (format == .f32 ? 1e-5 : 5e-2), "\(format) in parts of \(part)")
      }
    }
  }

  /// The logits come in batch order, for the rows that want them only.
  @Test func wantedRowsComeInOrder() throws {
    let model = try LoadedModel()
    var random = RandomSource(seed: 4)
    let tokens = model.tokens(20, using: &random)
    let all = try model.feed(tokens, to: model.store.makeSequence())
    let (first, second) = (model.store.makeSequence(), model.store.makeSequence())
    var batch = TokenBatch()
    batch.append(tokens[..<7], to: first, at: 0, wantsLogits: .last)
    batch.append(tokens, to: second, at: 0, wantsLogits: .all)
    let wanted = try model.run(batch)
    #expect(wanted.count == 21)
    #expect(wanted[0] == all[6])
    #expect(Array(wanted[1...]) == all)
    var silent = TokenBatch()
    silent.append(tokens[7...], to: first, at: 7, wantsLogits: .none)
    #expect(try model.run(silent).isEmpty)
    #expect(try model.store.length(of: first) == 20)
    #expect(try model.run(TokenBatch()).isEmpty)
  }

  /// Forks go on as if each had been computed from the start, and leave the original alone.
  @Test(arguments: ["gguf/qwen3-f16.gguf", "gguf/llama256-q4_k.gguf"], KVFormat.allCases)
  func forksContinueLikeRecomputed(_ name: String, _ format: KVFormat) throws {
    let model = try LoadedModel(name) { $0.kvFormat = format }
    var random = RandomSource(seed: 5)
    for length in [1, 16, 37] {
      let prefix = model.tokens(length, using: &random)
      let original = try model.sequence(prefix)
      let forks = try (0..<3).map { _ in try model.store.fork(original) }
      let tails = (0..<4).map { _ in
        [model.tokens(1, using: &random), model.tokens(19, using: &random)]
      }
      // Interleaved, so that a page wrongly shared would be overwritten by another.
      var results = [[[Float]]](repeating: [], count: 4)
      for piece in 0..<2 {
        for (index, sequence) in (forks + [original]).enumerated() {
          results[index] += try model.feed(tails[index][piece], to: sequence)
        }
      }
      for (index, tail) in tails.enumerated() {
        let fresh = try model.sequence(prefix)
        let expected = try tail.flatMap { try model.feed($0, to: fresh) }
        #expect(results[index] == expected, "\(name) \(format) prefix \(length) branch \(index)")
      }
    }
  }

  @Test func rolledBackSequencesContinueLikeRecomputed() throws {
    let model = try LoadedModel()
    var random = RandomSource(seed: 6)
    let tokens = model.tokens(50, using: &random)
    for length in [0, 1, 15, 16, 17, 32, 33, 49, 50] {
      let tail = model.tokens(21, using: &random)
      let sequence = try model.sequence(tokens)
      let witness = try model.store.fork(sequence)
      try model.store.rollback(sequence, to: length)
      let actual = try model.feed(tail, to: sequence)
      let expected = try model.feed(
        tail, to: try model.sequence(Array(tokens.prefix(length))))
      let error = relativeError(actual.flatMap { $0 }, expected.flatMap { $0 })
      #expect(error < 1e-5, "rolled back to \(length)")
      // The fork still holds all 50.
      let last = try model.feed([tail[0]], to: witness)
      let whole = try model.feed([tail[0]], to: try model.sequence(tokens))
      #expect(last == whole, "fork beside a rollback to \(length)")
    }
  }
}
