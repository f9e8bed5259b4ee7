// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A plan cut to a time budget.
///
/// Every point first gets its fewest samples, cheapest points first; points that no longer fit are
/// skipped with the reason; what is left buys everyone more samples.
package struct BudgetedPlan: Sendable, Hashable {
  /// A suite's most samples may grow by this factor when the budget is ample; points whose suite
  /// asks for an exact number keep it.
  package static let growth = 4

  /// Samples of one point, whatever the budget.
  private static let mostSamples = 1_000_000

  package let plan: Plan
  /// What the plan is expected to take at most, by the timings given.
  package let seconds: Double
  /// Points skipped for lack of time.
  package let dropped: Int

  package init(_ original: Plan, budget: Double, timing: (Point) -> PointTiming?) {
    var plan = original
    let estimate = TimeEstimate(original, timing: timing)
    let shares = plan.points.indices.compactMap { index in
      estimate.shares[index].map { (index: index, share: $0) }
    }
    let byCost = shares.sorted { ($0.share.fewest, $0.index) < ($1.share.fewest, $1.index) }
    var left = max(0, budget)
    var kept: [(index: Int, share: TimeEstimate.Share)] = []
    for entry in byCost {
      if entry.share.fewest <= left {
        left -= entry.share.fewest
        kept.append(entry)
      } else {
        plan.points[entry.index].skip =
          "does not fit the budget of \(Self.display(budget)):"
          + " needs at least \(Self.display(entry.share.fewest))"
          + (entry.share.isMeasured ? "" : " (assumed)") + ", \(Self.display(left)) left"
      }
    }
    dropped = byCost.count - kept.count
    Self.spread(left, over: kept, in: &plan)
    self.plan = plan
    let spent = TimeEstimate(plan, timing: timing)
    seconds = kept.reduce(0) { $0 + (spent.shares[$1.index]?.most ?? 0) }
  }

  /// Sets each point's most samples so that together they use the time left, the same number of
  /// extra samples for all; points that reach their ceiling leave their part to the others.
  private static func spread(
    _ left: Double, over kept: [(index: Int, share: TimeEstimate.Share)], in plan: inout Plan
  ) {
    var left = left
    // Warm-up beyond its minimum is paid for first; where it does not fit, it is cut.
    for (index, share) in kept {
      let policy = plan.points[index].policy
      let cost = share.timing.sampleSeconds * Double(max(1, plan.points[index].launches))
      let wanted = max(0, policy.warmupMax - policy.warmupMin)
      let extra = min(wanted, count(of: left / Double(kept.count), at: cost))
      plan.points[index].policy.warmupMax = policy.warmupMin + extra
      left -= Double(extra) * cost
    }
    var open = kept.compactMap { entry -> (index: Int, cost: Double, room: Int)? in
      let policy = plan.points[entry.index].policy
      let cost =
        entry.share.timing.sampleSeconds * Double(max(1, plan.points[entry.index].launches))
      // An exact number of samples stays what the suite says.
      let room =
        policy.samplesMax > policy.samplesMin
        ? policy.samplesMax.multipliedReportingOverflow(by: growth) : (policy.samplesMin, false)
      plan.points[entry.index].policy.samplesMax = policy.samplesMin
      // Repetitions of flagged samples come out of the samples that the time is for.
      plan.points[entry.index].policy.repeatsMax = 0
      return (entry.index, cost, (room.1 ? policy.samplesMax : room.0) - policy.samplesMin)
    }
    open.removeAll { $0.room <= 0 }
    while !open.isEmpty {
      let each = count(of: left, at: open.reduce(0) { $0 + $1.cost })
      let smallest = open.map(\.room).min() ?? 0
      let extra = min(each, smallest)
      if extra <= 0 { break }
      for position in open.indices {
        plan.points[open[position].index].policy.samplesMax += extra
        open[position].room -= extra
        left -= Double(extra) * open[position].cost
      }
      open.removeAll { $0.room <= 0 }
    }
  }

  /// How many samples of one cost a time buys.
  private static func count(of seconds: Double, at cost: Double) -> Int {
    guard cost > 0 else { return mostSamples }
    return Int(min(max(0, seconds / cost), Double(mostSamples)))
  }

  /// `90 s`, `10 min`: short and readable in a table.
  private static func display(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "\(seconds) s" }
    if seconds >= 120 { return "\((seconds / 6).rounded() / 10) min" }
    return "\((seconds * 10).rounded() / 10) s"
  }
}
