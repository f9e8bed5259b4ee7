// SPDX-License-Identifier: Apache-2.0

/// Whether a measurement's noise has shown what it is, so that more samples would tell nothing new about
/// it: the point is inherently noisy.
///
/// After each sample the relative standard deviation of all so far is one estimate of the noise. When the
/// later half of the estimates, at least 64 and at most 512 of them, vary by no more than 5% themselves,
/// the noise is stationary (the idea is NVBench's stopping criterion for noisy kernels). A burst keeps it
/// from being so for a while; a steady drift would not for long, so the means so far must not vary by more
/// either.
/// Cost: constant for each sample, the window for a look.
package struct StationaryNoise: Sendable, Hashable {
  package static let fewestEstimates = 64
  package static let mostEstimates = 512
  package static let tolerance = 0.05

  private var count = 0
  private var mean = 0.0
  /// Sum of squared deviations from the mean (Welford 1962).
  private var squares = 0.0
  private var estimates: [Double] = []
  /// The mean that each estimate was relative to.
  private var means: [Double] = []

  package init(_ values: [Double] = []) {
    for value in values { add(value) }
  }

  package mutating func add(_ value: Double) {
    count += 1
    let deviation = value - mean
    mean += deviation / Double(count)
    squares += deviation * (value - mean)
    guard count >= 2, mean != 0 else { return }
    estimates.append((squares / Double(count - 1)).squareRoot() / abs(mean))
    means.append(abs(mean))
  }

  /// Relative standard deviation of the samples so far; nil for fewer than 2.
  package var noise: Double? { estimates.last }

  /// The estimates that are looked at; nil while there are too few.
  package var window: Int? {
    guard estimates.count >= Self.fewestEstimates else { return nil }
    return min(max(Self.fewestEstimates, estimates.count / 2), Self.mostEstimates)
  }

  /// Relative standard deviation of the estimates of the window; nil while there are too few of them
  /// or nothing varies.
  package var spread: Double? {
    window.flatMap { Self.spread(estimates.suffix($0)) }
  }

  package var isStationary: Bool {
    guard let window, let spread, let drift = Self.spread(means.suffix(window)) else {
      return false
    }
    return spread <= Self.tolerance && drift <= Self.tolerance
  }

  private static func spread(_ values: ArraySlice<Double>) -> Double? {
    let mean = values.reduce(0, +) / Double(values.count)
    guard mean > 0 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot() / mean
  }
}
