// SPDX-License-Identifier: Apache-2.0

/// What a gate says of one of its members.
package enum GateVerdict: String, Sendable, Hashable, Codable, CaseIterable {
  /// Not slower by what must not pass.
  case pass
  /// Slower than is tolerated.
  case fail
  /// Neither could be shown with the pairs there were.
  case inconclusive
  /// Slower, but not in a build of the same code with another layout: reported, not failed.
  case layout
  /// The output is not the base's.
  case different
  /// The candidate does not run where the base does.
  case broken
  /// Neither side can measure it here.
  case skipped
  /// The base does not run: nothing can be said.
  case unmeasured

  /// Whether it makes a job red.
  package var isFailure: Bool { self == .fail || self == .different || self == .broken }
}
