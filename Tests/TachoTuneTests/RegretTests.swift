// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// Samplers against what they must reach on functions whose optimum is known, over ten seeds.
///
/// The bounds lie between what a sampler reaches and what it would reach if it did not work: random search
/// has a median of about 0.7 on branin after 50 trials and 0.4 after 100. The full table is in
/// `results/tune`.
@Suite struct RegretTests {
  static func median(
    _ problem: String, _ sampler: String, trials: Int, seeds: Int = 10,
    options: Configuration = Configuration()
  ) throws -> Double {
    let problem = try #require(RegretRun.Problem(problem))
    return RegretRun.median(
      try (0..<seeds).flatMap { seed in
        try RegretRun.scores(
          problem, sampler: sampler, seed: UInt64(seed), checkpoints: [trials], options: options)
      })
  }

  @Test func treesOfParzenEstimatorsReachBranin() throws {
    let regret = try Self.median("branin", "tpe", trials: 60)
    #expect(regret < 0.25, "\(regret)")
  }

  @Test func gaussianProcessReachesBranin() throws {
    let regret = try Self.median(
      "branin", "gp", trials: 25, options: ["sampler.candidates": 60])
    #expect(regret < 0.15, "\(regret)")
  }

  @Test func covarianceAdaptationReachesBranin() throws {
    let regret = try Self.median("branin", "cma-es", trials: 100)
    #expect(regret < 0.1, "\(regret)")
  }

  @Test func designsAreNoWorseThanRandom() throws {
    let random = try Self.median("branin", "random", trials: 64)
    for sampler in ["sobol", "latin-hypercube"] {
      let regret = try Self.median("branin", sampler, trials: 64)
      #expect(regret < 2 * random, "\(sampler): \(regret), random \(random)")
    }
  }

  /// Random search has a hypervolume of 0 on zdt1 after 200 trials.
  @Test func evolutionReachesTheFront() throws {
    let volume = try Self.median("zdt1", "nsga2", trials: 200, seeds: 3)
    #expect(volume > 0.05, "\(volume)")
  }

  @Test func severalObjectivesByParzenEstimators() throws {
    let volume = try Self.median("zdt1", "tpe", trials: 100, seeds: 2)
    let random = try Self.median("zdt1", "random", trials: 100, seeds: 2)
    #expect(volume > random + 0.05, "\(volume), random \(random)")
  }

  /// With noise the luckiest value is not the best configuration: measuring the best again must pay.
  @Test func confirmationPaysUnderNoise() throws {
    let problem = try #require(RegretRun.Problem("branin-noisy"))
    var regrets: [Double] = []
    var lucky: [Double] = []
    for seed in 0..<10 {
      let measurer = FunctionMeasurer(
        problem.function, seed: UInt64(seed), noise: problem.noise)
      var run = StudyRun(
        try RegretRun.study(problem, sampler: "tpe", seed: UInt64(seed), trials: 60))
      try run.run(measurer)
      #expect(run.trials.reduce(0) { $0 + $1.measurements } == 60)
      regrets.append(RegretRun.score(run, problem))
      var plain = StudyRun(
        try RegretRun.study(problem, sampler: "tpe", seed: UInt64(seed), trials: 60, confirm: 0))
      try plain.run(measurer)
      let best = try #require(
        plain.trials.min { ($0.values.first?.mean ?? 0) < ($1.values.first?.mean ?? 0) })
      lucky.append(
        problem.function.evaluate(best.configuration).values[0] - (problem.function.optimum ?? 0))
    }
    let (confirmed, luckiest) = (RegretRun.median(regrets), RegretRun.median(lucky))
    #expect(confirmed < luckiest, "confirmed \(confirmed), luckiest \(luckiest)")
  }
}
