// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What one side of a launch pair reported of some metrics, by round.
package struct SideReadings: Sendable, Hashable {
  /// By metric, then by round.
  package private(set) var numbers: [String: [Int: Double]] = [:]
  /// Why a metric has no number, as it was said last.
  package private(set) var reasons: [String: String] = [:]

  package init() {}

  /// Takes up those of a sample's measurements that are among `names`.
  package mutating func add(_ measurements: [Measurement], round: Int, of names: Set<String>) {
    for measurement in measurements where names.contains(measurement.metric.id) {
      switch measurement.reading {
      case .value(let number): numbers[measurement.metric.id, default: [:]][round] = number
      case .unavailable(let reason): reasons[measurement.metric.id] = reason
      }
    }
  }
}
