// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoRecord

@testable import TachoTune

/// Small studies for tests.
enum SamplerCase {
  /// A measurer made of a closure over configurations; nil is a crash.
  struct Measurer: TrialMeasurer {
    let noise: Double
    let seed: UInt64
    let value: @Sendable (Configuration) -> Double?

    func measure(_ configuration: Configuration, trial: Int, repetition: Int) -> TrialOutcome {
      guard let value = value(configuration) else {
        return TrialOutcome(failure: .crash, reason: "it crashes here", cost: 1)
      }
      var stream = DrawStream(seed: seed, trial: trial, .noise, lane: repetition)
      let seen = noise > 0 ? value + noise * stream.normal() : value
      return TrialOutcome(values: [MeasuredMean(seen, standardError: noise)], cost: 1)
    }
  }

  static func study(
    _ sampler: String?, space: SearchSpace, trials: Int, seed: UInt64 = 7, isNoisy: Bool = false,
    options: Configuration = Configuration()
  ) throws -> Study {
    try Study(
      StudyDefinition(
        name: "test", space: space, objectives: [StudyObjective(metric: "f", better: .lower)],
        budget: StudyBudget(trials: trials), sampler: sampler, samplerOptions: options, seed: seed,
        isNoisy: isNoisy))
  }

  static func run(
    _ sampler: String?, space: SearchSpace, trials: Int, seed: UInt64 = 7, noise: Double = 0,
    options: Configuration = Configuration(),
    _ value: @escaping @Sendable (Configuration) -> Double?
  ) throws -> StudyRun {
    let study = try study(
      sampler, space: space, trials: trials, seed: seed, isNoisy: noise > 0, options: options)
    var run = StudyRun(study)
    try run.run(Measurer(noise: noise, seed: seed, value: value))
    return run
  }

  /// All kinds of parameters, a condition and a requirement.
  static func mixed() throws -> SearchSpace {
    try SearchSpace(
      [
        Parameter("threads", .integer(1...16, step: 1, log: false)),
        Parameter("chunk", .integer(16...4096, step: 1, log: true)),
        Parameter("rate", .real(0.001...10, log: true)),
        Parameter("share", .real(0...1, log: false)),
        Parameter("kind", .categorical(["plain", "draft", "ngram"])),
        Parameter(
          "depth", .integer(1...8, step: 1, log: false), when: Expression("kind == 'draft'")),
        Parameter("level", .ordinal(["low", "middle", "high"])),
      ], requires: [Expression("threads * chunk <= 20000"), Expression("depth <= threads")])
  }

  /// A value for each configuration of `mixed`.
  @Sendable static func mixedValue(_ c: Configuration) -> Double {
    let threads = c["threads"]?.doubleValue ?? 0
    let share = c["share"]?.doubleValue ?? 0
    let bonus = c["kind"] == "draft" ? (c["depth"]?.doubleValue ?? 0) / 4 : 0
    return (threads - 11) * (threads - 11) / 20 + (share - 0.3) * (share - 0.3) * 4 - bonus
      + (c["level"] == "high" ? 0 : 0.5)
  }

  /// Numbers only, for samplers that want them.
  static func numbers() throws -> SearchSpace {
    try SearchSpace(
      [
        Parameter("a", .integer(1...64, step: 1, log: true)),
        Parameter("b", .real(-2...3, log: false)), Parameter("c", .ordinal([1, 2, 4, 8])),
      ], requires: [Expression("a * c <= 300")])
  }

  @Sendable static func numbersValue(_ c: Configuration) -> Double {
    let (a, b) = (c["a"]?.doubleValue ?? 0, c["b"]?.doubleValue ?? 0)
    return (a - 20) * (a - 20) / 100 + (b - 1) * (b - 1) + (c["c"] == 4 ? 0 : 1)
  }
}

extension Configuration: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, ConfigurationValue)...) {
    self.init(Dictionary(uniqueKeysWithValues: elements))
  }
}
