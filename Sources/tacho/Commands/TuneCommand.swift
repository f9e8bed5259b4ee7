// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import TachoSuite
import TachoTune
import TachoWorkloads

/// Searches for the best configuration.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search for the best configuration of a benchmark.",
    discussion: """
      Every benchmark of the suite that has a 'search' is a study. Studies of kind 'function' run here; for \
      others, and for programs of your own, --ask gives the next configuration to measure and --tell takes \
      what came out, with any number of processes on one store.
      """)

  @Argument(help: "The suite with the study.")
  var study: String

  @Option(help: "Only this benchmark; needed for --ask and --tell where there are several.")
  var benchmark: String?

  @Option(help: "What all random numbers of the study depend on.")
  var seed: UInt64 = 0

  @Option(help: "Keep the trials in this result store, and go on with those that are there.")
  var store: String?

  @Option(help: "Another sampler than the study names; tacho list samplers.")
  var sampler: String?

  @Option(help: "Another budget of trials than the study has.")
  var trials: Int?

  @Flag(help: "Every trial as a line of JSON, then the result.")
  var json = false

  @Flag(help: "Print the next configuration to measure as JSON, for --tell.")
  var ask = false

  @Option(help: ArgumentHelp("Tell what came out of this trial.", valueName: "trial"))
  var tell: Int?

  @Option(
    help: ArgumentHelp(
      "With --tell: one value for each objective and then for each constraint, with its standard error after a "
        + "slash if known: 12.5/0.3.", valueName: "value"))
  var value: [String] = []

  @Option(help: ArgumentHelp("With --tell: it crashed, and why.", valueName: "reason"))
  var failed: String?

  @Option(help: "With --tell: what the measurement cost, in seconds.")
  var cost: Double = 0

  func validate() throws {
    if ask, tell != nil { throw ValidationError("--ask and --tell are two calls") }
    if ask || tell != nil, store == nil {
      throw ValidationError(
        "--ask and --tell need --store, where the study is kept between the calls")
    }
    if tell == nil, !value.isEmpty || failed != nil {
      throw ValidationError("--value and --failed belong to --tell TRIAL")
    }
    if tell != nil, value.isEmpty == (failed == nil) {
      throw ValidationError("--tell needs either --value, once for each value, or --failed REASON")
    }
    if let trials, trials < 1 { throw ValidationError("--trials must be at least 1") }
  }

  func run() throws {
    let suite = try SuiteFile.read(path: study, kinds: Workloads.kinds + [FunctionKind.kind])
    let plans = try chosen(suite).map { try TunePlan($0, of: suite, command: self) }
    guard !plans.isEmpty else {
      throw ValidationError(
        "\(study) has no study; add 'search:' and 'budget:' to the suite or a benchmark")
    }
    let results = try store.map { try ResultStore(path: $0) }
    if ask || tell != nil {
      guard let plan = plans.first, plans.count == 1, let results else {
        throw ValidationError(
          "the suite has \(plans.count) studies; choose one with --benchmark:"
            + " \(plans.map(\.definition.name).joined(separator: ", "))")
      }
      let board = try plan.board(results, worker: .outside)
      try ask ? answerAsk(board) : answerTell(board)
      return
    }
    for plan in plans { try plan.run(store: results, json: json) }
  }

  private func chosen(_ suite: BenchmarkSuite) throws -> [SuiteBenchmark] {
    guard let benchmark else { return suite.benchmarks.filter { $0.study["search"] != nil } }
    guard let found = suite.benchmarks.first(where: { $0.name == benchmark }) else {
      let names = suite.benchmarks.map(\.name)
      throw ValidationError(
        "the suite has no benchmark '\(benchmark)'\(didYouMean(benchmark, among: names));"
          + " it has \(names.joined(separator: ", "))")
    }
    return [found]
  }

  private func answerAsk(_ board: StudyBoard) throws {
    switch try board.ask() {
    case .measure(let trial, let repetition, _):
      try StandardStreams.write(
        TuneText.line([
          "trial": .int(trial.number), "repetition": .int(repetition),
          "configuration": .object(trial.configuration.values),
        ]))
    case .wait: try StandardStreams.write(TuneText.line(["wait": true]))
    case .finished(let ending):
      try StandardStreams.write(TuneText.line(["finished": .string(ending.rawValue)]))
    }
  }

  private func answerTell(_ board: StudyBoard) throws {
    guard let tell else { return }
    var outcome = TrialOutcome(cost: cost)
    if let failed {
      (outcome.failure, outcome.reason) = (.crash, failed)
    } else {
      let definition = board.study.definition
      let means = try value.map(Self.mean)
      outcome.values = Array(means.prefix(definition.objectives.count))
      outcome.constraints = zip(
        definition.constraints, means.dropFirst(definition.objectives.count)
      ).map { $0.excess($1) }
      let expected = definition.objectives.count + definition.constraints.count
      guard means.count == expected else {
        throw ValidationError(
          "\(means.count) values for \(expected): one for each of "
            + (definition.objectives.map(\.metric) + definition.constraints.map(\.metric))
            .joined(separator: ", "))
      }
    }
    try StandardStreams.write(TuneText.line(of: try board.tell(tell, outcome)))
  }

  /// `12.5` or `12.5/0.3`.
  private static func mean(_ text: String) throws -> MeasuredMean {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let mean = QuantityText.double(parts[0]) else {
      throw ValidationError("'\(text)' is not a value such as 12.5 or 12.5/0.3")
    }
    guard parts.count == 2 else { return MeasuredMean(mean) }
    guard let error = QuantityText.double(parts[1]), error >= 0 else {
      throw ValidationError("'\(text)': '\(parts[1])' is not a standard error")
    }
    return MeasuredMean(mean, standardError: error)
  }
}
