// SPDX-License-Identifier: Apache-2.0

/// Heap allocations of all of a worker's threads in a timed region, or why they were not counted.
package struct HeapReading: Sendable, Hashable, Codable {
  /// Calls of malloc, calloc, realloc and their aligned kin, and the bytes they asked for.
  package var allocations: Int?
  package var bytes: Int?
  /// Why there are no counts; nil when there are.
  package var unavailable: String?

  package init(allocations: Int, bytes: Int) {
    self.allocations = allocations
    self.bytes = bytes
  }

  package init(unavailable: String) {
    self.unavailable = unavailable
  }
}
