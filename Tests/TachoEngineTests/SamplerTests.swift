// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoEngine
import Testing

/// Draws: reproducible, and as often as the probabilities say.
@Suite struct SamplerTests {
  private func sampler(_ settings: [String: ConfigurationValue]) throws -> Sampler {
    try Sampler(
      Configuration(
        Dictionary(uniqueKeysWithValues: settings.map { ("sampler.\($0.key)", $0.value) })))
  }

  private func draw(
    _ sampler: inout Sampler, _ logits: [Float], history: [Int32] = []
  ) -> Int32 {
    logits.withUnsafeBufferPointer { sampler.next($0, history: history) }
  }

  @Test func greedyTakesTheFirstOfTheLargest() throws {
    var sampler = try sampler([:])
    #expect(draw(&sampler, [1, 3, 3, 2]) == 1)
    #expect(draw(&sampler, [-5]) == 0)
    var tiny = try self.sampler(["temperature": 1e-300])
    #expect(draw(&tiny, [1, 3, 3, 2]) == 1)
  }

  @Test func greedyHonoursThePenalty() throws {
    var sampler = try sampler(["repetition_penalty": 2])
    #expect(draw(&sampler, [1, 3, 2.5, 2], history: [1]) == 2)
    #expect(draw(&sampler, [1, 3, 2.5, 2], history: [0]) == 1)
    // A token 64 back counts, one 65 back does not.
    let filler = [Int32](repeating: 0, count: 63)
    #expect(draw(&sampler, [1, 3, 2.5, 2], history: [1] + filler) == 2)
    #expect(draw(&sampler, [1, 3, 2.5, 2], history: [1, 0] + filler) == 1)
  }

  /// Every combination of filters, 20,000 draws each: chi-square against exact probabilities.
  @Test func drawsFollowTheProbabilities() throws {
    let probabilities = [0.3, 0.25, 0.2, 0.12, 0.08, 0.05]
    let logits = probabilities.map { Float(log($0)) }
    func powers(_ exponent: Double, _ kept: Int) -> [Double] {
      let weights = probabilities.prefix(kept).map { pow($0, exponent) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    let cases: [([String: ConfigurationValue], [Double])] = [
      (["temperature": 1], powers(1, 6)),
      (["temperature": 0.5], powers(2, 6)),
      (["temperature": 2.0], powers(0.5, 6)),
      (["temperature": 1, "top_k": 3], powers(1, 3)),
      (["temperature": 1, "top_p": 0.7], powers(1, 3)),
      (["temperature": 1, "min_p": 0.3], powers(1, 4)),
      // Top-k 5 leaves 0.95; 0.8 of that needs four; of them 0.5 times the likeliest keeps three.
      (["temperature": 0.8, "top_k": 5, "top_p": 0.8, "min_p": 0.5], powers(1.25, 3)),
    ]
    // 0.1% bounds of chi-square for 1 to 5 degrees of freedom.
    let bounds = [10.83, 13.82, 16.27, 18.47, 20.52]
    for (number, (settings, expected)) in cases.enumerated() {
      var all = settings
      all["seed"] = .int(100 + number)
      var sampler = try sampler(all)
      var counts = [Double](repeating: 0, count: 6)
      for _ in 0..<20_000 { counts[Int(draw(&sampler, logits))] += 1 }
      #expect(counts[expected.count...].allSatisfy { $0 == 0 }, "\(settings)")
      let chi = zip(counts, expected).reduce(0.0) { sum, pair in
        let mean = 20_000 * pair.1
        return sum + (pair.0 - mean) * (pair.0 - mean) / mean
      }
      #expect(chi < bounds[expected.count - 2], "\(settings): chi-square \(chi)")
      #expect(chi > 1e-3, "\(settings): too even to be random")
    }
  }

  @Test func seedsReproduce() throws {
    var random = RandomSource(seed: 8)
    let logits = (0..<50).map { _ in Float(random.nextUnit() * 4) }
    func run(_ seed: Int) throws -> [Int32] {
      var sampler = try sampler(["temperature": 1, "seed": .int(seed)])
      return (0..<100).map { _ in draw(&sampler, logits) }
    }
    #expect(try run(1) == run(1))
    #expect(try run(1) != run(2))
    #expect(try run(0) == run(0))
    #expect(try run(.max) == run(.max))
  }

  /// Against the published algorithm.
  @Test func generatorIsXoshiro() {
    // SplitMix64 of seed 0 gives 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4 and so on as the state;
    // xoshiro256** returns rotl(second * 5, 7) * 9.
    let product: UInt64 = 0x6e78_9e6a_a1b9_65f4 &* 5
    var random = RandomSource(seed: 0)
    #expect(random.next() == (product << 7 | product >> 57) &* 9)
    var units = RandomSource(seed: 5)
    let draws = (0..<10_000).map { _ in units.nextUnit() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.015)
  }

  /// Logits of a broken model, and rows of one or no candidate.
  @Test func extremesGiveAToken() throws {
    let rows: [(logits: [Float], possible: Set<Int32>)] = [
      ([.nan, .nan, .nan], [0, 1, 2]), ([.nan, 2, .nan], [1]),
      ([.infinity, 1, .infinity], [0, 2]),
      ([-.infinity, -.infinity, -.infinity], [0, 1, 2]), ([-.infinity, .nan, .infinity], [2]),
      ([5], [0]), ([.nan], [0]), ([], [0]),
      ([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0], [0]),
    ]
    let settings: [[String: ConfigurationValue]] = [
      [:], ["temperature": 1], ["repetition_penalty": 1.3],
      [
        "temperature": 0.001, "top_k": 2, "top_p": 0.5, "min_p": 0.5, "repetition_penalty": 0.01,
      ],
      ["temperature": 100, "top_k": 16_777_216, "top_p": 0, "min_p": 1],
    ]
    for setting in settings {
      for row in rows {
        var sampler = try sampler(setting)
        for _ in 0..<5 {
          let token = draw(&sampler, row.logits, history: [0, 1, 2, 99])
          #expect(row.possible.contains(token), "\(setting) \(row.logits)")
        }
      }
    }
  }

  @Test func impossibleSettingsAreErrors() {
    let wrong: [[String: ConfigurationValue]] = [
      ["temperature": -1], ["temperature": .double(.nan)], ["top_k": -1], ["top_p": 1.5],
      ["min_p": -0.1], ["repetition_penalty": 0], ["seed": -1], ["top_k": "many"],
    ]
    for settings in wrong {
      let error = #expect(throws: EngineError.self, "\(settings)") { try sampler(settings) }
      #expect(error?.code == .badConfiguration)
    }
  }

  /// End to end: a seed gives the same text on any number of threads.
  @Test(arguments: ["gguf/llama256-q4_k.gguf", "gguf/llama-f16.gguf"])
  func generationIsTheSameOnAnyThreads(_ name: String) throws {
    func generate(_ threads: Int, seed: Int) throws -> [Int32] {
      let model = try LoadedModel(name, threads: threads)
      var sampler = try sampler([
        "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.02,
        "repetition_penalty": 1.1, "seed": .int(seed),
      ])
      var tokens: [Int32] = []
      try AutoregressiveDecoder().generate(
        prompt: [1, 15, 7, 261, 100, 33, 271, 42], limit: 40, sampler: &sampler,
        context: DecodingContext(
          transformer: model.transformer, store: model.store,
          sequence: model.store.makeSequence())
      ) {
        tokens += $0
        return true
      }
      return tokens
    }
    let expected = try generate(1, seed: 7)
    #expect(expected.count == 40)
    #expect(try generate(2, seed: 7) == expected)
    #expect(try generate(3, seed: 7) == expected)
    #expect(try generate(1, seed: 8) != expected)
  }

  @Test func decoderStopsWhenTold() throws {
    let model = try LoadedModel()
    for (stopAfter, limit) in [(1, 10), (3, 10), (99, 4), (1, 1)] {
      let sequence = model.store.makeSequence()
      var sampler = try sampler([:])
      var count = 0
      try AutoregressiveDecoder().generate(
        prompt: [1, 2, 3], limit: limit, sampler: &sampler,
        context: DecodingContext(
          transformer: model.transformer, store: model.store, sequence: sequence)
      ) {
        count += $0.count
        return count < stopAfter
      }
      #expect(count == min(stopAfter, limit))
      // Everything but the last token's keys and values is held.
      #expect(try model.store.length(of: sequence) == 3 + count - 1)
    }
  }
}
