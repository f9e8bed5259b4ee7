// SPDX-License-Identifier: Apache-2.0

/// The request that was submitted first.
package struct FirstComeFirstServed: SchedulingPolicy {
  package init() {}

  package func next(_ waiting: [Request]) -> Int? { waiting.indices.first }
}
