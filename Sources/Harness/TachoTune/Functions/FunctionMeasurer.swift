// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// Measures a test function: with noise, at a cost, and with places that crash.
package struct FunctionMeasurer: TrialMeasurer {
  package let function: TestFunction
  package let seed: UInt64
  /// Standard deviation of what is added to every objective; it is reported as the standard error.
  package var noise: Double
  /// What one measurement costs.
  package var cost: Double
  /// It crashes where the first number is below this share of its range.
  package var crashes: Double

  package init(
    _ function: TestFunction, seed: UInt64, noise: Double = 0, cost: Double = 1,
    crashes: Double = 0
  ) {
    self.function = function
    self.seed = seed
    self.noise = noise
    self.cost = cost
    self.crashes = crashes
  }

  package func measure(
    _ configuration: Configuration, trial: Int, repetition: Int
  ) -> TrialOutcome {
    if crashes > 0, let parameter = function.parameters.first,
      let unit = configuration[parameter.path].flatMap({ parameter.unit(of: $0) }), unit < crashes
    {
      return TrialOutcome(
        failure: .crash, reason: "\(parameter.path) lies in the part of its range that crashes",
        cost: cost)
    }
    let output = function.evaluate(configuration)
    var stream = DrawStream(seed: seed, trial: trial, .noise, lane: repetition)
    return TrialOutcome(
      values: output.values.map { value in
        noise > 0
          ? MeasuredMean(value + noise * stream.normal(), standardError: noise)
          : MeasuredMean(value, standardError: 0)
      },
      constraints: output.constraints.map { MeasuredMean($0, standardError: 0) }, cost: cost)
  }
}
