// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// Functions of one objective with a constraint.
enum ConstrainedFunctions {
  /// Branin inside a disk, which leaves one of the three minima.
  static let braninDisk = TestFunction(
    name: "branin-disk", summary: "branin inside a disk",
    parameters: SmoothFunctions.branin.parameters, optimum: SmoothFunctions.branin.optimum,
    constraintCount: 1
  ) { configuration in
    let x = configuration.numbers(2)
    let (a, b) = (x[0] - 2.5, x[1] - 7.5)
    return TestFunction.Output(
      [SmoothFunctions.braninValue(x)], constraints: [a * a + b * b - 50])
  }

  /// Feasible only in two small islands (Gardner and others, ICML 2014): the lowest point is
  /// (3 pi / 2, arcsin 0.95) with arcsin(0.95) - 1.
  static let gardner = TestFunction(
    name: "gardner", summary: "2 numbers, two small feasible islands",
    parameters: Parameter.numbers(2, 0...6), optimum: asin(0.95) - 1, constraintCount: 1
  ) { configuration in
    let x = configuration.numbers(2)
    return TestFunction.Output(
      [sin(x[0]) + x[1]], constraints: [sin(x[0]) * sin(x[1]) + 0.95])
  }
}
