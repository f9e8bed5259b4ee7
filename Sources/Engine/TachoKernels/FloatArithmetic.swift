// SPDX-License-Identifier: Apache-2.0

/// The arithmetic of products with float weights (F32, F16, BF16); quantised weights never take it.
///
/// `bf16` rounds weights and inputs to bfloat16 (to nearest, ties to even) and sums exact products in
/// float32, for one row as for many: rows computed in different batches differ by the order of sums
/// only. On normal random numbers the relative error of a product is 2.4e-3 (1.7e-3 for BF16 weights)
/// against float64, and 1.4e-6 in float32. The kernels of `avx512bf16` and `amx` for many rows also
/// take subnormal bfloat16 numbers (below 1.2e-38) for zero.
package enum FloatArithmetic: String, Sendable, CaseIterable {
  /// float32.
  case auto
  case f32
  case bf16

  func usesBF16(for weights: ElementType) -> Bool {
    self == .bf16 && !weights.isQuantized
  }
}
