// SPDX-License-Identifier: Apache-2.0

extension Observation {
  /// The time that warm-up, stopping and comparisons go by: of one kernel call, or of the whole timed
  /// region.
  package var secondsPerCall: Double {
    guard let iterations, iterations > 0 else { return seconds }
    return seconds / Double(iterations)
  }
}
