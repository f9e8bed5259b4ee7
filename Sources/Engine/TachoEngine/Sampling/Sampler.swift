// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Chooses the next token: filters in a fixed order, then one draw.
///
/// Temperature 0 is greedy.
///
/// The order is llama.cpp's default: repetition penalty, top-k, top-p, min-p, temperature. Each draw
/// takes one number of a generator seeded once, so a seed gives the same tokens whatever the threads.
package struct Sampler: Sendable {
  private let filters: [any LogitsFilter]
  /// The likeliest token that the filters leave, without a draw.
  private let greedy: Bool
  /// Greedy and every other filter at its default: the largest logit is the answer.
  private let plain: Bool
  private var random: RandomSource

  private static let seed = Knob(
    "sampler.seed", .int(0...Int.max), default: 0, "Seed of the draws.")

  package static var knobs: [Knob] { LogitsFilters.all.map { $0.knob } + [seed] }

  package init(_ configuration: Configuration = Configuration()) throws {
    func setting(_ knob: Knob) throws -> ConfigurationValue {
      let given = configuration[knob.path] ?? knob.defaultValue
      guard let value = knob.normalized(given) else {
        throw EngineError(
          .badConfiguration, "\(knob.path) is \(given.display): it must be \(knob.expectation)")
      }
      return value
    }
    // Filters at their defaults change nothing and are left out; temperature 0 has nothing to divide.
    let active = try LogitsFilters.all.map { (type: $0, setting: try setting($0.knob)) }
      .filter { $0.setting != $0.type.knob.normalized($0.type.knob.defaultValue) }
    filters = active.map { $0.type.init(setting: $0.setting) }
    greedy = try Float(setting(Temperature.knob).doubleValue ?? 0) == 0
    plain = greedy && filters.isEmpty
    random = RandomSource(seed: UInt64(try setting(Self.seed).intValue ?? 0))
  }

  /// The next token after `history`, from one row of logits; 0 if there are none.
  package mutating func next(_ logits: UnsafeBufferPointer<Float>, history: [Int32]) -> Int32 {
    if plain || logits.isEmpty { return Self.argmax(logits) }
    var candidates = Candidates(logits)
    for filter in filters { filter.apply(&candidates, history: history) }
    if greedy {
      return candidates.entries.reduce(candidates.entries[0]) { $1.logit > $0.logit ? $1 : $0 }
        .token
    }
    let draw = random.nextUnit()
    var reached = 0.0
    for (entry, probability) in zip(candidates.entries, candidates.probabilities()) {
      reached += probability
      if draw < reached { return entry.token }
    }
    return candidates.entries[candidates.entries.count - 1].token
  }

  /// The first of the largest logits; those that are not numbers cannot be chosen before others.
  package static func argmax(_ logits: UnsafeBufferPointer<Float>) -> Int32 {
    guard let base = logits.baseAddress else { return 0 }
    var best = logits.firstIndex { !$0.isNaN } ?? 0
    for index in best..<logits.count where base[index] > base[best] { best = index }
    return Int32(best)
  }
}
