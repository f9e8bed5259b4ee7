// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
package import TachoRecord

/// What a gate of this policy would say on recorded noise, and on synthetic noise, as Markdown tables.
package struct GateReplayTables: Sendable {
  package let policy: GatePolicy
  package let margins: GateMargins
  package let members: Int
  /// Of the replay without a slowdown; those with one take a tenth.
  package let jobs: Int
  package let seed: UInt64

  package init(policy: GatePolicy, margins: GateMargins, members: Int, jobs: Int, seed: UInt64) {
    self.policy = policy
    self.margins = margins
    self.members = members
    self.jobs = jobs
    self.seed = seed
  }

  private static let ladder = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.10]

  /// All of them; `statistic` is for every point, nil takes each point's tightest.
  package func render(_ bank: PairBank, statistic: String?) -> String {
    let chosen = Dictionary(
      bank.points.map { ($0, statistic ?? bank.tightest($0)) }, uniquingKeysWith: { $1 })
    let rounds = bank.rounds { chosen[$0] ?? "" }
    return [
      noise(bank, chosen), replays(bank, rounds), powers(bank, chosen, rounds), synthetic(),
    ].joined(separator: "\n")
  }

  /// What the launch pairs of equal programs are like, and what the usual tests make of them.
  private func noise(_ bank: PairBank, _ chosen: [String: String]) -> String {
    let rows = bank.points.map { point -> [String] in
      let entries = bank.entries.filter { $0.point == point }
      let statistic = chosen[point] ?? ""
      let ratios = bank.logRatios(of: point, statistic)
      let known = PairNoise(ratios)
      func alarms(_ pValue: (PairBank.Entry) -> Double) -> String {
        Self.percent(Double(entries.count { pValue($0) < 0.05 }) / Double(max(1, entries.count)), 1)
      }
      return [
        point, "\(entries.count)", statistic, Self.percent(known?.sigma, 2),
        Self.percent(known?.outliers, 0),
        Self.percent(ShiftEstimate(ratios)?.estimate, 2),
        Self.percent(ratios.map { abs($0) }.max(), 1), alarms(\.mannWhitney), alarms(\.welch),
      ]
    }
    return Self.table(
      "Noise of \(bank.entries.count) launch pairs of equal programs",
      [
        "point", "pairs", "statistic", "spread", "outliers", "centre", "largest",
        "Mann-Whitney p<.05", "Welch p<.05",
      ], rows)
  }

  private func simulation(members: Int) -> GateSimulation {
    GateSimulation(policy: policy, margins: margins, members: members, seed: seed)
  }

  private func replays(_ bank: PairBank, _ rounds: [[Double]]) -> String {
    guard !rounds.isEmpty else { return "no round in which every point has a pair\n" }
    var rows: [[String]] = []
    for swapped in [true, false] {
      for slowdown in Self.ladder {
        let tally = simulation(members: members).replay(
          rounds, slowdown: slowdown, jobs: slowdown == 0 ? jobs : max(1, jobs / 10),
          swapped: swapped)
        rows.append([
          swapped ? "by coin" : "as recorded", "+" + Self.percent(slowdown, 1), "\(tally.jobs)",
          Self.percent(tally.share(tally.failed), 4), Self.percent(tally.share(tally.passed), 2),
          Self.percent(tally.share(tally.inconclusive), 2),
          String(format: "%.1f", tally.meanPairs), Self.percent(tally.familyWise, 2),
          Self.percent(tally.coverage, 1), Self.percent(tally.bias, 2),
        ])
      }
    }
    return Self.table(
      "\(rounds.count) rounds of \(bank.points.count) points replayed as jobs of \(members) members",
      [
        "sides", "slowdown", "jobs", "FAIL", "PASS", "INCONCLUSIVE", "mean pairs",
        "jobs with a FAIL", "interval covers", "bias",
      ], rows)
  }

  /// What is promised of each point, beside its own pairs replayed in a family of that size.
  private func powers(
    _ bank: PairBank, _ chosen: [String: String], _ rounds: [[Double]]
  ) -> String {
    let rows = bank.points.enumerated().map { place, point -> [String] in
      let known = PairNoise(bank.logRatios(of: point, chosen[point] ?? ""))
      let power = GatePower(noise: known, margins: margins, policy: policy, family: members)
      let own = rounds.map { [$0[place]] }
      func replay(_ slowdown: Double) -> GateTally {
        simulation(members: members).replay(
          own, slowdown: slowdown, jobs: max(1, jobs / 100), swapped: true)
      }
      let three = replay(margins.mustNotPass)
      return [
        point, Self.percent(power.detectable.number, 2),
        power.detectable.number.map {
          let tally = replay($0)
          return Self.percent(tally.share(tally.failed), 1)
        } ?? "–",
        Self.percent(three.share(three.failed), 1), Self.percent(three.share(three.passed), 2),
        Self.percent(power.smallestPassed.number, 2),
        Self.number(power.pairsUnchanged.number), Self.number(power.pairsDetectable.number),
      ]
    }
    return Self.table(
      "What is detected of each point, in a family of \(members)",
      [
        "point", "detectable", "FAIL there, replayed",
        "FAIL at +\(Self.percent(margins.mustNotPass, 0))", "PASS there", "smallest passed",
        "pairs unchanged", "pairs detectable",
      ], rows)
  }

  /// Exact chances, and by drawing what the interval at the verdict covers.
  private func synthetic() -> String {
    var rows: [[String]] = []
    for noise in SyntheticNoise.ladder {
      for slowdown in [0, 0.01, 0.03, 0.05] {
        guard let exact = simulation(members: members).exact(noise, slowdown: slowdown) else {
          continue
        }
        let drawn = simulation(members: members).synthetic(
          noise, slowdown: slowdown, jobs: max(1, jobs / 100))
        rows.append([
          Self.percent(noise.sigma, 1), Self.percent(noise.outliers, 0),
          "+" + Self.percent(slowdown, 0), String(format: "%.2g", exact.fail),
          String(format: "%.4f", exact.pass), String(format: "%.4f", exact.inconclusive),
          Self.number(exact.meanPairs), Self.percent(drawn.coverage, 1),
          Self.percent(drawn.bias, 2),
        ])
      }
    }
    return Self.table(
      "Synthetic noise, a family of \(members): exact chances; intervals by drawing",
      [
        "spread", "outliers", "slowdown", "FAIL", "PASS", "INCONCLUSIVE", "mean pairs",
        "interval covers", "bias",
      ], rows)
  }

  private static func percent(_ share: Double?, _ digits: Int) -> String {
    share.map { String(format: "%.\(digits)f%%", 100 * $0) } ?? "–"
  }

  private static func number(_ value: Double?) -> String {
    value.map { String(format: "%.1f", $0) } ?? "–"
  }

  private static func table(_ title: String, _ header: [String], _ rows: [[String]]) -> String {
    let lines =
      [header, header.indices.map { $0 == 0 ? "---" : "--:" }] + rows
    return title + "\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
