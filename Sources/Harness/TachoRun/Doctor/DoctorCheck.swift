// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Looks at one thing that spoils measurements.
///
/// To add one: a file in `Checks/` with a conformance and one line in `Doctor.checks`.
package protocol DoctorCheck: Sendable {
  static func examine(_ patient: Examination) -> Finding
}

extension DoctorCheck {
  /// `12.5%`.
  static func percent(_ share: Double) -> String { String(format: "%.1f%%", share * 100) }

  /// Up to three significant digits.
  static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
