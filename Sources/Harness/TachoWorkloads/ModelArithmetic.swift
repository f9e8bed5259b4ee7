// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels

/// In which arithmetic weights are multiplied: what a peak rate is chosen by.
enum ModelArithmetic {
  static func of(
    _ type: ElementType, _ activations: ActivationFormat, _ floats: FloatArithmetic
  ) -> PeakKernel.Arithmetic {
    if type.isQuantized { return activations == .f32 ? .f32 : .int8 }
    return floats == .bf16 ? .bf16 : .f32
  }

  /// That of most multiply-adds of a forward pass; attention is not counted.
  static func most(of model: Model, _ configuration: EngineConfiguration) -> PeakKernel.Arithmetic {
    most(of: model.matrices, configuration.activations, configuration.floatArithmetic)
  }

  /// That of most multiply-adds with these matrices.
  static func most(
    of matrices: [WeightMatrix], _ activations: ActivationFormat, _ floats: FloatArithmetic
  ) -> PeakKernel.Arithmetic {
    var elements: [PeakKernel.Arithmetic: Int] = [:]
    for matrix in matrices {
      let arithmetic = of(matrix.type, activations, floats)
      elements[arithmetic, default: 0] += matrix.rows * matrix.columns
    }
    return PeakKernel.Arithmetic.allCases.max { (elements[$0] ?? 0) < (elements[$1] ?? 0) } ?? .f32
  }
}
