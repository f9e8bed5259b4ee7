// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// Whether a number comes out again: intervals, verdicts, outputs.
@Suite struct ReproductionTests {
  /// A normal variate (Box and Muller 1958).
  private static func normal(_ generator: inout SystemLike) -> Double {
    (-2 * log(generator.unit())).squareRoot() * cos(2 * .pi * generator.unit())
  }

  /// SplitMix64.
  private struct SystemLike {
    var state: UInt64
    mutating func unit() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return (Double((z ^ (z >> 31)) >> 11) + 0.5) / Double(1 << 53)
    }
  }

  private func launches(_ medians: [Double]) -> [[Double]] {
    medians.map { [$0 * 0.999, $0, $0 * 1.001] }
  }

  @Test func predictionIntervalByHand() throws {
    // Logs 0, 0.01, 0.02, 0.03, 0.04: mean 0.02, s = sqrt(0.001 / 4) = 0.0158114; t(4, 0.975) = 2.776445.
    let now = (0..<5).map { exp(0.01 * Double($0)) }
    let found = try LaunchReproduction(
      before: launches([1]), after: launches(now), tolerance: 0.05)
    #expect(abs(found.spread - 0.015_811_388) < 1e-8)
    #expect(abs(log(found.ratio) - 0.02) < 1e-12)
    let half = 2.776_445_1 * 0.015_811_388 * (1.2).squareRoot()
    #expect(abs(log(found.interval.upperBound) - 0.02 - half) < 1e-7)
    #expect(abs(log(found.interval.lowerBound) - 0.02 + half) < 1e-7)
    #expect(found.verdict == .cannotTell)
    #expect(found.reason.contains("launches differ by 1.6%"), "\(found.reason)")
    let wide = try LaunchReproduction(
      before: launches([1]), after: launches(now), tolerance: 0.08)
    #expect(wide.verdict == .reproduced)
    // Several launches then narrow it.
    let several = try LaunchReproduction(
      before: launches(now), after: launches(now), tolerance: 0.05)
    #expect(several.verdict == .reproduced && several.ratio == 1)
  }

  @Test func verdicts() throws {
    func verdict(_ before: [Double], _ after: [Double]) throws -> LaunchReproduction.Verdict {
      try LaunchReproduction(
        before: launches(before), after: launches(after), tolerance: 0.05
      ).verdict
    }
    let quiet = [1, 1.001, 0.999, 1.0005, 0.9995]
    #expect(try verdict([1.002], quiet) == .reproduced)
    #expect(try verdict([1.2], quiet) == .differs)
    #expect(try verdict([0.8], quiet) == .differs)
    // Significant, and smaller than what matters.
    #expect(try verdict([1.01], quiet) == .reproduced)
    #expect(try verdict([1.2], [1, 1.4, 0.7, 1.2, 0.9]) == .cannotTell)
    #expect(try verdict([1.001], [1, 1.001]) == .reproduced)
    #expect(try verdict([1], [1, 1, 1]) == .reproduced)
    #expect(try verdict([2], [1, 1, 1]) == .differs)
  }

  /// One launch then can never tell more than its own spread.
  @Test func whetherMoreLaunchesWouldDoIsSaid() throws {
    let noisy = try LaunchReproduction(
      before: launches([1]), after: launches([1, 1.2, 0.8, 1.1, 0.9]), tolerance: 0.05)
    #expect(noisy.launchesNeeded == nil)
    #expect(noisy.reason.contains("one launch then cannot tell more"), "\(noisy.reason)")
    let twelve = (0..<12).map { $0.isMultiple(of: 2) ? 1.01 : 0.99 }
    let better = try LaunchReproduction(
      before: launches(twelve), after: launches([1, 1.08, 0.92]), tolerance: 0.045)
    #expect(better.verdict == .cannotTell)
    #expect((better.launchesNeeded ?? 0) > 3)
    #expect(better.reason.contains("--launches"), "\(better.reason)")
  }

  @Test func whatCannotBeCompared() {
    for (before, after, words) in [
      ([[]], [[1.0], [1]], "no value then"), ([[1]], [[], []], "no value now"),
      ([[0]], [[1], [2]], "not above 0"), ([[1]], [[1]], "one launch then and one now"),
      ([[.infinity]], [[1], [2]], "not a finite number"),
    ] as [([[Double]], [[Double]], String)] {
      let error = #expect(throws: LaunchReproduction.Unable.self) {
        try LaunchReproduction(before: before, after: after, tolerance: 0.05)
      }
      #expect(error?.reason.contains(words) == true, "\(before) \(after): \(error?.reason ?? "")")
    }
  }

  /// With nothing changed 5% of the intervals miss 1, for any number of launches then.
  @Test(arguments: [1, 3]) func theIntervalHoldsItsLevel(_ old: Int) throws {
    var generator = SystemLike(state: UInt64(old))
    let rounds = 400
    var missed = 0
    var falselyReproduced = 0
    for _ in 0..<rounds {
      let before = (0..<old).map { _ in exp(0.02 * Self.normal(&generator)) }
      let after = (0..<5).map { _ in exp(0.02 * Self.normal(&generator)) }
      let found = try LaunchReproduction(
        before: before.map { [$0] }, after: after.map { [$0] }, tolerance: 0.05)
      if !found.interval.contains(1) { missed += 1 }
      // The same launches now, 5% slower, just more than is tolerated: the interval moves with them.
      let changed = found.interval.upperBound * 1.05
      if found.interval.lowerBound * 1.05 >= 1 / 1.05, changed <= 1.05 { falselyReproduced += 1 }
    }
    let share = Double(missed) / Double(rounds)
    // Four standard errors of 400 draws about 5%.
    #expect(abs(share - 0.05) < 0.044, "old \(old): \(share)")
    #expect(Double(falselyReproduced) / Double(rounds) < 0.057, "old \(old): \(falselyReproduced)")
  }

  @Test func outputs() {
    typealias Prints = OutputComparison.Fingerprints
    #expect(
      OutputComparison(before: [[0: "a", 1: "b"]], after: [[0: "a", 1: "b", 2: "c"], [0: "a"]])
        == .same(samples: 2))
    let different = OutputComparison(
      before: [[0: "a", 1: "b", 2: "c"]], after: [[0: "a", 1: "b", 2: "c"], [1: "x", 2: "y"]])
    #expect(different == .different(first: 1, before: "b", after: "x", count: 2, of: 3))
    #expect(different.words.contains("first in sample 1: b then, x now"))
    #expect(
      OutputComparison(before: [Prints()], after: [[0: "a"]])
        == .unknown(reason: "no fingerprint is on record"))
    guard case .unknown = OutputComparison(before: [[5: "a"]], after: [[0: "a"]]) else {
      Issue.record("no sample has a seed in common")
      return
    }
  }

  /// A launch that was broken off goes on with the seeds after those it had used.
  @Test func seedsOfALaunchThatWasContinued() {
    func run(_ id: String, at: String, _ outputs: [String]) -> ResultSet.Run {
      ResultSet.Run(
        record: RunRecord(
          id: id, sweepID: "s",
          point: Point(benchmark: "b", kind: "generate", configuration: .init(), axes: []),
          launch: 0, order: 0, startedAt: at),
        samples: outputs.enumerated().map { index, output in
          var observation = Observation(startNs: 0, endNs: 1)
          observation.outputFingerprint = output
          return SampleRecord(
            runID: id, index: index, warmup: index == 0, startedAt: at, observation: observation,
            measurements: [])
        })
    }
    let prints = OutputComparison.fingerprints([
      run("2", at: "2026-02", ["c", "d"]), run("1", at: "2026-01", ["a", "b"]),
    ])
    #expect(prints == [0: "a", 1: "b", 2: "c", 3: "d"])
  }
}
