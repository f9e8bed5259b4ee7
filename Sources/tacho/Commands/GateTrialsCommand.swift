// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoAnalysis
import TachoRecord
import TachoReport
import TachoStore

/// Counts a gate's verdicts on differences of known size.
struct GateTrialsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate-trials",
    abstract: "How often real jobs of the gate were right, on differences of known size.",
    discussion: """
      Takes jobs that compared configurations (against: in the suite) and a long run of the same suite, in \
      which many launches of every point say how far apart they really are: \
      'tacho run SUITE --set measure.launches=40'. Counts failures, passes, and how often the interval of \
      the shift holds the truth, with bounds of the rates behind the counts. Where launches differ much from \
      one another, a job of all pairs tells more: 'tacho gate SUITE ... --all-pairs --set gate.pairs=100'.
      """)

  @Argument(help: "Stores with jobs of tacho gate.")
  var stores: [String]

  @Option(help: "The store with the long run of the same suite; its last sweep is taken.")
  var truth: String

  func run() throws {
    let long = try ResultStore(path: truth, readOnly: true)
    guard let sweep = try long.sweeps().last else {
      throw ValidationError("\(truth) has no sweep")
    }
    let known = GateTruth(try long.results(of: sweep.id, launches: 0))
    var trials: [GateTrial] = []
    var jobs = 0
    for path in stores {
      let store = try ResultStore(path: path, readOnly: true)
      for sweep in try store.sweeps() {
        guard let result = try store.gateResult(of: sweep.id) else { continue }
        jobs += 1
        trials += GateTrial.all(
          of: result, in: try store.results(of: sweep.id, launches: 0), known)
      }
    }
    guard jobs > 0 else {
      throw ValidationError(
        "\(stores.joined(separator: ", ")): no finished job of tacho gate in there")
    }
    guard !trials.isEmpty else {
      throw ValidationError(
        "\(truth) measured none of the points that the \(jobs) jobs compared; run the same suite")
    }
    StoreOptions.note("\(jobs) jobs, \(trials.count) verdicts")
    try SweepSelection.write(GateTrialTables(trials).render(), to: nil)
  }
}
