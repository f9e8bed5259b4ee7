// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Where a tensor's numbers lie in a safetensors file.
package struct SafetensorsTensor: Sendable, Hashable {
  package let name: String
  package let type: ElementType
  /// In Hugging Face's order: rows first, the row length last.
  package let shape: [Int]
  package let byteCount: Int
  /// Which shard holds it, and where from that file's start.
  let shard: Int
  let offset: Int

  package var elementCount: Int { shape.reduce(1, *) }
}
