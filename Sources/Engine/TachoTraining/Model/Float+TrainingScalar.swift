// SPDX-License-Identifier: Apache-2.0
import CTachoTraining
package import TachoKernels

extension Float: TrainingScalar {
  package static func operations(_ isa: ISA) -> TrainingOperations<Float> {
    TrainingOperations(table(isa))
  }

  private static func table(_ isa: ISA) -> tt_operations_f32 {
    #if arch(x86_64)
      if isa >= .avx512, isa != .neon { return tt_operations_f32_avx512 }
      if isa == .avx2 { return tt_operations_f32_avx2 }
    #endif
    return tt_operations_f32_ref
  }
}

extension TrainingOperations where Scalar == Float {
  /// The C table as closures; counts go over as they are, because they come from shapes that were checked.
  fileprivate init(_ table: tt_operations_f32) {
    let softmax = table.softmax
    let softmaxBackward = table.softmax_backward
    let crossEntropy = table.cross_entropy
    self.init(
      product: {
        OpenBLAS.product(
          rows: $0, columns: $1, depth: $2, alpha: $3, $4, $5, beta: $6, out: $7, outStride: $8)
      },
      rmsNorm: table.rms_norm, rmsNormBackward: table.rms_norm_backward, rotate: table.rotate,
      softmax: { scores, rows, columns, scale, visible, lse, stride in
        var view = tt_visible_f32(visible)
        softmax(scores, rows, columns, scale, &view, lse, stride)
      },
      softmaxBackward: { scores, gradient, rows, columns, scale, visible, lse, delta, stride in
        var view = tt_visible_f32(visible)
        softmaxBackward(scores, gradient, rows, columns, scale, &view, lse, delta, stride)
      },
      rowDots: table.row_dots, activate: table.activate,
      activateBackward: table.activate_backward,
      crossEntropy: { logits, rows, vocabulary, goal, gradient, losses, hits in
        var view = tt_goal_f32(
          targets: goal.targets, weights: goal.weights, scale: goal.scale, teacher: goal.teacher,
          distillation: goal.distillation, temperature: goal.temperature)
        return crossEntropy(logits, rows, vocabulary, &view, gradient ? 1 : 0, losses, hits)
      },
      add: table.add, sumSquares: table.sum_squares, adamW: table.adamw, gather: table.gather,
      scatter: table.scatter, gatherDots: table.gather_dots, route: table.route,
      routeBackward: table.route_backward)
  }
}

extension tt_visible_f32 {
  fileprivate init(_ visible: TrainingOperations<Float>.Visible) {
    self.init(
      first: visible.first, end: visible.end, mask: visible.mask, mask_stride: visible.maskStride)
  }
}
