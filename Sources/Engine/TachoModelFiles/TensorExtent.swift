// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// A tensor's dimensions turned into its size, with every product checked.
struct TensorExtent {
  let dimensions: [Int]
  let elementCount: Int
  let byteCount: Int

  /// `sizes` with the row length first; nil when one is 0, a product overflows, or a row is not a
  /// whole number of the type's blocks.
  init?(sizes: [UInt64], type: ElementType) {
    var dimensions: [Int] = []
    var elements = 1
    for size in sizes {
      guard size > 0, let value = Int(exactly: size) else { return nil }
      let (product, overflow) = elements.multipliedReportingOverflow(by: value)
      guard !overflow else { return nil }
      elements = product
      dimensions.append(value)
    }
    guard let row = dimensions.first, row % type.blockCount == 0 else { return nil }
    let (bytes, overflow) = (elements / type.blockCount)
      .multipliedReportingOverflow(by: type.blockBytes)
    guard !overflow else { return nil }
    self.dimensions = dimensions
    elementCount = elements
    byteCount = bytes
  }
}
