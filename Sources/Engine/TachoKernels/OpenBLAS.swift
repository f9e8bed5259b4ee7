// SPDX-License-Identifier: Apache-2.0
import COpenBLAS

/// The system's BLAS: the yardstick for our own float32 products, and what training will multiply with.
package enum OpenBLAS {
  /// `out[b][row] = weights[row] * input[b]`; all float32, row-major and contiguous.
  package static func multiply(
    weights: UnsafePointer<Float>, rows: Int, columns: Int, input: UnsafePointer<Float>,
    batch: Int, out: UnsafeMutablePointer<Float>, threads: Int
  ) {
    openblas_set_num_threads(Int32(clamping: threads))
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(batch), blasint(rows), blasint(columns), 1,
      input, blasint(columns), weights, blasint(columns), 0, out, blasint(rows))
  }

  /// The kernels it chose for this CPU, for example `SkylakeX`.
  package static var core: String {
    openblas_get_corename().map { String(cString: $0) } ?? "unknown"
  }

  /// Version and how it was built, for example `OpenBLAS 0.3.21 DYNAMIC_ARCH ...`.
  package static var configuration: String {
    openblas_get_config().map { String(cString: $0) } ?? "unknown"
  }
}
