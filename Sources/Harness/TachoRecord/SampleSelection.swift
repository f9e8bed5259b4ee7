// SPDX-License-Identifier: Apache-2.0

/// Which samples statistics are made of: the one rule for the stop rule, progress, reports and exports.
///
/// Of one launch of a point (all the runs it took, if it was broken off and continued) warm-up never
/// counts. Samples flagged as contaminated are left out when the policy says to repeat them and the
/// launch has at least `samplesMin` samples that are not flagged; else all count, for then the machine
/// was as it was. A run whose policy is not on record counts them too. Nothing is ever deleted.
package enum SampleSelection {
  /// Whether flagged samples are left out of a launch with this many samples that are not flagged.
  package static func leavesOutFlagged(unflagged: Int, policy: MeasurementPolicy?) -> Bool {
    guard let policy, policy.contaminated == .repeat else { return false }
    return unflagged >= max(policy.samplesMin, 1)
  }

  /// The samples that count, for each of one launch's runs; its last run's policy decides.
  package static func counted(_ launch: [ResultSet.Run]) -> [[SampleRecord]] {
    let measured = launch.map { $0.samples.filter { !$0.warmup } }
    let unflagged = measured.reduce(0) { $0 + $1.count { $0.flag == nil && $0.isTimed } }
    guard leavesOutFlagged(unflagged: unflagged, policy: launch.last?.record.policy) else {
      return measured
    }
    return measured.map { $0.filter { $0.flag == nil } }
  }

  /// The values of one metric in the samples that count, of one launch's runs.
  package static func values(of metricID: String, in launch: [ResultSet.Run]) -> [Double] {
    counted(launch).joined().compactMap { sample in
      sample.measurements.first { $0.metric.id == metricID }?.reading.number
    }
  }
}
