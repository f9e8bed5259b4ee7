// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import TachoSuite
import TachoTune

/// One study of a suite, ready to run.
struct TunePlan {
  let definition: StudyDefinition
  private let study: Study
  private let settings: Configuration
  private let kind: String
  private let id: String
  private let text: String

  init(_ benchmark: SuiteBenchmark, of suite: BenchmarkSuite, command: TuneCommand) throws {
    guard let (written, settings) = try StudyReader.read(benchmark, seed: command.seed) else {
      throw ValidationError(
        "benchmark '\(benchmark.name)' has no 'search'; add one to it or to the suite")
    }
    var definition = written
    if let trials = command.trials { definition.budget.trials = trials }
    if let sampler = command.sampler {
      definition.sampler = sampler
      definition.samplerOptions = Configuration()
    }
    do {
      study = try Study(definition)
    } catch {
      throw ValidationError(error.description)
    }
    self.definition = definition
    self.settings = settings
    kind = benchmark.kind.name
    id = "\(suite.name)/\(benchmark.name)/\(command.seed)"
    // What a study must have in common to be one: the budget may grow.
    text =
      "sampler: \(study.samplerName) \(definition.samplerOptions.canonicalJSON)\n" + suite.text
  }

  /// The study on record.
  func board(_ store: ResultStore, worker: StudyWorker) throws -> StudyBoard {
    try store.beginStudy(id: id, name: definition.name, definition: text)
    return StudyBoard(study: study, store: store, id: id, worker: worker)
  }

  func run(store: ResultStore?, json: Bool) throws {
    guard kind == FunctionKind.kind.name,
      let measurer = FunctionKind.measurer(settings, seed: definition.seed)
    else {
      throw ValidationError(
        "'\(definition.name)' is of kind '\(kind)', which tacho tune does not measure itself yet;"
          + " measure it with a program of your own between --ask and --tell")
    }
    if !json {
      StoreOptions.note(
        "\(definition.name): \(definition.budget.trials) trials, sampler \(study.samplerName)"
          + (definition.sampler == nil ? " (\(SamplerChoice(definition).reason))" : ""))
    }
    func show(_ trial: TrialRecord) throws {
      try StandardStreams.write(
        json
          ? TuneText.line(["study": .string(definition.name)], of: trial)
          : TuneText.row(trial, definition))
    }
    let trials: [TrialRecord]
    let ending: Study.Ending?
    if let store {
      let board = try board(store, worker: .current)
      ending = try board.run(
        measurer, pause: { Thread.sleep(forTimeInterval: 0.05) }, onTrial: show)
      trials = try store.trials(ofStudy: id).map(\.trial)
    } else {
      var run = StudyRun(study)
      try run.run(measurer, onTrial: show)
      (trials, ending) = (run.trials, run.ending)
    }
    try StandardStreams.write(try result(trials, ending, json: json))
  }

  private func result(
    _ trials: [TrialRecord], _ ending: Study.Ending?, json: Bool
  ) throws -> String {
    let function = FunctionKind.function(settings)
    var facts: [String: ConfigurationValue] = [
      "study": .string(definition.name), "sampler": .string(study.samplerName),
      "seed": Int(exactly: definition.seed).map { .int($0) } ?? .string(String(definition.seed)),
      "trials": .int(trials.count),
      "measurements": .int(trials.reduce(0) { $0 + $1.measurements }),
      "failed": .int(trials.count { $0.state == .failed }),
    ]
    if let ending { facts["ended"] = .string(ending.rawValue) }
    if definition.objectives.count > 1 {
      let front = study.front(trials)
      facts["front"] = .array(front.map { .int($0) })
      if let reference = function?.reference {
        let values = trials.filter { front.contains($0.number) }.map { $0.values.map(\.mean) }
        facts["hypervolume"] = .double(Hypervolume.of(values, reference: reference))
        facts["hypervolume_of_front"] = function?.frontVolume.map { .double($0) }
      }
    } else if let number = study.recommended(trials),
      let trial = trials.first(where: { $0.number == number }), let value = trial.values.first
    {
      facts["recommended"] = .int(number)
      facts["configuration"] = .object(trial.configuration.values)
      facts["value"] = .double(value.mean)
      facts["standard_error"] = value.standardError.map { .double($0) }
      if let function, let optimum = function.optimum {
        facts["optimum"] = .double(optimum)
        facts["true_regret"] = .double(
          function.evaluate(trial.configuration).values[0] - optimum)
      }
    } else {
      facts["recommended"] = .null
      facts["reason"] = "no trial keeps all constraints"
    }
    return json ? TuneText.line(facts) : TuneText.table(facts)
  }
}
