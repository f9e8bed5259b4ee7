// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// Functions of one objective without constraints.
enum SmoothFunctions {
  /// Three minima of the same depth (Branin 1972).
  static let branin = TestFunction(
    name: "branin", summary: "2 numbers, three equal minima",
    parameters: [
      Parameter("x1", .real(-5...10, log: false)), Parameter("x2", .real(0...15, log: false)),
    ], optimum: 0.397887357729738
  ) { TestFunction.Output([braninValue($0.numbers(2))]) }

  static func braninValue(_ x: [Double]) -> Double {
    let bend = x[1] - 5.1 / (4 * .pi * .pi) * x[0] * x[0] + 5 / .pi * x[0] - 6
    return bend * bend + 10 * (1 - 1 / (8 * .pi)) * cos(x[0]) + 10
  }

  /// Six numbers, six local minima (Hartmann 1972).
  static let hartmann6 = TestFunction(
    name: "hartmann6", summary: "6 numbers, six local minima",
    parameters: Parameter.numbers(6, 0...1), optimum: -3.322368011415515
  ) { configuration in
    let x = configuration.numbers(6)
    var sum = 0.0
    for i in 0..<4 {
      var distance = 0.0
      for j in 0..<6 {
        let difference = x[j] - hartmannCentres[i][j] / 10_000
        distance += hartmannScales[i][j] * difference * difference
      }
      sum -= hartmannHeights[i] * exp(-distance)
    }
    return TestFunction.Output([sum])
  }

  private static let hartmannHeights = [1.0, 1.2, 3, 3.2]
  private static let hartmannScales: [[Double]] = [
    [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ]
  private static let hartmannCentres: [[Double]] = [
    [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
  ]

  /// Many local minima around one deep one, which is not in the middle (Ackley 1987).
  static let ackley = TestFunction(
    name: "ackley", summary: "5 numbers, a deep hole among ripples",
    parameters: Parameter.numbers(5, -15...30), optimum: 0
  ) { configuration in
    let x = configuration.numbers(5)
    let square = x.reduce(0) { $0 + $1 * $1 } / 5
    let wave = x.reduce(0) { $0 + cos(2 * .pi * $1) } / 5
    return TestFunction.Output([-20 * exp(-0.2 * square.squareRoot()) - exp(wave) + 20 + exp(1)])
  }

  /// Rosenbrock's valley behind two switches: which shape, and which side it lies on.
  static let rosenbrockSwitches = TestFunction(
    name: "rosenbrock-switches", summary: "3 numbers and 2 categories, a bent valley",
    parameters: Parameter.numbers(3, -2...2) + [
      Parameter("shape", .categorical(["sphere", "ripple", "valley"])),
      Parameter("side", .categorical(["left", "right"])),
    ], optimum: 0
  ) { configuration in
    let isRight = configuration["side"] == "right"
    let x = configuration.numbers(3).map { isRight ? $0 : -$0 }
    let offset = isRight ? 0 : 0.5
    if configuration["shape"] == "sphere" {
      return TestFunction.Output([offset + 1 + 10 * x.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }])
    }
    var valley = 0.0
    for i in 0..<2 {
      let (bend, along) = (x[i + 1] - x[i] * x[i], 1 - x[i])
      valley += 100 * bend * bend + along * along
    }
    let ripple =
      configuration["shape"] == "ripple"
      ? 2 + 5 * x.reduce(0) { $0 + sin(3 * $1) * sin(3 * $1) } : 0
    return TestFunction.Output([offset + valley + ripple])
  }
}
