// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Where a tensor's numbers lie in a GGUF file.
package struct GGUFTensor: Sendable, Hashable {
  package let name: String
  package let type: ElementType
  /// In GGUF's order: the row length first, then the number of rows.
  package let dimensions: [Int]
  /// From the start of the file; a multiple of the file's alignment.
  package let offset: Int
  package let byteCount: Int

  package var rowLength: Int { dimensions.first ?? 0 }
  package var elementCount: Int { dimensions.reduce(1, *) }
  /// All dimensions but the first multiplied: how many rows of `rowLength` weights there are.
  package var rowCount: Int { dimensions.dropFirst().reduce(1, *) }
}
