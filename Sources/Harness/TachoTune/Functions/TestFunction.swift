// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A function with a known optimum: what a study can run on without an engine.
///
/// All outputs are to be made small; constraints are kept where they are at most 0. To add one: a value in
/// a file of `Functions/` and a line in `TestFunctions.all`.
package struct TestFunction: Sendable {
  package struct Output: Sendable, Hashable {
    package var values: [Double]
    package var constraints: [Double]

    package init(_ values: [Double], constraints: [Double] = []) {
      self.values = values
      self.constraints = constraints
    }
  }

  package let name: String
  package let summary: String
  package let parameters: [Parameter]
  /// The lowest value that keeps the constraints, with one objective.
  package let optimum: Double?
  /// With several objectives: where their hypervolume is counted from, and the whole front's.
  package let reference: [Double]?
  package let frontVolume: Double?
  package let constraintCount: Int
  package let evaluate: @Sendable (Configuration) -> Output

  package init(
    name: String, summary: String, parameters: [Parameter], optimum: Double? = nil,
    reference: [Double]? = nil, frontVolume: Double? = nil, constraintCount: Int = 0,
    evaluate: @escaping @Sendable (Configuration) -> Output
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.optimum = optimum
    self.reference = reference
    self.frontVolume = frontVolume
    self.constraintCount = constraintCount
    self.evaluate = evaluate
  }

  package var objectiveCount: Int { reference?.count ?? 1 }
}

/// Every built-in function: one line each.
package enum TestFunctions {
  package static let all: [TestFunction] = [
    SmoothFunctions.branin,
    SmoothFunctions.hartmann6,
    SmoothFunctions.ackley,
    SmoothFunctions.rosenbrockSwitches,
    ConstrainedFunctions.braninDisk,
    ConstrainedFunctions.gardner,
    FrontFunctions.zdt1,
    FrontFunctions.zdt2,
    FrontFunctions.zdt3,
    FrontFunctions.dtlz2,
  ]

  package static func named(_ name: String) -> TestFunction? { all.first { $0.name == name } }
}

extension Configuration {
  /// The numbers from x1 up to `count`; one that is missing is NaN, which no function hides.
  func numbers(_ count: Int) -> [Double] {
    (1...count).map { self["x\($0)"]?.doubleValue ?? .nan }
  }
}

extension Parameter {
  /// Parameters from x1 on, of one range.
  static func numbers(_ count: Int, _ range: ClosedRange<Double>) -> [Parameter] {
    (1...count).map { Parameter("x\($0)", .real(range, log: false)) }
  }
}
