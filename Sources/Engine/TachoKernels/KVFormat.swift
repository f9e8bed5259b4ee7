// SPDX-License-Identifier: Apache-2.0

/// How keys and values are stored in a page.
///
/// The quantised formats hold blocks of 32 neighbouring elements of a token's K or V as codes with one
/// f16 scale, as GGUF's formats of the same names do; where codes and scales lie is in `ops.h`.
package enum KVFormat: String, Sendable, CaseIterable {
  case f16
  case f32
  case bf16
  case q8_0
  case q4_0

  /// Elements that share a scale; a head's dimension is a multiple of it.
  package var blockCount: Int {
    switch self {
    case .f16, .f32, .bf16: 1
    case .q8_0, .q4_0: 32
    }
  }

  /// Bytes of a block with its scale.
  package var blockBytes: Int {
    switch self {
    case .f16, .bf16: 2
    case .f32: 4
    case .q8_0: 34
    case .q4_0: 18
    }
  }

  /// Bytes of `count` elements, a multiple of `blockCount`.
  package func bytes(of count: Int) -> Int { count / blockCount * blockBytes }
}
