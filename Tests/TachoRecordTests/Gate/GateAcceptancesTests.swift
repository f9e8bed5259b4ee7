// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

/// What accepted slowdowns move, and what they leave alone.
@Suite struct GateAcceptancesTests {
  static let today = CalendarDay(number: 20_000)

  static func acceptance(
    _ point: String, _ upTo: Double = 1.06, metric: String? = nil, reason: String = "wanted"
  ) -> GateAcceptance {
    GateAcceptance(
      point: point, metric: metric, upTo: upTo, reason: reason,
      expires: CalendarDay(number: 20_010))
  }

  /// Six points, a tail, a group of all and one of four, a sentinel and a control.
  static let members: [GateMember] = {
    var members = (0..<6).map { index in
      GateMember(
        id: "p\(index)", name: index < 4 ? "decode a=\(index)" : "gemv b=\(index)", role: .point,
        series: ["p\(index)"], statistic: "median", margins: .points)
    }
    members.append(
      GateMember(
        id: "p0/p95", name: "decode a=0, p95", role: .tail, series: ["p0"], statistic: "p95",
        margins: .tails))
    for (id, count) in [("g0", 6), ("g1", 4)] {
      members.append(
        GateMember(
          id: id, name: "group of \(count)", role: .group, series: (0..<count).map { "p\($0)" },
          statistic: "median", margins: .groups))
    }
    for (id, role) in [("s0", GateMember.Role.sentinel), ("c0", .control)] {
      members.append(
        GateMember(
          id: id, name: "sentinel: decode a=0", role: role, series: [id], statistic: "median",
          margins: .points))
    }
    return members
  }()

  /// A series for each of some ids, with what of it is compared exactly and one quantity without a budget.
  static func series(_ exact: [String: [String: Double]]) -> [GateSeries] {
    exact.sorted { $0.key < $1.key }.map { id, budgets in
      GateSeries(
        id: id, name: id, role: .point, pointID: id,
        exact: budgets.sorted { $0.key < $1.key }.map {
          GateExactMetric(metric: $0.key, budget: $0.value)
        } + [GateExactMetric(metric: "memory/allocations", budget: nil)])
    }
  }

  static func budgets(_ series: [GateSeries]) -> [String: [String: Double]] {
    Dictionary(
      series.map { series in
        let known = (series.exact ?? []).compactMap { exact in
          exact.budget.map { (exact.metric, $0) }
        }
        return (series.id, Dictionary(known) { $1 })
      }
    ) { $1 }
  }

  static func acceptances(
    _ found: [GateAcceptance], inBase: [GateAcceptance]? = [], isApplied: Bool = true
  ) -> GateAcceptances {
    GateAcceptances(
      path: "s.accepted.yaml", text: "text", found: found.enumerated().map { ($1, $0 + 3) },
      inBase: inBase, today: today, isApplied: isApplied)
  }

  /// By hand: 1.06 x 1.03 / 1.01 = 1.08099...
  @Test func whatMustNotPassStaysAsFarAway() throws {
    let moved = try #require(Self.acceptance("*").moved(.points))
    #expect(moved.tolerated == 0.06)
    #expect(abs(moved.mustNotPass - 0.080990099) < 1e-9)
    let distance = moved.mustNotPassLog - moved.toleratedLog
    #expect(
      abs(distance - (GateMargins.points.mustNotPassLog - GateMargins.points.toleratedLog)) < 1e-12)
    #expect(moved.complaint == nil)
    #expect(Self.acceptance("*", 1.01).moved(.points) == nil, "tolerated anyhow")
    #expect(Self.acceptance("*", 1.06).moved(.tails) == nil)
  }

  @Test func onlyWhatIsCoveredMoves() {
    var members = Self.members
    var exact = Self.series(["p1": ["launches/per-step": 0.0]])
    var acceptances = Self.acceptances([Self.acceptance("decode a=1")])
    acceptances.apply(to: &members, series: &exact)
    for (before, after) in zip(Self.members, members) {
      switch before.id {
      case "p1":
        #expect(after.accepted == "wanted" && after.margins.tolerated == 0.06)
      case "g0", "g1":
        // Judged without it, by the margins it had.
        #expect(after.series == before.series.filter { $0 != "p1" })
        #expect(after.margins == before.margins && after.accepted == nil)
      default: #expect(after == before, "\(before.id)")
      }
    }
    #expect(members.count == Self.members.count, "thresholds depend on the number of members")
    #expect(Self.budgets(exact) == ["p1": ["launches/per-step": 0.0]])
    let entry = acceptances.entries[0]
    #expect(entry.members == ["p1": .points] && entry.leftOutOf == ["group of 6", "group of 4"])
    #expect(entry.isNew == true && entry.daysLeft == 10 && entry.line == 3)
  }

  @Test func theSlowEndMovesWithItsPointWhereItsMarginIsNarrower() {
    var members = Self.members
    var exact = Self.series([:])
    var acceptances = Self.acceptances([Self.acceptance("decode a=0", 1.25)])
    acceptances.apply(to: &members, series: &exact)
    let tail = members.first { $0.id == "p0/p95" }
    #expect(tail?.margins.tolerated == 0.25 && tail?.accepted == "wanted")
    #expect(members.first { $0.id == "s0" } == Self.members.first { $0.id == "s0" })
  }

  @Test func anExactQuantityMovesItsBudgetAlone() {
    var members = Self.members
    var exact = Self.series([
      "p0": ["launches/per-step": 0.0, "decode/bytes": 0.01], "p4": ["launches/per-step": 0],
    ])
    var acceptances = Self.acceptances([
      Self.acceptance("decode *", 1.5, metric: "launches/per-step")
    ])
    acceptances.apply(to: &members, series: &exact)
    #expect(members == Self.members)
    #expect(Self.budgets(exact)["p0"] == ["launches/per-step": 0.5, "decode/bytes": 0.01])
    #expect(Self.budgets(exact)["p4"] == ["launches/per-step": 0])
    #expect(acceptances.entries[0].counts == ["p0": 0])
  }

  @Test func aMetricMovesItsMemberAlone() throws {
    let metric = GateMetric(try #require(MetricRules.metric(id: "latency/tpot")))
    var members = Self.members
    members.append(
      GateMember(
        id: "p0/latency/tpot", name: "decode a=0, latency/tpot", role: .metric, series: ["p0"],
        statistic: "median", margins: .points, metric: metric))
    let before = members
    var exact = Self.series([:])
    var time = Self.acceptances([Self.acceptance("decode a=0")])
    time.apply(to: &members, series: &exact)
    #expect(members.last == before.last, "the time says nothing of another metric")
    members = before
    var acceptances = Self.acceptances([
      Self.acceptance("decode a=0", metric: "latency/tpot"),
      Self.acceptance("*", metric: "memory/allocations"),
    ])
    acceptances.apply(to: &members, series: &exact)
    #expect(members.last?.margins.tolerated == 0.06 && members.last?.accepted == "wanted")
    #expect(members.dropLast() == before.dropLast(), "groups are of times")
    #expect(acceptances.entries[0].members == ["p0/latency/tpot": .points])
    #expect(acceptances.entries[1].counts.isEmpty && acceptances.entries[1].members.isEmpty)
  }

  /// What the base has moved it for its own change, not for this one.
  @Test func entriesOfTheBaseMoveNothing() {
    let old = Self.acceptance("decode *")
    var renewed = old
    renewed.expires = CalendarDay(number: 30_000)
    for (inBase, isNew) in [
      ([renewed], false), ([], true), ([Self.acceptance("decode *", 1.05)], true),
      ([Self.acceptance("decode *", reason: "another")], true), (nil, nil),
    ] as [([GateAcceptance]?, Bool?)] {
      var members = Self.members
      var exact = Self.series([:])
      var acceptances = Self.acceptances([old], inBase: inBase)
      acceptances.apply(to: &members, series: &exact)
      #expect(acceptances.entries[0].isNew == isNew)
      #expect((members == Self.members) == (isNew == false), "\(String(describing: inBase))")
      #expect(acceptances.entries[0].members.count == 4)
    }
  }

  @Test func againstAReleaseNothingMoves() {
    var members = Self.members
    var exact = Self.series(["p0": ["launches/per-step": 0.0]])
    var acceptances = Self.acceptances(
      [Self.acceptance("*"), Self.acceptance("*", metric: "launches/per-step")], isApplied: false)
    acceptances.apply(to: &members, series: &exact)
    #expect(members == Self.members && Self.budgets(exact) == ["p0": ["launches/per-step": 0.0]])
    #expect(acceptances.entries[0].members.count == 6, "whether it is needed can still be told")
  }

  @Test func recordsWithoutAcceptancesAreRead() throws {
    let record = GateRecord(
      sweepID: "s", base: GateBuild(reference: "a", revision: nil, buildID: "b", digest: "c"),
      candidate: GateBuild(reference: "a", revision: nil, buildID: "b", digest: "c"),
      policy: GatePolicy(), seed: 1, series: [], members: Self.members, expected: 6)
    let data = try JSONEncoder().encode(record)
    #expect(!String(decoding: data, as: UTF8.self).contains("acceptances"))
    #expect(try JSONDecoder().decode(GateRecord.self, from: data) == record)
    var other = record
    other.acceptances = Self.acceptances([Self.acceptance("*")], inBase: nil)
    other.release = "v1.2.3"
    #expect(try JSONDecoder().decode(GateRecord.self, from: JSONEncoder().encode(other)) == other)
  }

  // MARK: Whether it is needed

  private func need(
    _ acceptance: GateAcceptance, highs: [String: Double?], inBase: [GateAcceptance]? = [],
    differences: [GateDifference] = []
  ) -> GateAcceptances.Need {
    var members = Self.members
    var exact = Self.series(["p0": ["launches/per-step": 0.0]])
    var acceptances = Self.acceptances([acceptance], inBase: inBase)
    acceptances.apply(to: &members, series: &exact)
    let record = GateRecord(
      sweepID: "s", base: GateBuild(reference: "a", revision: nil, buildID: "b", digest: "c"),
      candidate: GateBuild(reference: "a", revision: nil, buildID: "b", digest: "c"),
      policy: GatePolicy(), seed: 1, series: [], members: members, expected: 6,
      acceptances: acceptances)
    let result = GateResult(
      record: record,
      decisions: highs.map { id, high in
        GateDecision(
          memberID: id, verdict: .pass, pairs: 9, shift: high.map { log1p($0) - 0.002 },
          low: high.map { log1p($0) - 0.004 }, high: high.map { log1p($0) }, reason: "")
      }, differences: differences, startedAt: "", finishedAt: "")
    return result.need(of: acceptances.entries[0])
  }

  @Test func needIsToldByIntervalsAgainstTheSuitesOwnMargins() {
    let one = Self.acceptance("decode a=1")
    #expect(need(one, highs: ["p1": 0.045]) == .needed)
    #expect(need(one, highs: ["p1": 0.0101]) == .needed, "not shown to be within 1%")
    #expect(need(one, highs: ["p1": 0.009]) == .unneeded)
    #expect(need(one, highs: ["p1": nil]) == .unknown)
    #expect(need(one, highs: [:]) == .unknown)
    #expect(need(one, highs: ["p1": 0.045], inBase: [one]) == .inBase)
    // One point of many needs it: so the line is needed.
    let all = Self.acceptance("decode *")
    #expect(need(all, highs: ["p0": 0.001, "p3": 0.04]) == .needed)
    #expect(need(all, highs: ["p0": 0.001, "p3": nil]) == .unneeded)
    #expect(need(all, highs: ["p4": 0.04]) == .unknown)
  }

  @Test func needOfAnExactQuantityIsToldByItsGrowth() {
    let count = Self.acceptance("decode *", 1.5, metric: "launches/per-step")
    func grown(_ quantity: String, _ change: Double) -> GateDifference {
      GateDifference(
        seriesID: "p0", name: "decode a=0", quantity: quantity, base: "4", candidate: "5",
        change: change, detail: "", isFailure: false)
    }
    #expect(
      need(count, highs: ["p0": 0.001], differences: [grown("launches/per-step", 0.25)]) == .needed)
    #expect(
      need(count, highs: ["p0": 0.001], differences: [grown("launches/per-step", -0.2)])
        == .unneeded)
    #expect(need(count, highs: ["p0": 0.001], differences: [grown("decode/bytes", 1)]) == .unneeded)
    #expect(need(count, highs: [:]) == .unknown)
  }
}
