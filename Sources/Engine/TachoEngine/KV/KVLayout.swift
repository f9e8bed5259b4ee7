// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// The shape of one layer's pages: for each KV head, K transposed `[head_dim][page_tokens]`, and V
/// `[page_tokens][head_dim]`.
///
/// Layers may differ.
package struct KVLayout: Sendable, Hashable {
  package var heads: Int
  package var headDimension: Int
  package var pageTokens: Int
  package var format: KVFormat

  package init(heads: Int, headDimension: Int, pageTokens: Int, format: KVFormat) {
    self.heads = heads
    self.headDimension = headDimension
    self.pageTokens = pageTokens
    self.format = format
  }

  /// Bytes of one head's K (or V) in a page: the distance between heads.
  package var headBytes: Int { format.bytes(of: headDimension * pageTokens) }

  /// Bytes of a page: K and V of every head.
  package var pageBytes: Int { 2 * heads * headBytes }

  /// Bytes of K and V that one token adds, scales included.
  package var tokenBytes: Int { 2 * heads * format.bytes(of: headDimension) }

  /// Throws when a head is not whole blocks of the format.
  package func check() throws {
    guard headDimension % format.blockCount == 0 else {
      throw EngineError(
        .badConfiguration,
        "kv.format \(format.rawValue) holds blocks of \(format.blockCount) elements, and a head of "
          + "this model has \(headDimension): use f16, bf16 or f32")
    }
  }
}
