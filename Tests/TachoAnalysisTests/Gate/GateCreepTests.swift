// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Slips too small for the gate of a change, and their sum in a comparison with the last release.
@Suite struct GateCreepTests {
  static let steps = 10
  static let slip = 0.009
  static let noise = SyntheticNoise(sigma: 0.004, outliers: 0.1)
  static let family = 20

  /// What a gate says of a point whose candidate takes so many slips more than its base.
  private static func decision(
    slips: Int, margins: GateMargins = .points, _ generator: inout SeededGenerator
  ) -> GateDecision {
    let policy = GatePolicy()
    let shift = Double(slips) * log1p(slip)
    let pairs = (0..<policy.pairsMax).map { index in
      GateJudgeTests.pair(index, shift + noise.draw(&generator))
    }
    var member = GateJudgeTests.member()
    member.margins = margins
    return GateJudge(policy: policy, family: family).decision(of: member, ["a": pairs])
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func tenSlipsPassOneByOneAndTheirSumFails(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for step in 0..<Self.steps {
      let change = Self.decision(slips: 1, &generator)
      #expect(change.verdict == .pass, "seed \(seed), step \(step): \(change)")
    }
    let release = Self.decision(slips: Self.steps, &generator)
    #expect(release.verdict == .fail, "seed \(seed): \(release)")
    let shift = try #require(release.shift)
    #expect(abs(expm1(shift) - 0.0937) < 0.01, "seed \(seed): \(shift)")
  }

  /// The same by exact chances: it is not the luck of a seed.
  @Test func theChancesOfIt() throws {
    let simulation = GateSimulation(policy: GatePolicy(), members: Self.family, seed: 1)
    let one = try #require(simulation.exact(Self.noise, slowdown: Self.slip))
    #expect(one.fail < 0.01 / Double(Self.family) && one.pass > 0.999, "\(one)")
    let all = try #require(
      simulation.exact(Self.noise, slowdown: pow(1 + Self.slip, Double(Self.steps)) - 1))
    #expect(all.fail > 0.999 && all.pass < 1e-6, "\(all)")
  }

  /// Acceptances that were granted on the way move no margin against a release, unless asked to.
  @Test func whatWasAcceptedShowsAgainstTheRelease() throws {
    let day = CalendarDay(number: 20_000)
    let accepted = GateAcceptance(
      point: "*", upTo: 1.12, reason: "each step was wanted", expires: day)
    for (isApplied, verdict) in [(false, GateVerdict.fail), (true, .pass)] {
      var members = [GateJudgeTests.member()]
      var series: [GateSeries] = []
      var acceptances = GateAcceptances(
        path: "s", text: "", found: [(accepted, 3)], inBase: [], today: day, isApplied: isApplied)
      acceptances.apply(to: &members, series: &series)
      var generator = SeededGenerator(seed: 9)
      let decision = Self.decision(slips: Self.steps, margins: members[0].margins, &generator)
      #expect(decision.verdict == verdict, "\(isApplied): \(decision)")
    }
  }

  /// An accepted 6% passes as surely as no change does without an acceptance, and 9% more than that fails.
  @Test func anAcceptedSlowdownPassesAndMoreFails() throws {
    let accepted = GateAcceptance(
      point: "*", upTo: 1.06, reason: "r", expires: CalendarDay(number: 0))
    let moved = try #require(accepted.moved(.points))
    let ordinary = GateSimulation(policy: GatePolicy(), members: Self.family, seed: 1)
    let widened = GateSimulation(
      policy: GatePolicy(), margins: moved, members: Self.family, seed: 1)
    let same = try #require(ordinary.exact(Self.noise, slowdown: 0.01))
    let slower = try #require(widened.exact(Self.noise, slowdown: 0.06))
    #expect(abs(same.pass - slower.pass) < 1e-9 && abs(same.meanPairs - slower.meanPairs) < 1e-6)
    #expect(try #require(widened.exact(Self.noise, slowdown: 0.15)).fail > 0.999)
    #expect(try #require(ordinary.exact(Self.noise, slowdown: 0.06)).fail > 0.999)
  }
}
