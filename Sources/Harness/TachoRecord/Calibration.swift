// SPDX-License-Identifier: Apache-2.0

/// What is known of a machine from calibrations taken at another time than a sweep.
package struct Calibration: Sendable {
  /// A sweep that measured the machine's limits; nil when there is none.
  package var limits: ResultSet.Sweep?
  /// What differs between the sweep and that calibration, in words: its age, the kernel, the governor.
  package var remarks: [String]
  /// Sweeps of launch pairs of one build against itself, the latest first.
  package var noise: [ResultSet.Sweep]

  package init(limits: ResultSet.Sweep?, remarks: [String] = [], noise: [ResultSet.Sweep] = []) {
    self.limits = limits
    self.remarks = remarks
    self.noise = noise
  }

  /// `the calibration of 2026-11-21`, with what is to be said of it.
  package var name: String? {
    limits.map { limits in
      let date = limits.record.startedAt.prefix(10)
      return "the calibration of \(date)"
        + (remarks.isEmpty ? "" : " (" + remarks.joined(separator: "; ") + ")")
    }
  }
}
