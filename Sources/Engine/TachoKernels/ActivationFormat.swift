// SPDX-License-Identifier: Apache-2.0

/// What the inputs of a matrix product are rounded to.
package enum ActivationFormat: String, Sendable, CaseIterable {
  /// int8 in blocks of 32 for quantised weights, float32 for float weights.
  case auto
  /// float32 always: quantised weights are dequantised exactly.
  case f32
  /// int8 in blocks of 32 wherever the weights are quantised; the same as `auto` today.
  case q8

  func usesInt8(for weights: ElementType) -> Bool {
    self != .f32 && weights.isQuantized
  }
}
