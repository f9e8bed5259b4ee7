// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// The input of one or more matrix products, converted once to the layouts their kernels read.
package final class Activations: @unchecked Sendable {
  let q: AlignedBuffer<Int8>
  let scales: AlignedBuffer<Float>
  let sums: AlignedBuffer<Float>
  let transposed: AlignedBuffer<Float>
  private(set) var source: UnsafePointer<Float>?
  private(set) var rows = 0
  private(set) var columns = 0

  /// More rows than this go through the tile kernels.
  static let rowKernelLimit = 4

  package init(maxRows: Int, maxColumns: Int) {
    let tiles = (maxRows + Int(TK_TILE) - 1) / Int(TK_TILE)
    let padded = maxRows > Self.rowKernelLimit ? tiles * Int(TK_TILE) : maxRows
    q = AlignedBuffer(count: padded * maxColumns + 64)
    scales = AlignedBuffer(count: padded * (maxColumns / 32 + 1) + 16)
    sums = AlignedBuffer(
      count: maxRows > Self.rowKernelLimit ? padded * (maxColumns / 16 + 1) : 0)
    transposed = AlignedBuffer(count: maxRows > Self.rowKernelLimit ? padded * maxColumns : 0)
  }

  var tiled: Bool { rows > Self.rowKernelLimit }
  var tiles: Int { (rows + Int(TK_TILE) - 1) / Int(TK_TILE) }

  func describe(_ source: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.source = source
    self.rows = rows
    self.columns = columns
  }
}
