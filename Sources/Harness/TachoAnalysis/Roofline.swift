// SPDX-License-Identifier: Apache-2.0

/// A piece of work under the two limits of a machine: its arithmetic at the peak rate, its traffic at the
/// memory's.
package struct Roofline: Sendable, Hashable {
  /// Declared operations and minimum traffic of the work; 0 where it has none.
  package let flops: Double
  package let bytes: Double
  /// Measured limits for the arithmetic and the threads of the work; nil when not known.
  package let flopsPerSecond: Double?
  package let bytesPerSecond: Double?

  package init(flops: Double, bytes: Double, flopsPerSecond: Double?, bytesPerSecond: Double?) {
    self.flops = flops
    self.bytes = bytes
    self.flopsPerSecond = flopsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  private var computeSeconds: Double? {
    flops > 0 ? flopsPerSecond.map { flops / $0 } : 0
  }

  private var memorySeconds: Double? {
    bytes > 0 ? bytesPerSecond.map { bytes / $0 } : 0
  }

  /// The least time that both limits allow; nil when one that matters is not known, or for no work.
  package var leastSeconds: Double? {
    guard flops > 0 || bytes > 0, let compute = computeSeconds, let memory = memorySeconds else {
      return nil
    }
    return max(compute, memory)
  }

  /// Operations a second that are attainable: min(peak, intensity times bandwidth); nil without
  /// operations or a limit.
  package var attainableFlopsPerSecond: Double? {
    guard flops > 0, let least = leastSeconds else { return nil }
    return flops / least
  }

  /// Whether the traffic takes longer than the arithmetic.
  package var isMemoryBound: Bool { (memorySeconds ?? 0) >= (computeSeconds ?? 0) }
}
