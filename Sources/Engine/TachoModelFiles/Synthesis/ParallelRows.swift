// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization
import TachoKernels

/// Splits a tensor's rows into parts of about 64k weights and works on them on all cores.
enum ParallelRows {
  private static let weightsPerPart = 1 << 16

  /// Calls `body` once for each part; the first error stops the parts not yet begun and is thrown.
  static func forEachPart(
    rows: Int, rowLength: Int, _ body: @Sendable (Range<Int>) throws -> Void
  ) throws {
    let rowsPerPart = max(1, weightsPerPart / max(1, rowLength))
    let parts = (rows + rowsPerPart - 1) / rowsPerPart
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      guard failure.withLock({ $0 == nil }) else { return }
      let first = part * rowsPerPart
      do {
        try body(first..<min(rows, first + rowsPerPart))
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Encodes the floats that `fill` makes for `rows` and writes them at their place in the tensor.
  static func encode(
    _ rows: Range<Int>, of entry: GGUFWriter.Entry, to sink: GGUFWriter.Sink,
    _ fill: (UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    let count = rows.count * entry.rowLength
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { values.deallocate() }
    values.initialize(repeating: 0)
    fill(values)
    let encoded = UnsafeMutableRawBufferPointer.allocate(
      byteCount: entry.type.bytes(for: count), alignment: 64)
    defer { encoded.deallocate() }
    entry.type.quantize(UnsafeBufferPointer(values), into: encoded, count: count)
    try sink.write(
      UnsafeRawBufferPointer(encoded), at: rows.lowerBound * entry.type.bytes(for: entry.rowLength))
  }
}
