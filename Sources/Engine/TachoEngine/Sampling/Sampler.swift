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
  private let penalty: RepetitionPenalty
  private let greedy: Bool
  private var random: RandomSource

  package static let knobs: [Knob] = [
    Knob(
      "sampler.temperature", .double(0...100), default: 0.0,
      "Divides the logits; 0 takes the likeliest token always."),
    Knob("sampler.top_k", .int(0...(1 << 24)), default: 0, "Keeps the k likeliest tokens; 0 all."),
    Knob(
      "sampler.top_p", .double(0...1), default: 1.0,
      "Keeps the fewest tokens that reach this probability; 1 all."),
    Knob(
      "sampler.min_p", .double(0...1), default: 0.0,
      "Keeps tokens at least this fraction as likely as the likeliest; 0 all."),
    Knob(
      "sampler.repetition_penalty", .double(0.01...100), default: 1.0,
      "Makes tokens of the last 64 less likely; 1 changes nothing."),
    Knob("sampler.seed", .int(0...Int.max), default: 0, "Seed of the draws."),
  ]

  package init(_ configuration: Configuration = Configuration()) throws {
    var values: [String: ConfigurationValue] = [:]
    for knob in Self.knobs {
      let given = configuration[knob.path] ?? knob.defaultValue
      guard let value = knob.normalized(given) else {
        throw EngineError(
          .badConfiguration, "\(knob.path) is \(given.display): it must be \(knob.expectation)")
      }
      values[knob.path] = value
    }
    func number(_ path: String) -> Double { values[path]?.doubleValue ?? 0 }
    let temperature = Float(number("sampler.temperature"))
    greedy = temperature == 0
    penalty = RepetitionPenalty(
      penalty: Float(number("sampler.repetition_penalty")), window: 64)
    filters = [
      TopK(count: Int(number("sampler.top_k"))),
      TopP(mass: number("sampler.top_p")),
      MinP(fraction: number("sampler.min_p")),
      Temperature(value: temperature),
    ]
    random = RandomSource(seed: UInt64(values["sampler.seed"]?.intValue ?? 0))
  }

  /// The next token after `history`, from one row of logits; 0 if there are none.
  package mutating func next(_ logits: UnsafeBufferPointer<Float>, history: [Int32]) -> Int32 {
    if logits.isEmpty || (greedy && penalty.penalty == 1) { return Self.argmax(logits) }
    var candidates = Candidates(logits)
    penalty.apply(&candidates, history: history)
    if greedy {
      return candidates.entries.reduce(candidates.entries[0]) { $1.logit > $0.logit ? $1 : $0 }
        .token
    }
    for filter in filters { filter.apply(&candidates, history: history) }
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
