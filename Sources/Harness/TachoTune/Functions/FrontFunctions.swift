// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// Functions of several objectives: ZDT (Zitzler, Deb and Thiele 2000) and DTLZ (Deb and others 2002), with
/// six numbers each; the fronts' volumes are counted from 1.1 in every objective.
enum FrontFunctions {
  private static func zdt(
    _ name: String, _ summary: String, volume: Double,
    _ shape: @escaping @Sendable (_ first: Double, _ ratio: Double) -> Double
  ) -> TestFunction {
    TestFunction(
      name: name, summary: summary, parameters: Parameter.numbers(6, 0...1),
      reference: [1.1, 1.1], frontVolume: volume
    ) { configuration in
      let x = configuration.numbers(6)
      let g = 1 + 9 * x.dropFirst().reduce(0, +) / 5
      return TestFunction.Output([x[0], g * shape(x[0], x[0] / g)])
    }
  }

  /// 1.21 - 1/3: below f2 = 1 - sqrt(f1) lies 1/3 of the square of 1.
  static let zdt1 = zdt(
    "zdt1", "2 objectives, a convex front", volume: 1.21 - 1.0 / 3
  ) { _, ratio in 1 - ratio.squareRoot() }

  /// 1.21 - 2/3.
  static let zdt2 = zdt(
    "zdt2", "2 objectives, a concave front", volume: 1.21 - 2.0 / 3
  ) { _, ratio in 1 - ratio * ratio }

  /// Five pieces; the volume by the front's 10^6 points (`FunctionTests` counts it again).
  static let zdt3 = zdt(
    "zdt3", "2 objectives, a front in five pieces", volume: 1.33176
  ) { first, ratio in 1 - ratio.squareRoot() - ratio * sin(10 * .pi * first) }

  /// An eighth of the unit sphere: 1.331 - pi/6.
  static let dtlz2 = TestFunction(
    name: "dtlz2", summary: "3 objectives, an eighth of a sphere",
    parameters: Parameter.numbers(6, 0...1), reference: [1.1, 1.1, 1.1],
    frontVolume: 1.331 - .pi / 6
  ) { configuration in
    let x = configuration.numbers(6)
    let g = x.dropFirst(2).reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) }
    let (a, b) = (x[0] * .pi / 2, x[1] * .pi / 2)
    return TestFunction.Output([
      (1 + g) * cos(a) * cos(b), (1 + g) * cos(a) * sin(b), (1 + g) * sin(a),
    ])
  }
}
