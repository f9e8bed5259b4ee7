// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

/// Noise of launch pairs against numbers worked out by hand.
@Suite struct PointNoiseTests {
  @Test func theTightestStatisticIsTakenAndItsSpreadTold() throws {
    // The smallest samples of a pair are equal; the middle ones differ by 10%, now one way, now the other.
    let up: (first: [Double], second: [Double]) = ([1, 2, 3], [1, 2.2, 3])
    let down: (first: [Double], second: [Double]) = ([1, 2.2, 3], [1, 2, 3])
    let noise = try #require(PointNoise(pairs: [up, down, up, down]))
    #expect(noise.pairs == 4 && noise.statistic == .minimum && noise.robust == 0)
    let median = try #require(noise.spreads.first { $0.statistic == .median })
    // ln 1.1 both ways: the median of the four is 0, so is the distance of each ln 1.1.
    #expect(abs(median.robust - 1.4826 * log(1.1)) < 1e-12)
    #expect(noise.spreads.count == 5)
    #expect(noise.floor == nil, "four pairs say nothing of the 95th percentile")
    #expect(noise.logRatios == [0, 0, 0, 0])
  }

  @Test func twentyPairsHaveAFloorAndADetectableChange() throws {
    // |ln ratio| of 1% to 20%, alternating in sign: what 95 of 100 stay below is 19.05%.
    let pairs = (1...20).map { step -> (first: [Double], second: [Double]) in
      let ratio = exp(Double(step) / 100 * (step % 2 == 0 ? 1 : -1))
      return (first: [1], second: [ratio])
    }
    let noise = try #require(PointNoise(pairs: pairs))
    let floor = try #require(noise.floor)
    #expect(abs(floor.relative - expm1(0.1905)) < 1e-9)
    let detectable = try #require(noise.detectable.sign.number)
    #expect(noise.detectable.pairs == 20 && detectable > 0.05 && detectable < floor.relative)
  }

  @Test func tooLittleIsNothing() {
    #expect(PointNoise(pairs: []) == nil)
    #expect(PointNoise(pairs: [(first: [1], second: [1])]) == nil)
    #expect(PointNoise(pairs: [(first: [1], second: []), (first: [1], second: [1])]) == nil)
    #expect(PointNoise(pairs: [(first: [0], second: [1]), (first: [1], second: [1])]) == nil)
  }

  @Test func pairsAreTakenFromTheirRunsWithoutWarmup() throws {
    let point = Point(
      benchmark: "b", kind: "kernel", configuration: Configuration(["n": 1]), axes: [])
    func run(_ id: String, _ seconds: [Double]) -> ResultSet.Run {
      ResultSet.Run(
        record: RunRecord(
          id: id, sweepID: "s", point: point, launch: 0, order: 0, startedAt: "",
          status: .completed),
        samples: seconds.enumerated().map { index, seconds in
          var observation = Observation(startNs: 0, endNs: Int(seconds * 1e9))
          observation.iterations = 2
          return SampleRecord(
            runID: id, index: index, warmup: index == 0, startedAt: "", observation: observation,
            measurements: [])
        })
    }
    func pair(_ index: Int, _ status: RunStatus) -> PairRecord {
      let steps: [(PairSide, Int?, Int)] = [
        (.base, nil, 0), (.candidate, nil, 0), (.candidate, 0, 1), (.base, 0, 1), (.base, 1, 2),
        (.candidate, 1, 2),
      ]
      return PairRecord(
        id: "p\(index)", sweepID: "s", index: index, order: index,
        base: .init(runID: "a\(index)", buildID: "x"),
        candidate: .init(runID: "b\(index)", buildID: "x"), seed: 1, startedFirst: .base,
        startedAt: "", status: status,
        steps: steps.enumerated().map {
          .init(
            position: $0.offset, side: $0.element.0, round: $0.element.1,
            sampleIndex: $0.element.2, askedNs: $0.offset)
        })
    }
    let sweep = ResultSet.Sweep(
      record: SweepRecord(
        id: "s", suite: "noise-x", planHash: "", suiteText: "", command: "", startedAt: "",
        machine: MachineRecord(name: "m", facts: [:]), build: BuildRecord(facts: [:])),
      runs: [
        run("a0", [9, 2, 4]), run("b0", [9, 2, 6]), run("a1", [9, 2, 4]), run("b1", [9, 2, 8]),
        run("a2", [1, 1, 1]), run("b2", [1, 1, 1]),
      ], events: [], pairs: [pair(0, .completed), pair(1, .completed), pair(2, .crashed)])
    let seconds = try #require(LaunchPairs.seconds(of: sweep)[point.id])
    #expect(seconds.map(\.first) == [[1, 2], [1, 2]])
    #expect(seconds.map(\.second) == [[1, 3], [1, 4]])
    let noise = try #require(PointNoise.byPoint(in: [sweep])[point.id])
    #expect(noise.pairs == 2 && noise.statistic == .minimum)
  }
}
