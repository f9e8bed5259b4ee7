// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// Built-in functions: their optima are where the literature has them, and nothing lies below.
@Suite struct FunctionTests {
  static func value(_ name: String, _ x: [Double], _ more: [String: ConfigurationValue] = [:])
    throws
    -> TestFunction.Output
  {
    let function = try #require(TestFunctions.named(name))
    var configuration = Configuration(more)
    for (place, number) in x.enumerated() { configuration["x\(place + 1)"] = .double(number) }
    return function.evaluate(try SearchSpace(function.parameters).admitted(configuration))
  }

  @Test(arguments: [
    ("branin", [-Double.pi, 12.275]), ("branin", [Double.pi, 2.275]), ("branin", [9.42478, 2.475]),
    ("hartmann6", [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]),
    ("ackley", [0, 0, 0, 0, 0]), ("branin-disk", [Double.pi, 2.275]),
    ("gardner", [1.5 * Double.pi, asin(0.95) + 1e-9]),
  ])
  func reachesItsOptimum(_ name: String, _ x: [Double]) throws {
    let output = try Self.value(name, x)
    let optimum = try #require(TestFunctions.named(name)?.optimum)
    #expect(abs(output.values[0] - optimum) < 1e-5, "\(name): \(output.values[0])")
    #expect(output.constraints.allSatisfy { $0 <= 1e-9 })
  }

  @Test func switchesMoveTheValley() throws {
    func value(_ x: Double, _ shape: String, _ side: String) throws -> Double {
      try Self.value(
        "rosenbrock-switches", [x, x, x], ["shape": .string(shape), "side": .string(side)]
      ).values[0]
    }
    #expect(try value(1, "valley", "right") == 0)
    #expect(try value(-1, "valley", "left") == 0.5)
    #expect(try value(1, "sphere", "right") == 1)
    #expect(try value(1, "ripple", "right") > 2)
  }

  @Test func nothingLiesBelowTheOptimum() throws {
    for function in TestFunctions.all {
      let space = try SearchSpace(function.parameters)
      var stream = DrawStream(seed: 1, trial: 0, .candidates)
      var points: [[Double]] = []
      for _ in 0..<1000 {
        let output = function.evaluate(
          space.configuration(at: space.parameters.map { _ in stream.uniform() }))
        #expect(output.values.count == function.objectiveCount)
        #expect(output.constraints.count == function.constraintCount)
        #expect(output.values.allSatisfy { $0.isFinite }, "\(function.name)")
        if let optimum = function.optimum, output.constraints.allSatisfy({ $0 <= 0 }) {
          #expect(output.values[0] > optimum - 1e-9, "\(function.name)")
        }
        points.append(output.values)
      }
      if let reference = function.reference, let whole = function.frontVolume {
        let volume = Hypervolume.of(Array(points.prefix(100)), reference: reference)
        #expect(volume < whole, "\(function.name)")
      }
    }
  }

  /// The volumes of the fronts, counted from points on them.
  @Test func frontsHaveTheirVolumes() throws {
    for name in ["zdt1", "zdt2", "zdt3"] {
      let count = 4000
      let points = try (0...count).map { step in
        try Self.value(name, [Double(step) / Double(count), 0, 0, 0, 0, 0]).values
      }
      let function = try #require(TestFunctions.named(name))
      let volume = Hypervolume.of(points, reference: function.reference ?? [])
      #expect(abs(volume - (function.frontVolume ?? 0)) < 1e-3, "\(name): \(volume)")
    }
    let points = try (0...24).flatMap { a in
      try (0...24).map { b in
        try Self.value("dtlz2", [Double(a) / 24, Double(b) / 24, 0.5, 0.5, 0.5, 0.5]).values
      }
    }
    let volume = Hypervolume.of(points, reference: [1.1, 1.1, 1.1])
    #expect(volume < 1.331 - .pi / 6 && volume > 0.95 * (1.331 - .pi / 6), "\(volume)")
  }

  @Test func noiseCrashesAndCosts() throws {
    let function = try #require(TestFunctions.named("branin"))
    let measurer = FunctionMeasurer(function, seed: 3, noise: 2, cost: 0.5, crashes: 0.25)
    let good: Configuration = ["x1": 5.0, "x2": 5.0]
    let outcome = measurer.measure(good, trial: 4, repetition: 1)
    #expect(outcome == measurer.measure(good, trial: 4, repetition: 1))
    #expect(outcome.values != measurer.measure(good, trial: 4, repetition: 2).values)
    #expect(outcome.values.first?.standardError == 2 && outcome.cost == 0.5)
    let truth = function.evaluate(good).values[0]
    let mean = (0..<400).reduce(0) {
      $0 + (measurer.measure(good, trial: $1, repetition: 0).values.first?.mean ?? 0) / 400
    }
    #expect(abs(mean - truth) < 0.5, "\(mean), \(truth)")
    #expect(measurer.measure(["x1": -2.0, "x2": 5.0], trial: 0, repetition: 0).failure == .crash)
  }
}
