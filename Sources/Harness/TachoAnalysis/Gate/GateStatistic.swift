// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a gate reduces a launch's samples to.
package enum GateStatistic: Sendable, Hashable {
  case launch(LaunchStatistic)
  /// The 95th percentile (type 7), for the slow end.
  case p95

  package init?(name: String) {
    if name == Self.p95.name {
      self = .p95
    } else if let statistic = LaunchStatistic(rawValue: name) {
      self = .launch(statistic)
    } else {
      return nil
    }
  }

  package var name: String {
    switch self {
    case .launch(let statistic): statistic.rawValue
    case .p95: "p95"
    }
  }

  package static let names = LaunchStatistic.allCases.map(\.rawValue) + [Self.p95.name]

  /// Of samples in any order; nil without one or when one is not finite.
  package func value(of samples: [Double]) -> Double? {
    switch self {
    case .launch(let statistic): return statistic.value(of: samples)
    case .p95:
      guard !samples.isEmpty, samples.allSatisfy(\.isFinite) else { return nil }
      return Percentile.value(95, ofSorted: samples.sorted())
    }
  }

  static func logRatio(base: Double, candidate: Double) -> Double? {
    guard base > 0, candidate > 0 else { return nil }
    return log(candidate / base)
  }
}
