// SPDX-License-Identifier: Apache-2.0

/// How much memory a unit of work asks for, whether or not it is given back.
package enum OSAllocatedBytes: MetricRule {
  package static let metric = Metric(
    id: "os/allocated-bytes", unit: .bytes, better: .lower,
    definition:
      """
      Bytes asked for by the heap allocations of os/allocations, per kernel call, per token read or generated, \
      or per load. Null with the reason where the worker cannot count them.
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    observation.heapReading(\.bytes)
  }
}
