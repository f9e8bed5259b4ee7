// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels
import Testing

/// Logits against independent implementations: transformers (float32) and a float64 pass over weights
/// dequantised by another library.
@Suite struct GoldenLogitsTests {
  static let golden = (try? GoldenCases.load()) ?? GoldenCases(ids: [], cases: [])

  @Test func goldenCasesAreThere() {
    #expect(Self.golden.cases.count >= 20)
  }

  @Test(arguments: golden.cases)
  func logitsAgreeWithFloatActivations(_ golden: GoldenCases.Case) throws {
    var configuration = EngineConfiguration()
    configuration.activations = .f32
    configuration.kvFormat = .f32
    configuration.threads = 2
    let expected = try GoldenCases.array(golden.logits)
    for pieces in [24, 7, 1] {
      let actual = try logits(golden, configuration, pieces: pieces)
      let error = relativeError(actual, expected)
      #expect(error < 1e-5, "\(golden.model) in pieces of \(pieces)")
    }
  }

  @Test(arguments: golden.cases)
  func logitsAgreeWithHalfPrecisionCache(_ golden: GoldenCases.Case) throws {
    var configuration = EngineConfiguration()
    configuration.activations = .f32
    configuration.kvFormat = .f16
    let error = relativeError(
      try logits(golden, configuration, pieces: 24), try GoldenCases.array(golden.logits))
    #expect(error < 1e-3, "\(golden.model)")
  }

  /// The models with heads of 32 or 64, which quantised caches need.
  static let wideHeads = golden.cases.filter { golden in
    ["qwen3", "rope-linear", "llama256"].contains { golden.model.contains($0) }
  }

  @Test(arguments: wideHeads)
  func logitsStayNearWithQuantisedCache(_ golden: GoldenCases.Case) throws {
    let expected = try GoldenCases.array(golden.logits)
    for (format, range) in [
      (KVFormat.bf16, 1e-5...5e-3), (.q8_0, 1e-3...2e-2), (.q4_0, 2e-2...0.3),
    ] {
      var configuration = EngineConfiguration()
      configuration.activations = .f32
      configuration.kvFormat = format
      for pieces in [24, 1] {
        let error = relativeError(try logits(golden, configuration, pieces: pieces), expected)
        #expect(range.contains(error), "\(golden.model) \(format) in pieces of \(pieces): \(error)")
      }
    }
  }

  @Test func narrowHeadsAreNoBlocks() throws {
    for format in [KVFormat.q8_0, .q4_0] {
      var configuration = EngineConfiguration()
      configuration.kvFormat = format
      let model = try ModelLoader.load(path: GoldenCases.path("gguf/llama-f32.gguf"))
      let error = #expect(throws: EngineError.self) { try Transformer(model, configuration) }
      #expect(error?.code == .badConfiguration)
      #expect(error?.message.contains("kv.format \(format.rawValue)") == true)
      #expect(error?.message.contains("has 16: use f16, bf16 or f32") == true)
    }
  }

  @Test(arguments: golden.cases.filter { $0.q8_activations_error != nil })
  func int8ActivationsStayNearTheirSimulation(_ golden: GoldenCases.Case) throws {
    let simulated = try #require(golden.q8_activations_error)
    let expected = try GoldenCases.array(golden.logits)
    for pieces in [24, 1] {
      let error = relativeError(
        try logits(golden, EngineConfiguration(), pieces: pieces), expected)
      #expect(error < 1.3 * simulated, "\(golden.model) in pieces of \(pieces)")
      #expect(error > 0.5 * simulated, "\(golden.model): int8 was not used")
    }
  }

  @Test(arguments: golden.cases.filter { ["f32", "f16", "bf16"].contains($0.format) })
  func greedyTokensAgree(_ golden: GoldenCases.Case) throws {
    let wide = Self.wideHeads.contains { $0.model == golden.model }
    for format in KVFormat.allCases where format.blockCount == 1 || wide && format == .q8_0 {
      var configuration = EngineConfiguration()
      configuration.kvFormat = format
      let transformer = try Transformer(
        ModelLoader.load(path: GoldenCases.path(golden.model)),
        configuration)
      let store = transformer.makeStore()
      var sampler = try Sampler()
      var tokens: [Int32] = []
      try AutoregressiveDecoder().generate(
        prompt: Self.golden.ids, limit: golden.greedy.count, sampler: &sampler,
        context: DecodingContext(
          transformer: transformer, store: store, sequence: store.makeSequence())
      ) {
        tokens += $0
        return true
      }
      #expect(tokens == golden.greedy, "\(golden.model) with \(format) cache")
    }
  }

  /// Every position's logits, the prompt fed in pieces.
  private func logits(
    _ golden: GoldenCases.Case, _ configuration: EngineConfiguration, pieces: Int
  ) throws -> [Float] {
    let path = GoldenCases.path(golden.model)
    let transformer = try Transformer(ModelLoader.load(path: path), configuration)
    let store = transformer.makeStore()
    let sequence = store.makeSequence()
    var result: [Float] = []
    var fed = 0
    while fed < Self.golden.ids.count {
      let piece = Self.golden.ids[fed...].prefix(pieces)
      var batch = TokenBatch()
      batch.append(piece, to: sequence, at: fed, wantsLogits: .all)
      result += try transformer.forward(batch, store)
      fed += piece.count
    }
    return result
  }
}

/// ||a - b|| / ||b||, in double; infinite for different lengths or NaN.
func relativeError(_ a: [Float], _ b: [Float]) -> Double {
  var difference = 0.0
  var norm = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  let error = (difference / max(norm, 1e-30)).squareRoot()
  return a.count == b.count && error.isFinite ? error : .infinity
}
