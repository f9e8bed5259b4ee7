// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// Space-filling designs: Sobol's sequence, Latin hypercubes, the grid.
@Suite struct DesignTests {
  /// The first points of dimensions 1 to 5, and the 38th of some of the first 40, as published sequences of
  /// these direction numbers have them.
  @Test func sobolGivesKnownPoints() {
    func point(_ index: UInt32, _ dimensions: Int) -> [Double] {
      SobolSequence(dimensions: dimensions).point(index).map { Double($0) * 0x1p-32 }
    }
    #expect(point(0, 5) == [0, 0, 0, 0, 0])
    #expect(point(1, 5) == [0.5, 0.5, 0.5, 0.5, 0.5])
    #expect(point(2, 5) == [0.75, 0.25, 0.25, 0.25, 0.75])
    #expect(point(4, 5) == [0.375, 0.375, 0.625, 0.875, 0.375])
    #expect(point(7, 5) == [0.125, 0.625, 0.375, 0.125, 0.125])
    let far = point(37, 40)
    #expect(
      far.prefix(8) == [
        0.921875, 0.640625, 0.578125, 0.921875, 0.765625, 0.296875, 0.171875, 0.796875,
      ])
    #expect(far.suffix(4) == [0.890625, 0.671875, 0.953125, 0.078125])
  }

  /// Scrambling keeps what makes it a net: 2^m points fill 2^m equal intervals of every dimension, and of
  /// the first two every elementary box.
  @Test func scrambledSobolIsANet() {
    for seed: UInt64 in [1, 2, 99] {
      let sequence = SobolSequence(dimensions: 20)
      let points = (0..<64).map { sequence.scrambledPoint(UInt32($0), seed: seed) }
      for dimension in 0..<20 {
        #expect(Set(points.map { Int($0[dimension] * 64) }).count == 64, "seed \(seed)")
      }
      for bits in 0...6 {
        let (columns, rows) = (Double(1 << bits), Double(1 << (6 - bits)))
        let boxes = Set(points.map { [Int($0[0] * columns), Int($0[1] * rows)] })
        #expect(boxes.count == 64, "seed \(seed), \(bits) bits")
      }
    }
    let sequence = SobolSequence(dimensions: 2)
    #expect(sequence.scrambledPoint(0, seed: 1) != sequence.scrambledPoint(0, seed: 2))
  }

  @Test func latinHypercubeVisitsEveryStratumOnce() throws {
    let space = try SearchSpace((0..<3).map { Parameter("p\($0)", .real(0...1, log: false)) })
    let sampler = try LatinHypercubeSampler(SamplerSetup(space: space, seed: 4, trials: 20))
    let history = StudyHistory(space: space, objectives: [], trials: [])
    for block in 0..<2 {
      let points = (0..<20).compactMap {
        sampler.candidate(trial: block * 20 + $0, attempt: 0, history)
      }
      for dimension in 0..<3 {
        #expect(Set(points.map { Int($0[dimension] * 20) }) == Set(0..<20), "block \(block)")
      }
    }
  }

  @Test func gridVisitsEverythingOnce() throws {
    let space = try SearchSpaceTests.small()
    let run = try SamplerCase.run("grid", space: space, trials: 100) { _ in 1 }
    #expect(run.trials.count == 40 && run.ending == .exhausted)
    #expect(Set(run.trials.map { SearchSpace.id(of: $0.configuration) }).count == 40)
    // In random order, another one for each seed.
    let other = try SamplerCase.run("grid", space: space, trials: 100, seed: 8) { _ in 1 }
    #expect(run.trials.map(\.configuration) != other.trials.map(\.configuration))
  }

  @Test func gridRefusesWhatDoesNotFit() throws {
    func message(_ parameters: [Parameter], trials: Int) -> String {
      do {
        _ = try GridSampler(
          SamplerSetup(space: try SearchSpace(parameters), seed: 1, trials: trials))
        return "made"
      } catch {
        return "\(error)"
      }
    }
    let ten = Parameter("n", .integer(1...10, step: 1, log: false))
    #expect(message([ten], trials: 10) == "made")
    #expect(message([ten], trials: 9).contains("more than 9 valid configurations"))
    #expect(message([ten, Parameter("x", .real(0...1, log: false))], trials: 9).contains("'x'"))
  }
}
