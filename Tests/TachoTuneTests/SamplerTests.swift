// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// What every sampler owes a study.
@Suite struct SamplerTests {
  static let everywhere = ["random", "sobol", "latin-hypercube", "tpe", "gp", "nsga2"]

  static func problem(
    _ name: String
  ) throws -> (space: SearchSpace, value: @Sendable (Configuration) -> Double) {
    everywhere.contains(name)
      ? (try SamplerCase.mixed(), SamplerCase.mixedValue)
      : (try SamplerCase.numbers(), SamplerCase.numbersValue)
  }

  /// 30 trials at once are the same as 15 and 15 more by another process, bit for bit; seeds differ.
  @Test(arguments: everywhere + ["cma-es"])
  func resumesBitForBit(_ name: String) throws {
    let (space, value) = try Self.problem(name)
    let options =
      name == "gp"
      ? Configuration(["sampler.candidates": 100]) : Configuration()
    let trials = name == "gp" ? 16 : 30
    let whole = try SamplerCase.run(name, space: space, trials: trials, options: options) {
      value($0)
    }
    let study = try SamplerCase.study(name, space: space, trials: trials, options: options)
    let measurer = SamplerCase.Measurer(noise: 0, seed: 7) { value($0) }
    var first = StudyRun(study)
    try first.run(measurer, steps: trials / 2)
    var second = StudyRun(study, trials: first.trials.shuffled())
    try second.run(measurer)
    #expect(whole.trials.count == trials)
    #expect(second.trials.sorted { $0.number < $1.number } == whole.trials)
    let other = try SamplerCase.run(
      name, space: space, trials: trials, seed: 8, options: options
    ) { value($0) }
    #expect(other.trials.map(\.configuration) != whole.trials.map(\.configuration))
    for trial in whole.trials {
      #expect(try space.admitted(trial.configuration) == trial.configuration)
    }
    #expect(Set(whole.trials.map { SearchSpace.id(of: $0.configuration) }).count == trials)
  }

  /// A worker that died in the middle of a trial leaves a running one; the next trials go on beside it.
  @Test func goesOnBesideRunningTrials() throws {
    for name in ["tpe", "gp"] {
      let space = try SamplerCase.numbers()
      let study = try SamplerCase.study(
        name, space: space, trials: 40, options: ["sampler.candidates": 64])
      var run = StudyRun(study)
      let measurer = SamplerCase.Measurer(noise: 0, seed: 7) { SamplerCase.numbersValue($0) }
      try run.run(measurer, steps: 12)
      var trials = run.trials
      var configurations: Set<Configuration> = []
      for _ in 0..<4 {
        guard case .new(var trial, _) = try study.next(trials) else {
          Issue.record("no new trial")
          return
        }
        trial.begin()
        configurations.insert(trial.configuration)
        trials.append(trial)
      }
      #expect(configurations.count == 4, "\(name)")
    }
  }

  @Test func exhaustsASmallSpaceWithoutRepeating() throws {
    let space = try SearchSpaceTests.small()
    for name in Self.everywhere where name != "gp" {
      let run = try SamplerCase.run(name, space: space, trials: 60) { configuration in
        Double(configuration["threads"]?.intValue ?? 0)
      }
      #expect(run.trials.count == 40 && run.ending == .exhausted, "\(name)")
      #expect(Set(run.trials.map { SearchSpace.id(of: $0.configuration) }).count == 40, "\(name)")
    }
  }

  @Test func gaussianProcessExhaustsToo() throws {
    let space = try SearchSpace([
      Parameter("n", .integer(1...4, step: 1, log: false)),
      Parameter("k", .categorical(["a", "b", "c"])),
    ])
    let run = try SamplerCase.run(
      "gp", space: space, trials: 20, options: ["sampler.candidates": 16]
    ) { configuration in
      Double(configuration["n"]?.intValue ?? 0)
    }
    #expect(run.trials.count == 12 && run.ending == .exhausted)
  }

  @Test func measuresNoisyDuplicatesAgain() throws {
    let space = try SearchSpace([Parameter("n", .integer(1...4, step: 1, log: false))])
    let run = try SamplerCase.run("tpe", space: space, trials: 30, noise: 0.1) { configuration in
      Double(configuration["n"]?.intValue ?? 0)
    }
    #expect(run.trials.count <= 4)
    #expect(run.trials.reduce(0) { $0 + $1.measurements } == 30)
    let best = try #require(run.trials.max { $0.measurements < $1.measurements })
    let value = try #require(best.values.first)
    #expect(value.count == best.measurements)
    #expect(abs((value.standardError ?? 0) - 0.1 / Double(value.count).squareRoot()) < 1e-12)
  }

  @Test func learnsWhereItCrashes() throws {
    let space = try SearchSpace([
      Parameter("x", .real(0...1, log: false)), Parameter("y", .real(0...1, log: false)),
    ])
    func crashes(_ name: String) throws -> Int {
      var count = 0
      for seed in 0..<3 {
        // The best lies near a cliff at x = 0.6.
        let run = try SamplerCase.run(
          name, space: space, trials: 30, seed: UInt64(seed),
          options: name == "gp" ? ["sampler.candidates": 100] : [:]
        ) { configuration in
          let x = configuration["x"]?.doubleValue ?? 0
          let y = configuration["y"]?.doubleValue ?? 0
          return x > 0.6 ? nil : (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)
        }
        count += run.trials.count { $0.state == .failed }
        #expect(run.trials.filter { $0.state == .failed }.allSatisfy { $0.failure == .crash })
      }
      return count
    }
    let random = try crashes("random")
    for name in ["tpe", "gp", "nsga2", "cma-es"] {
      let count = try crashes(name)
      #expect(count < random, "\(name): \(count) crashes of 90, random \(random)")
    }
  }

  @Test func refusesWhatItCannotSearch() throws {
    let mixed = try SamplerCase.mixed()
    func message(_ name: String, objectives: Int = 1, options: Configuration = Configuration())
      -> String
    {
      do {
        _ = try Samplers.make(
          name,
          SamplerSetup(space: mixed, seed: 1, objectives: objectives, options: options))
        return "made"
      } catch {
        return error.message
      }
    }
    #expect(message("cma-es").contains("'kind' is categorical"))
    #expect(message("gp", objectives: 2).contains("has one objective, the study 2"))
    #expect(message("nsga").contains("did you mean 'nsga2'"))
    #expect(
      message("tpe", options: ["sampler.start": 5]).contains("did you mean 'sampler.startup'"))
    #expect(message("tpe", options: ["sampler.startup": 0]).contains("from 1 to 10000"))
    #expect(message("random", options: ["sampler.startup": 5]).contains("it has none"))
    #expect(message("nsga2", objectives: 3) == "made")
  }

  @Test func saysWhatRejectsEverything() throws {
    let x = Parameter("x", .real(0...1, log: false))
    let space = try SearchSpace([x], requires: [Expression("x > 2")])
    let error = #expect(throws: SamplerError.self) {
      try SamplerCase.run("random", space: space, trials: 5) { _ in 0 }
    }
    #expect(error?.message.contains("'x > 2' rejected 20000") == true)
    let n = Parameter("n", .integer(1...9, step: 1, log: false))
    #expect(throws: SamplerError.self) {
      try SamplerCase.run(
        "tpe", space: SearchSpace([n], requires: [Expression("n > 9")]), trials: 5
      ) { _ in 0 }
    }
  }

  @Test func choosesASampler() throws {
    func choice(_ space: SearchSpace, _ trials: Int, objectives: Int = 1) -> String {
      SamplerChoice(
        StudyDefinition(
          name: "t", space: space,
          objectives: (0..<objectives).map { StudyObjective(metric: "\($0)", better: .lower) },
          budget: StudyBudget(trials: trials), seed: 1)
      ).name
    }
    #expect(try choice(SearchSpaceTests.small(), 40) == "grid")
    #expect(try choice(SearchSpaceTests.small(), 39) == "gp")
    #expect(try choice(SamplerCase.mixed(), 1000) == "tpe")
    #expect(try choice(SamplerCase.mixed(), 100, objectives: 2) == "tpe")
    #expect(try choice(SamplerCase.mixed(), 1000, objectives: 2) == "nsga2")
  }
}
