// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// What a bisection takes from a job of the gate.
@Suite struct BisectTrialTests {
  static func member(
    _ id: String, _ name: String, _ role: GateMember.Role = .point, series: [String]? = nil
  ) -> GateMember {
    GateMember(
      id: id, name: name, role: role, series: series ?? [id], statistic: "median",
      margins: .points)
  }

  static func decision(
    _ id: String, _ verdict: GateVerdict, _ shift: Double? = nil, reason: String = "why"
  ) -> GateDecision {
    GateDecision(
      memberID: id, verdict: verdict, pairs: 20, shift: shift, low: shift.map { $0 - 0.01 },
      high: shift.map { $0 + 0.02 }, reason: reason)
  }

  static func result(
    _ pairs: [(GateMember, GateDecision)], invalid: [String] = [],
    confirmations: [GateDecision] = []
  ) -> GateResult {
    let series = Set(pairs.flatMap(\.0.series)).sorted()
    let build = GateBuild(reference: "a", revision: "a", buildID: "b", digest: "d")
    var result = GateResult(
      record: GateRecord(
        sweepID: "sweep", base: build, candidate: build, policy: GatePolicy(), seed: 1,
        series: series.map {
          GateSeries(id: $0, name: "n", role: .point, pointID: "point of \($0)")
        },
        members: pairs.map(\.0), expected: pairs.count),
      decisions: pairs.map(\.1), confirmations: confirmations, invalid: invalid, startedAt: "",
      finishedAt: "")
    result.causes = ["p0": GateCause(text: "more instructions")]
    return result
  }

  static func trial(
    _ result: GateResult, followed: [BisectMember]? = nil, direction: BisectDirection = .slower
  ) -> BisectTrial {
    BisectTrial(
      result, stage: followed == nil ? .ends : .search, reference: "a", revision: "b",
      direction: direction, followed: followed, seconds: 1)
  }

  static let p0 = BisectMember(role: .point, name: "x", points: ["point of p0"], change: 0.04)

  @Test(arguments: [
    (GateVerdict.fail, BisectTrial.Verdict.changed), (.pass, .unchanged),
    (.inconclusive, .undecided), (.layout, .undecided), (.broken, .notRun),
    (.skipped, .notRun), (.unmeasured, .notRun),
  ]) func verdictsOfAFollowedPoint(_ verdict: GateVerdict, _ expected: BisectTrial.Verdict) {
    // Another point's failure is another search's business.
    let result = Self.result([
      (Self.member("p0", "x"), Self.decision("p0", verdict, 0.04)),
      (Self.member("p1", "y"), Self.decision("p1", .fail, 0.2)),
    ])
    let trial = Self.trial(result, followed: [Self.p0])
    #expect(trial.verdict == expected)
    #expect(trial.members.map(\.name) == ["x"] && trial.sweepID == "sweep")
    #expect((trial.cause != nil) == (verdict == .fail))
    #expect(trial.reason.isEmpty == (verdict == .fail || verdict == .pass), "\(trial)")
  }

  @Test func controlsComeBeforeVerdictsButNotBeforeWhatCannotRun() {
    let blind = Self.result(
      [(Self.member("p0", "x"), Self.decision("p0", .fail, 0.04))], invalid: ["blind"])
    #expect(Self.trial(blind, followed: [Self.p0]).verdict == .invalid)
    #expect(Self.trial(blind, followed: [Self.p0]).reason == "blind")
    let old = Self.result(
      [(Self.member("p0", "x"), Self.decision("p0", .unmeasured, reason: "no such knob"))],
      invalid: ["x was not judged"])
    #expect(Self.trial(old, followed: [Self.p0]).verdict == .notRun)
    #expect(Self.trial(old, followed: [Self.p0]).reason == "no such knob")
  }

  @Test func anyMemberMayFailBetweenTheEnds() {
    func ends(_ verdicts: [GateVerdict]) -> BisectTrial {
      Self.trial(
        Self.result(
          verdicts.enumerated().map { index, verdict in
            (Self.member("p\(index)", "m\(index)"), Self.decision("p\(index)", verdict, 0.03))
          }))
    }
    #expect(ends([.pass, .fail, .inconclusive]).verdict == .changed)
    #expect(ends([.pass, .fail, .inconclusive]).members.map(\.name) == ["m1"])
    #expect(ends([.pass, .inconclusive]).verdict == .undecided)
    #expect(ends([.pass, .layout, .broken]).verdict == .unchanged)
    #expect(ends([.pass, .layout, .broken]).reason.hasPrefix("m1: "))
    #expect(ends([.broken]).verdict == .notRun)
    #expect(ends([]).verdict == .invalid)
  }

  @Test func whatIsFasterIsMeasuredTheOtherWayRound() throws {
    let result = Self.result([(Self.member("p0", "x"), Self.decision("p0", .fail, 0.04))])
    let trial = Self.trial(result, followed: [Self.p0], direction: .faster)
    let member = try #require(trial.members.first)
    #expect(trial.verdict == .changed)
    #expect(member.shift == -0.04 && member.low == -0.06 && member.high == -0.03)
  }

  @Test func theClearestPointsAreFollowed() {
    let pairs = (0..<6).map { index in
      (
        Self.member("p\(index)", "m\(index)"),
        Self.decision("p\(index)", index == 5 ? .pass : .fail, 0.02 + 0.01 * Double(index % 5))
      )
    }
    let group = Self.member("g0", "all", .group, series: ["p0", "p1", "p2", "p3"])
    let again = Self.decision("p4", .fail, 0.05)
    let chosen = BisectMember.chosen(
      from: Self.result(pairs + [(group, Self.decision("g0", .fail, 0.9))], confirmations: [again]))
    #expect(chosen.map(\.name) == ["m4", "m3", "m2"])
    #expect(chosen[0].change == 0.05 && chosen[0].points == ["point of p4"])
    // Margins as far from no change as from the change.
    let margins = chosen[0].margins
    #expect(abs(margins.toleratedLog - 0.0125) < 1e-12)
    #expect(abs(margins.mustNotPassLog - 0.0375) < 1e-12)
  }

  @Test func aGroupIsFollowedWhereNoPointFails() throws {
    let points = (0..<4).map { index in
      (Self.member("p\(index)", "m\(index)"), Self.decision("p\(index)", .pass, 0.01))
    }
    let group = Self.member("g7", "all of gemv", .group, series: ["p0", "p1", "p2", "p3"])
    let chosen = BisectMember.chosen(
      from: Self.result(points + [(group, Self.decision("g7", .fail, 0.012))]))
    let one = try #require(chosen.first)
    #expect(chosen.count == 1 && one.role == .group && one.points.count == 4)
    // Over these points alone the same group has another id and name.
    let other = Self.member("g0", "all points", .group, series: ["p3", "p1", "p2", "p0"])
    let later = Self.result(points + [(other, Self.decision("g0", .pass, 0.0))])
    #expect(Self.trial(later, followed: chosen).verdict == .unchanged)
    #expect(Self.trial(later, followed: chosen).members.map(\.name) == ["all points"])
    #expect(BisectMember.chosen(from: Self.result(points)).isEmpty)
  }

  @Test(arguments: [-1, 0, 1e-9, 0.01, 1, 5, 100]) func marginsAreAlwaysSome(_ change: Double) {
    let margins = BisectMember(role: .point, name: "", points: [], change: change).margins
    #expect(margins.complaint == nil, "\(change): \(margins)")
  }
}
