// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

extension ElementType {
  /// Decodes `count` weights (a multiple of `blockCount`), exactly as the format defines them.
  ///
  /// `source` holds at least `bytes(for: count)` bytes, at any alignment.
  package func dequantize(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>, count: Int
  ) {
    precondition(count % blockCount == 0, "rows are whole blocks")
    precondition(source.count >= bytes(for: count) && target.count >= count, "buffers too small")
    guard count > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
    // -1 would mean a format without a C converter, which the enumeration excludes.
    _ = tk_dequantize(cFormat, from, to, count)
  }

  /// Encodes `count` weights (a multiple of `blockCount`); the counterpart of `dequantize`.
  package func quantize(
    _ source: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawBufferPointer, count: Int
  ) {
    precondition(count % blockCount == 0, "rows are whole blocks")
    precondition(target.count >= bytes(for: count) && source.count >= count, "buffers too small")
    guard count > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
    _ = tk_quantize(cFormat, from, to, count)
  }
}
