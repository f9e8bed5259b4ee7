// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// A matrix that inputs are multiplied with, and the adapters beside it.
struct Projection: Sendable, Equatable {
  /// Where its elements begin.
  var offset = 0
  var adapters: [Adapter] = []
}

/// A low-rank addition to some rows of a projection (LoRA, Hu and others 2021): y += scale * up(down(x)).
struct Adapter: Sendable, Equatable {
  /// Where the matrices [rank][columns] and [rows][rank] begin.
  let down: Int
  let up: Int
  let rank: Int
  let scale: Double
  /// The rows of the projection it adds to.
  let first: Int
  let rows: Int
}

/// A product y = x * W^T, with x [count][columns] and W [rows][columns], forward and backward.
struct LinearStep<Scalar: TrainingScalar> {
  let operations: TrainingOperations<Scalar>
  let parameters: UnsafePointer<Scalar>
  /// For adapters: [count][rank] numbers.
  let scratch: UnsafeMutablePointer<Scalar>
  /// Elements below this place are trained.
  let trained: Int

  func forward(
    _ projection: Projection, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>,
    count: Int, rows: Int, columns: Int, beta: Scalar = 0
  ) {
    operations.product(
      count, rows, columns, 1, MatrixOperand(x, stride: columns),
      MatrixOperand(parameters + projection.offset, stride: columns, transposed: true), beta, y,
      rows)
    for adapter in projection.adapters {
      project(adapter, x, count: count, columns: columns)
      operations.product(
        count, adapter.rows, adapter.rank, Scalar(adapter.scale),
        MatrixOperand(scratch, stride: adapter.rank),
        MatrixOperand(parameters + adapter.up, stride: adapter.rank, transposed: true), 1,
        y + adapter.first, rows)
    }
  }

  /// dx = beta * dx + dy * W, and dW += dy^T * x where it is trained.
  func backward(
    _ projection: Projection, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>,
    _ dx: UnsafeMutablePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>, count: Int,
    rows: Int, columns: Int, beta: Scalar = 0
  ) {
    if projection.offset < trained {
      operations.product(
        rows, columns, count, 1, MatrixOperand(dy, stride: rows, transposed: true),
        MatrixOperand(x, stride: columns), 1, gradients + projection.offset, columns)
    }
    operations.product(
      count, columns, rows, 1, MatrixOperand(dy, stride: rows),
      MatrixOperand(parameters + projection.offset, stride: columns), beta, dx, columns)
    for adapter in projection.adapters {
      let (rank, scale) = (adapter.rank, Scalar(adapter.scale))
      let part = MatrixOperand(dy + adapter.first, stride: rows)
      project(adapter, x, count: count, columns: columns)
      operations.product(
        adapter.rows, rank, count, scale,
        MatrixOperand(dy + adapter.first, stride: rows, transposed: true),
        MatrixOperand(scratch, stride: rank), 1, gradients + adapter.up, rank)
      operations.product(
        count, rank, adapter.rows, scale, part,
        MatrixOperand(parameters + adapter.up, stride: rank),
        0, scratch, rank)
      operations.product(
        rank, columns, count, 1, MatrixOperand(scratch, stride: rank, transposed: true),
        MatrixOperand(x, stride: columns), 1, gradients + adapter.down, columns)
      operations.product(
        count, columns, rank, 1, MatrixOperand(scratch, stride: rank),
        MatrixOperand(parameters + adapter.down, stride: columns), 1, dx, columns)
    }
  }

  private func project(
    _ adapter: Adapter, _ x: UnsafePointer<Scalar>, count: Int, columns: Int
  ) {
    operations.product(
      count, adapter.rank, columns, 1, MatrixOperand(x, stride: columns),
      MatrixOperand(parameters + adapter.down, stride: columns, transposed: true), 0, scratch,
      adapter.rank)
  }
}
