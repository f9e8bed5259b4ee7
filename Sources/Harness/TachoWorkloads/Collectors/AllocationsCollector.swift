// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
package import TachoRecord

/// Heap allocations of the whole process in the timed region, counted by the program itself
/// (`CTachoPerf/heap.c`): half a nanosecond for each.
package final class AllocationsCollector: Collector {
  private var before = tacho_heap_counts()
  private var after = tacho_heap_counts()

  package init(_ request: CollectorRequest) throws {}

  package func begin() { before = tacho_heap_counts_now() }

  package func end() { after = tacho_heap_counts_now() }

  package func report(into observation: inout Observation) {
    if let reason = tacho_heap_uncounted() {
      observation.heap = HeapReading(unavailable: String(cString: reason))
    } else {
      observation.heap = HeapReading(
        allocations: Int(truncatingIfNeeded: after.calls &- before.calls),
        bytes: Int(truncatingIfNeeded: after.bytes &- before.bytes))
    }
  }
}
