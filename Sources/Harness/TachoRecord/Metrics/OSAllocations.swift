// SPDX-License-Identifier: Apache-2.0

/// How often a unit of work asks for memory.
package enum OSAllocations: MetricRule {
  package static let metric = Metric(
    id: "os/allocations", unit: .count, better: .lower,
    definition:
      """
      Heap allocations of all threads in the timed region (malloc, calloc, realloc and the aligned ones; \
      memory mapped directly is not among them) per kernel call, per token read or generated, or per load. \
      Null with the reason where the worker cannot count them.
      """)

  package static var repeatsExactly: Bool { true }

  package static func reading(of observation: Observation) -> Reading? {
    observation.heapReading(\.allocations)
  }
}

extension Observation {
  /// One of the heap's counts per unit of work; nil when the worker says nothing of its heap.
  func heapReading(_ count: KeyPath<HeapReading, Int?>) -> Reading? {
    guard let heap else { return nil }
    if let reason = heap.unavailable { return .unavailable(reason) }
    guard let total = heap[keyPath: count] else { return .unavailable("it was not counted") }
    guard workUnits > 0 else { return .unavailable("no call in the timed region") }
    return .value(Double(total) / Double(workUnits))
  }
}
