// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Which waiting request is admitted next.
///
/// To add one: a file here and one line in `SchedulingPolicies.all`.
package protocol SchedulingPolicy: Sendable {
  /// The index of the request to admit; nil to admit none yet.
  ///
  /// - Parameter waiting: in the order they were submitted; not empty.
  func next(_ waiting: [Request]) -> Int?
}

/// Every policy a configuration may name as `scheduler.policy`: one line each.
package enum SchedulingPolicies {
  package static let all = Catalog<any SchedulingPolicy>(
    "scheduling policy",
    [
      .init("fcfs", "First come, first served.") { FirstComeFirstServed() }
    ])
}
