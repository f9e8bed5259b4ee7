// SPDX-License-Identifier: Apache-2.0
import COpenBLAS

/// A matrix as BLAS takes it: row-major, rows `stride` elements apart, perhaps read transposed.
package struct MatrixOperand<Scalar> {
  package let pointer: UnsafePointer<Scalar>
  package let stride: Int
  package let isTransposed: Bool

  package init(_ pointer: UnsafePointer<Scalar>, stride: Int, transposed: Bool = false) {
    self.pointer = pointer
    self.stride = stride
    isTransposed = transposed
  }

  fileprivate var order: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

extension OpenBLAS {
  /// Every product runs on the thread that asks for it: for callers that divide the work themselves.
  ///
  /// A setting of the whole process, until `multiply(weights:...)` sets another.
  package static func useOneThread() { openblas_set_num_threads(1) }

  /// `out = alpha * a * b + beta * out` in float32, `a` being `rows` by `depth`, `b` `depth` by `columns`.
  package static func product(
    rows: Int, columns: Int, depth: Int, alpha: Float = 1, _ a: MatrixOperand<Float>,
    _ b: MatrixOperand<Float>, beta: Float = 0, out: UnsafeMutablePointer<Float>, outStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, a.order, b.order, blasint(rows), blasint(columns), blasint(depth), alpha,
      a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, out, blasint(outStride))
  }

  /// The same in float64.
  package static func product(
    rows: Int, columns: Int, depth: Int, alpha: Double = 1, _ a: MatrixOperand<Double>,
    _ b: MatrixOperand<Double>, beta: Double = 0, out: UnsafeMutablePointer<Double>, outStride: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, a.order, b.order, blasint(rows), blasint(columns), blasint(depth), alpha,
      a.pointer, blasint(a.stride), b.pointer, blasint(b.stride), beta, out, blasint(outStride))
  }
}
