// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoRecord
import TachoReport
import TachoStore

/// Tries the gate's verdicts on recorded launch pairs.
struct GateReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate-replay",
    abstract: "How often a gate would be wrong on this machine, from recorded launch pairs.",
    discussion: """
      Takes launch pairs of equal programs, as tacho calibrate --suite records them, and replays them \
      as jobs of a gate, without and with a slowdown put in: false failures, false passes, launch \
      pairs, and what the interval of the shift covers.
      """)

  @Argument(help: "A store with a noise sweep, or a CSV that --csv wrote.")
  var bank: String

  @Option(help: "Replayed jobs without a slowdown; with one a tenth.")
  var jobs = 10_000

  @Option(help: "Members of a job, which share the chance of a false failure.")
  var members = 300

  @Option(help: "What launches are reduced to; by default each point's tightest statistic.")
  var statistic: String?

  @Option(help: "Seed of all draws.")
  var seed: UInt64 = 1

  @Option(help: "Write the launch pairs as CSV to this file and stop.")
  var csv: String?

  func validate() throws {
    if jobs < 1 { throw ValidationError("--jobs \(jobs): at least 1") }
    if members < 1 { throw ValidationError("--members \(members): at least 1") }
    if let statistic, !PairBank.statistics.contains(statistic) {
      throw ValidationError(
        "--statistic \(statistic): choose one of \(PairBank.statistics.joined(separator: ", "))")
    }
  }

  func run() throws {
    let pairs = try load()
    guard !pairs.entries.isEmpty else {
      throw ValidationError("\(bank) has no completed launch pair")
    }
    if let csv {
      try SweepSelection.write(pairs.csv, to: csv)
      return
    }
    let tables = GateReplayTables(
      policy: GatePolicy(), margins: .points, members: members, jobs: jobs, seed: seed)
    try SweepSelection.write(tables.render(pairs, statistic: statistic), to: nil)
  }

  private func load() throws -> PairBank {
    if bank.hasSuffix(".csv") {
      guard let data = FileManager.default.contents(atPath: bank) else {
        throw ValidationError("\(bank) cannot be read; check the path")
      }
      do {
        return try PairBank(csv: String(decoding: data, as: UTF8.self))
      } catch {
        throw ValidationError("\(bank): \(error)")
      }
    }
    let store = try ResultStore(path: bank, readOnly: true)
    guard
      let sweep = try store.sweeps().last(where: {
        $0.suite.hasPrefix(CalibrationStore.noiseName(of: ""))
      })
    else {
      throw ValidationError(
        "\(bank) has no launch pairs of equal programs; tacho calibrate --suite records them")
    }
    return PairBank(try store.results(of: sweep.id, launches: 0))
  }
}
