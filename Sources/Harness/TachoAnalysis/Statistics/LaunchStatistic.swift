// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What one number a launch's samples are reduced to before launches are compared.
///
/// Which of them varies least from launch to launch depends on the benchmark and the machine
/// (`TightestStatistic` tells). To add one: a case, its definition and its value.
package enum LaunchStatistic: String, Sendable, Hashable, Codable, CaseIterable {
  case minimum, p10, p25, median, mean
  case trimmedMean = "trimmed-mean"

  /// The share cut off at each end for the trimmed mean, whole samples rounded down.
  static let trimmed = 0.1

  package var definition: String {
    switch self {
    case .minimum: return "the smallest sample"
    case .p10: return "the 10th percentile (type 7)"
    case .p25: return "the 25th percentile (type 7)"
    case .median: return "the middle sample, or the mean of the two"
    case .mean: return "the arithmetic mean"
    case .trimmedMean: return "the mean without the smallest and the largest 10% of the samples"
    }
  }

  /// Of samples in any order; nil without one or when one is not finite.
  package func value(of samples: [Double]) -> Double? {
    guard !samples.isEmpty, samples.allSatisfy(\.isFinite) else { return nil }
    let sorted = samples.sorted()
    switch self {
    case .minimum: return sorted[0]
    case .p10: return Percentile.value(10, ofSorted: sorted)
    case .p25: return Percentile.value(25, ofSorted: sorted)
    case .median: return Percentile.value(50, ofSorted: sorted)
    case .mean: return Self.mean(sorted[...])
    case .trimmedMean:
      let cut = Int(Double(sorted.count) * Self.trimmed)
      return Self.mean(sorted[cut..<(sorted.count - cut)])
    }
  }

  /// ln(second / first) for each pair of launches; a pair without two positive values is left out.
  package func logRatios(ofPairs pairs: [(first: [Double], second: [Double])]) -> [Double] {
    pairs.compactMap { pair in
      guard let first = value(of: pair.first), let second = value(of: pair.second), first > 0,
        second > 0
      else { return nil }
      return log(second / first)
    }
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double {
    let origin = values.first ?? 0
    return origin + values.reduce(0) { $0 + ($1 - origin) } / Double(values.count)
  }
}
