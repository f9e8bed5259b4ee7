// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Simulated jobs against exact chances, and banks of launch pairs.
@Suite struct GateSimulationTests {
  @Test(arguments: [(0.004, 0.1, 0.03), (0.03, 0.1, 0.0), (0.05, 0.2, 0.05)])
  func drawingAgreesWithExactChances(sigma: Double, outliers: Double, slowdown: Double) throws {
    let simulation = GateSimulation(policy: GatePolicy(), members: 100, seed: 2)
    let noise = SyntheticNoise(sigma: sigma, outliers: outliers)
    let exact = try #require(simulation.exact(noise, slowdown: slowdown))
    let drawn = simulation.synthetic(noise, slowdown: slowdown, jobs: 20)
    #expect(drawn.members == 2_000 && drawn.jobs == 20)
    // 2,000 draws: 0.035 is three standard errors of a half.
    #expect(abs(drawn.share(drawn.failed) - exact.fail) < 0.035, "\(drawn) \(exact)")
    #expect(abs(drawn.share(drawn.passed) - exact.pass) < 0.035, "\(drawn) \(exact)")
    #expect(abs(drawn.meanPairs - exact.meanPairs) < 2, "\(drawn) \(exact)")
    let coverage = try #require(drawn.coverage)
    #expect(coverage > 0.93, "\(drawn)")
    #expect(simulation.synthetic(noise, slowdown: slowdown, jobs: 20) == drawn, "one seed")
  }

  @Test func syntheticChancesAreThoseOfItsDraws() {
    let noise = SyntheticNoise(sigma: 0.02, outliers: 0.3)
    let seed: UInt64 = 6
    var generator = SeededGenerator(seed: seed)
    let draws = (0..<20_000).map { _ in noise.draw(&generator) }
    for bound in [-0.1, -0.01, 0, 0.01, 0.03, 0.2] {
      let share = Double(draws.count { $0 > bound }) / 20_000
      #expect(abs(share - noise.chance(above: bound)) < 0.012, "seed \(seed): \(bound)")
    }
  }

  /// By hand: a bank without noise passes in 7 pairs, and fails at +5% in 22.
  @Test func replayByHand() {
    let bank = Array(repeating: [0.0, 0.0], count: 9)
    let simulation = GateSimulation(policy: GatePolicy(), members: 300, seed: 1)
    let same = simulation.replay(bank, slowdown: 0, jobs: 2, swapped: true)
    #expect(same.passed == 600 && same.meanPairs == 7 && same.jobsFailed == 0)
    #expect(same.coverage == 1 && same.bias == 0)
    let slow = simulation.replay(bank, slowdown: 0.05, jobs: 2, swapped: false)
    #expect(slow.failed == 600 && slow.meanPairs == 22 && slow.familyWise == 1)
    #expect(simulation.replay([], slowdown: 0, jobs: 3, swapped: true).jobs == 0)
  }

  /// A bank with a side that is always 3% slower fails as recorded and not with the sides exchanged by
  /// coin: a biased recording is seen.
  @Test func swappingTakesABiasAwayAndReplayShowsIt() {
    var generator = SeededGenerator(seed: 4)
    let bank = (0..<40).map { _ in [0.03 + 0.002 * generator.normal(), 0.001 * generator.normal()] }
    let simulation = GateSimulation(policy: GatePolicy(), members: 20, seed: 1)
    let recorded = simulation.replay(bank, slowdown: 0, jobs: 10, swapped: false)
    #expect(recorded.familyWise == 1 && recorded.failed >= 90)
    let exchanged = simulation.replay(bank, slowdown: 0, jobs: 100, swapped: true)
    #expect(exchanged.familyWise <= 0.05)
  }

  /// Rounds stay together: with one point slow in the same rounds as the other, both are or neither is.
  @Test func roundsOfABlockStayTogether() {
    // Ten rounds in a row of +1, then thirty of -1, in both points.
    let bank = (0..<40).map { round -> [Double] in
      let value = round < 10 ? 1.0 : -1.0
      return [value, value]
    }
    let policy = GatePolicy(alpha: 0.9, pairsMax: 5)
    let simulation = GateSimulation(policy: policy, members: 2, seed: 1)
    let tally = simulation.replay(bank, slowdown: 0, jobs: 500, swapped: false, block: 5)
    // One block of five: all members of a job see the same rounds, so they fail together.
    #expect(tally.failed == 2 * tally.jobsFailed && tally.jobsFailed > 50)
    let alone = simulation.replay(bank.map { [$0[0]] }, slowdown: 0, jobs: 500, swapped: false)
    #expect(alone.failed < 2 * alone.jobsFailed)
  }

  static func bank() -> PairBank {
    var generator = SeededGenerator(seed: 1)
    var entries: [PairBank.Entry] = []
    for index in 0..<12 {
      for (place, point) in ["gemv a=1", "decode"].enumerated() {
        let side = { () -> [Double] in
          PairBank.statistics.map { _ in 1e-5 * exp(0.01 * generator.normal()) }
        }
        entries.append(
          PairBank.Entry(
            point: point, index: index, order: 2 * index + place,
            startedFirst: index % 2 == 0 ? .base : .candidate, base: side(), candidate: side(),
            mannWhitney: generator.uniform(), welch: generator.uniform()))
      }
    }
    return PairBank(entries.reversed())
  }

  @Test func banksSurviveTheirFile() throws {
    let bank = Self.bank()
    let again = try PairBank(csv: bank.csv)
    #expect(again.points == ["decode", "gemv a=1"] && again.entries.count == 24)
    #expect(again.csv == bank.csv)
    #expect(again.entries.map(\.order) == Array(0..<24))
    for (old, new) in zip(bank.entries, again.entries) {
      #expect(zip(old.base, new.base).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
      #expect(old.startedFirst == new.startedFirst && old.index == new.index)
    }
    let rounds = again.rounds { $0 == "decode" ? "p95" : "minimum" }
    #expect(rounds.count == 12 && rounds.allSatisfy { $0.count == 2 })
    #expect(rounds[3][0] == again.logRatios(of: "decode", "p95")[3])
    #expect(rounds[3][1] == again.logRatios(of: "gemv a=1", "minimum")[3])
    #expect(again.rounds { _ in "p42" }.isEmpty)
    // A round that a point lacks is left out.
    let lacking = PairBank(again.entries.filter { $0.order != 8 })
    #expect(lacking.rounds { _ in "median" }.count == 11)
  }

  @Test func damagedBanksAreRefused() throws {
    let text = Self.bank().csv
    let lines = text.split(separator: "\n").map(String.init)
    for (damaged, words) in [
      ("", "not a bank"), ("point,index\n", "not a bank"),
      (lines[0] + "\ndecode,0,0,base,1", "line 2"),
      (
        [lines[0], lines[1].replacingOccurrences(of: ",base,", with: ",left,")]
          .joined(separator: "\n"), "line 2"
      ),
      ([lines[0], lines[1] + ",5"].joined(separator: "\n"), "line 2"),
      (
        [lines[0], lines[1].replacingOccurrences(of: "e-0", with: "e+999")]
          .joined(separator: "\n"), "line 2"
      ),
    ] {
      #expect { try PairBank(csv: damaged) } throws: { error in
        "\(error)".contains(words)
      }
    }
  }

  /// scipy.stats.ttest_ind with equal_var=False.
  @Test func welchAgreesWithScipy() throws {
    let test = try #require(WelchTest([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]))
    #expect(abs(test.statistic + 1.8973665961010275) < 1e-12)
    #expect(abs(test.freedom - 5.882352941176471) < 1e-12)
    #expect(abs(test.pValue - 0.1075312) < 1e-6)
    #expect(WelchTest([1], [1, 2]) == nil && WelchTest([1, 1], [2, 2]) == nil)
    #expect(WelchTest([1, .nan], [1, 2]) == nil)
  }
}
