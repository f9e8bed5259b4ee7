// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

@testable import TachoTune

/// A sampler on a test function, judged by the truth.
struct RegretRun {
  /// A function with the noise it is measured with.
  struct Problem {
    let name: String
    let function: TestFunction
    let noise: Double
    let trials: Int

    init?(_ name: String) {
      let known: [String: (String, Double, Int)] = [
        "branin": ("branin", 0, 100), "hartmann6": ("hartmann6", 0, 200),
        "ackley": ("ackley", 0, 100), "rosenbrock-switches": ("rosenbrock-switches", 0, 100),
        "branin-noisy": ("branin", 5, 100), "hartmann6-noisy": ("hartmann6", 0.3, 100),
        "branin-disk": ("branin-disk", 0, 50), "gardner": ("gardner", 0, 50),
        "zdt1": ("zdt1", 0, 200), "zdt2": ("zdt2", 0, 200), "zdt3": ("zdt3", 0, 200),
        "dtlz2": ("dtlz2", 0, 200),
      ]
      guard let (base, noise, trials) = known[name], let function = TestFunctions.named(base)
      else { return nil }
      (self.name, self.function, self.noise, self.trials) = (name, function, noise, trials)
    }
  }

  static func study(
    _ problem: Problem, sampler: String?, seed: UInt64, trials: Int,
    options: Configuration = Configuration(), confirm: Double = 0.25
  ) throws -> Study {
    let function = problem.function
    return try Study(
      StudyDefinition(
        name: problem.name, space: try SearchSpace(function.parameters),
        objectives: (0..<function.objectiveCount).map {
          StudyObjective(metric: "f\($0 + 1)", better: .lower)
        },
        constraints: (0..<function.constraintCount).map {
          StudyConstraint(metric: "c\($0 + 1)", limit: 0, isUpper: true)
        }, budget: StudyBudget(trials: trials, confirm: confirm), sampler: sampler,
        samplerOptions: options, seed: seed, isNoisy: problem.noise > 0))
  }

  /// After each checkpoint the true regret of what the study recommends, or the hypervolume of all trials.
  ///
  /// Noisy problems spend their budget according to its length, so each checkpoint is a study of its own.
  static func scores(
    _ problem: Problem, sampler: String?, seed: UInt64, checkpoints: [Int],
    options: Configuration = Configuration(), confirm: Double = 0.25
  ) throws -> [Double] {
    let measurer = FunctionMeasurer(problem.function, seed: seed, noise: problem.noise)
    var run: StudyRun?
    return try checkpoints.map { count in
      if run == nil || problem.noise > 0 {
        let length = problem.noise > 0 ? count : checkpoints.max() ?? count
        run = StudyRun(
          try study(
            problem, sampler: sampler, seed: seed, trials: length, options: options,
            confirm: confirm))
      }
      let done = run?.trials.reduce(0) { $0 + $1.measurements } ?? 0
      try run?.run(measurer, steps: count - done)
      guard let run else { return .nan }
      return score(run, problem)
    }
  }

  static func score(_ run: StudyRun, _ problem: Problem) -> Double {
    let function = problem.function
    if let reference = function.reference {
      return Hypervolume.of(
        run.trials.map { function.evaluate($0.configuration).values }, reference: reference)
    }
    guard let number = run.study.recommended(run.trials),
      let trial = run.trials.first(where: { $0.number == number }), let optimum = function.optimum
    else { return .infinity }
    return function.evaluate(trial.configuration).values[0] - optimum
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
