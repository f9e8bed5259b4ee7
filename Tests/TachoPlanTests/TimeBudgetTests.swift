// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import Testing

@Suite struct TimeBudgetTests {
  private static let policy = MeasurementPolicy(
    warmupMin: 1, warmupMax: 3, samplesMin: 5, samplesMax: 20, secondsMax: 1000)

  /// Point i takes i + 1 seconds a sample and no preparation.
  private static func timing(_ point: Point) -> PointTiming? {
    let index = point.configuration["engine.threads"]?.intValue ?? 0
    return PointTiming(prepareSeconds: 0, sampleSeconds: Double(index + 1))
  }

  @Test func estimateCountsWarmupSamplesAndLaunches() {
    let plan = ScheduleTests.plan(1, launches: 2, policy: Self.policy)
    let estimate = TimeEstimate(plan) { _ in
      PointTiming(prepareSeconds: 3, sampleSeconds: 2, samplesTaken: 11)
    }
    #expect(estimate.fewest == 2 * (3 + 2 + 5 * 2))
    #expect(estimate.likely == 2 * (3 + 2 + 10 * 2))
    // Every sample may have to be repeated once.
    #expect(estimate.most == 2 * (3 + 3 * 2 + 40 * 2))
    #expect(estimate.measured == 1)
  }

  @Test func samplesThatAreKeptAreNotRepeated() {
    var policy = Self.policy
    policy.contaminated = .keep
    let estimate = TimeEstimate(ScheduleTests.plan(1, policy: policy)) { _ in
      PointTiming(prepareSeconds: 0, sampleSeconds: 2)
    }
    #expect(estimate.most == 3 * 2 + 20 * 2)
  }

  @Test func timeLimitsBoundTheEstimate() {
    var policy = Self.policy
    policy.secondsMax = 12
    policy.secondsMin = 11
    let estimate = TimeEstimate(ScheduleTests.plan(1, policy: policy)) { _ in
      PointTiming(prepareSeconds: 0, sampleSeconds: 2)
    }
    #expect(estimate.fewest == 2 + 11)
    #expect(estimate.most == 6 + 14)
  }

  @Test func unknownPointsAreAssumedAndSaidSo() {
    let estimate = TimeEstimate(ScheduleTests.plan(3, policy: Self.policy)) { _ in nil }
    #expect(estimate.measured == 0)
    #expect(estimate.fewest == 3 * (1 + 1 + 5))
  }

  @Test func cheapestPointsComeFirstAndTheRestSayWhy() {
    let plan = ScheduleTests.plan(4, policy: Self.policy)
    // Fewest: 6, 12, 18, 24 seconds.
    let cut = BudgetedPlan(plan, budget: 40, timing: Self.timing)
    #expect(cut.dropped == 1)
    #expect(cut.plan.points.map { $0.skip == nil } == [true, true, true, false])
    #expect(
      cut.plan.points[3].skip
        == "does not fit the budget of 40.0 s: needs at least 24.0 s, 4.0 s left")
    #expect(cut.seconds <= 40)
  }

  @Test(arguments: 0..<40)
  func neverOverBudgetAndNeverUnderTheMinimum(_ seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let plan = ScheduleTests.plan(
      1 + random.below(12), launches: 1 + random.below(3), policy: Self.policy)
    let budget = Double(random.below(3000))
    let cut = BudgetedPlan(plan, budget: budget, timing: Self.timing)
    #expect(cut.seconds <= budget + 1e-6, "seed \(seed)")
    for planned in cut.plan.points where planned.skip == nil {
      #expect(planned.policy.samplesMin == 5)
      #expect((5...80).contains(planned.policy.samplesMax), "seed \(seed)")
      #expect(planned.policy.samplesTakenMax == planned.policy.samplesMax, "seed \(seed)")
      #expect((1...3).contains(planned.policy.warmupMax), "seed \(seed)")
    }
  }

  @Test func ampleTimeRaisesTheMostSamplesButNotExactOnes() {
    let ample = BudgetedPlan(
      ScheduleTests.plan(2, policy: Self.policy), budget: 100_000, timing: Self.timing)
    #expect(ample.plan.points.map(\.policy.samplesMax) == [80, 80])
    var exact = Self.policy
    exact.samplesMax = exact.samplesMin
    let kept = BudgetedPlan(
      ScheduleTests.plan(2, policy: exact), budget: 100_000, timing: Self.timing)
    #expect(kept.plan.points.map(\.policy.samplesMax) == [5, 5])
  }

  @Test func tightTimeLowersTheMostSamplesForAllAlike() {
    // After the fewest samples (18 s) and all warm-up (6 s) 30 s remain: 10 more samples for each.
    let cut = BudgetedPlan(
      ScheduleTests.plan(2, policy: Self.policy), budget: 54, timing: Self.timing)
    #expect(cut.plan.points.map(\.policy.samplesMax) == [15, 15])
  }

  @Test func noTimeMeansNoPoints() {
    let none = BudgetedPlan(ScheduleTests.plan(2), budget: 0, timing: Self.timing)
    #expect(none.dropped == 2)
    #expect(none.plan.points.allSatisfy { $0.skip != nil })
  }
}
