// SPDX-License-Identifier: Apache-2.0

/// What one check found: what was seen, what it costs a measurement, and what mends it.
package struct Finding: Sendable, Hashable {
  /// How much it matters, the least first.
  package enum Severity: String, Sendable, Hashable, Comparable, CaseIterable {
    /// As it should be; could not be read; worth knowing, without weight.
    case ok, unknown, note
    /// Makes figures vary or differ from another machine's; makes them wrong by a few percent or more;
    /// makes them worthless.
    case minor, major, severe

    package static func < (left: Severity, right: Severity) -> Bool {
      let order = Severity.allCases
      return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
  }

  package enum Remedy: Sendable, Hashable {
    /// A command to type.
    case command(String)
    /// Not to be changed from here, and who can: "inside this virtual machine: ...".
    case none(String)

    package var text: String {
      switch self {
      case .command(let command): command
      case .none(let place): "cannot be changed \(place)"
      }
    }
  }

  package var check: String
  package var severity: Severity
  package var observed: String
  package var cost: String?
  package var remedy: Remedy?

  package init(
    _ check: String, _ severity: Severity, _ observed: String, cost: String? = nil,
    remedy: Remedy? = nil
  ) {
    self.check = check
    self.severity = severity
    self.observed = observed
    self.cost = cost
    self.remedy = remedy
  }
}
