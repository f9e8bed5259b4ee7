// SPDX-License-Identifier: Apache-2.0
package import CTachoTraining
package import TachoKernels

/// A number type that models are trained in: float32 is the fast one, float64 is for checking gradients.
package protocol TrainingScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The loops of an instruction set, or of the highest below it that has any.
  static func operations(_ isa: ISA) -> TrainingOperations<Self>
}

/// The loops of training in one number type: the C table of `operations.def`, which documents each, and
/// BLAS's product.
package struct TrainingOperations<Scalar: TrainingScalar>: @unchecked Sendable {
  package typealias Source = UnsafePointer<Scalar>
  package typealias Target = UnsafeMutablePointer<Scalar>
  package typealias Rows = UnsafePointer<Int32>

  /// out = a * b + beta * out, `a` being rows by depth: (rows, columns, depth, alpha, a, b, beta, out, stride).
  package let product:
    (
      Int, Int, Int, Scalar, MatrixOperand<Scalar>, MatrixOperand<Scalar>, Scalar, Target, Int
    ) -> Void
  package let rmsNorm: (Source, Source, Target, Target, Int, Int, Scalar) -> Void
  package let rmsNormBackward: (Source, Source, Source, Source, Target, Target?, Int, Int) -> Void
  package let rotate: (Target, Int, Int, Int, Int, Int, Source, Source, Rows, Scalar) -> Void
  /// Takes scores, rows, columns, scale, visible, lse, its stride.
  package let softmax: (Target, Int, Int, Scalar, Visible, Target, Int) -> Void
  /// Takes scores, gradient, rows, columns, scale, visible, lse, delta, the stride of both.
  package let softmaxBackward:
    (Target, Target, Int, Int, Scalar, Visible, Source, Source, Int) -> Void
  package let rowDots: (Source, Source, Int, Int, Int, Target, Int) -> Void
  package let activate: (tt_activation, Source, Target, Int, Int) -> Void
  package let activateBackward: (tt_activation, Source, Source, Target, Int, Int) -> Void
  /// Takes logits, rows, vocabulary, goal, whether gradients are wanted, losses, hits.
  package let crossEntropy:
    (Target, Int, Int, Goal, Bool, Target?, UnsafeMutablePointer<UInt8>?) -> Double
  package let add: (Target, Source, Scalar, Int) -> Void
  package let sumSquares: (Source, Int) -> Double
  package let adamW:
    (
      Target, Source, Target, Target, Int, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar
    ) -> Void
  package let gather: (Source, Rows, Source?, Target, Int, Int) -> Void
  package let scatter: (Source, Rows, Source?, Target, Int, Int) -> Void
  package let gatherDots: (Source, Rows, Source, Target, Int, Int) -> Void
  package let route: (Target, Int, Int, Int, UnsafeMutablePointer<Int32>, Target) -> Void
  package let routeBackward: (Source, Rows, Source, Source, Source, Target, Int, Int, Int) -> Void

  /// Which keys the queries of a block see: keys `first ..< end` of the block for each, or of these those
  /// that the mask has.
  package struct Visible {
    package let first: Rows
    package let end: Rows
    package let mask: UnsafePointer<UInt8>?
    package let maskStride: Int

    package init(
      first: Rows, end: Rows, mask: UnsafePointer<UInt8>? = nil, maskStride: Int = 0
    ) {
      self.first = first
      self.end = end
      self.mask = mask
      self.maskStride = maskStride
    }
  }

  /// What rows of logits are to learn; see `tt_goal`.
  package struct Goal {
    package let targets: Rows
    package let weights: Source
    package let scale: Scalar
    package let teacher: Target?
    package let distillation: Scalar
    package let temperature: Scalar

    package init(
      targets: Rows, weights: Source, scale: Scalar, teacher: Target? = nil,
      distillation: Scalar = 0, temperature: Scalar = 1
    ) {
      self.targets = targets
      self.weights = weights
      self.scale = scale
      self.teacher = teacher
      self.distillation = distillation
      self.temperature = temperature
    }
  }
}
