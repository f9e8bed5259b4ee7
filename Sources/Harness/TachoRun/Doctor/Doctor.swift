// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Whether a machine is fit for measuring, and what would make it fitter.
package struct Doctor: Sendable {
  package enum Grade: String, Sendable, Hashable, Comparable, CaseIterable {
    case a = "A", b = "B", c = "C", d = "D", f = "F"

    /// A worse grade is less.
    package static func < (left: Grade, right: Grade) -> Bool { left.rawValue > right.rawValue }
  }

  package static let rule =
    "A: nothing found; B: minor findings only; C: one major; D: several major; F: a severe one. "
    + "Notes and what cannot be read have no weight."

  package static let checks: [any DoctorCheck.Type] = [
    DebugBuildCheck.self, ForeignLoadCheck.self, StealCheck.self, QuotaCheck.self,
    MemoryCheck.self, SwapCheck.self, PowerSupplyCheck.self, GovernorCheck.self, TurboCheck.self,
    ThrottleCheck.self, HybridCheck.self, SMTCheck.self, AffinityCheck.self, NUMACheck.self,
    VirtualMachineCheck.self, ClockCheck.self, HugePagesCheck.self, DefragCheck.self,
    ReservedPagesCheck.self, TickCheck.self, ASLRCheck.self, MitigationsCheck.self,
    CountersCheck.self, EnergyCheck.self, ThreadVariablesCheck.self,
  ]

  /// The worst first, else in the order of the list.
  package let findings: [Finding]

  package init(_ patient: Examination) {
    findings = Self.checks.map { $0.examine(patient) }.enumerated().sorted { left, right in
      left.element.severity == right.element.severity
        ? left.offset < right.offset : left.element.severity > right.element.severity
    }.map(\.element)
  }

  package var grade: Grade {
    let major = findings.count { $0.severity == .major }
    if findings.contains(where: { $0.severity == .severe }) { return .f }
    if major > 0 { return major == 1 ? .c : .d }
    return findings.contains { $0.severity == .minor } ? .b : .a
  }

  /// What a sweep keeps of it in its event `conditions`.
  package var conditions: [String: ConfigurationValue] {
    [
      "doctor.grade": .string(grade.rawValue),
      "doctor.findings": .array(
        findings.filter { $0.severity >= .minor }.map {
          .string("\($0.severity.rawValue): \($0.check): \($0.observed)")
        }),
    ]
  }
}
