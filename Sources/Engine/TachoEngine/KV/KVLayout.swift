// SPDX-License-Identifier: Apache-2.0

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
  package var headBytes: Int { headDimension * pageTokens * format.elementBytes }

  /// Bytes of a page: K and V of every head.
  package var pageBytes: Int { 2 * heads * headBytes }

  /// Bytes of K and V that one token adds.
  package var tokenBytes: Int { 2 * heads * headDimension * format.elementBytes }
}
