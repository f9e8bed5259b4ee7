// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// The input of one or more matrix products, converted once to the layouts their kernels read.
package final class Activations: @unchecked Sendable {
  let q: AlignedBuffer<Int8>
  let scales: AlignedBuffer<Float>
  let sums: AlignedBuffer<Float>
  let transposed: AlignedBuffer<Float>
  /// For panel kernels: rows padded to 64 columns, and to 16 rows.
  ///
  /// Sums and counts hold those of 32 columns, then those of 16.
  let panelCodes: AlignedBuffer<Int8>
  let panelRaisedCodes: AlignedBuffer<UInt8>
  let panelScales: AlignedBuffer<Float>
  let panelSums: AlignedBuffer<Float>
  let panelCounts: AlignedBuffer<Int32>
  private var rounded: AlignedBuffer<Float>?
  private let maxRows: Int
  private let maxColumns: Int
  private(set) var source: UnsafePointer<Float>?
  private(set) var rows = 0
  private(set) var columns = 0

  /// More rows than this go through the tile kernels.
  static let rowKernelLimit = 4

  /// The same for products in float arithmetic, whose row kernels read the weights once for all rows.
  package static let floatRowLimit = 16

  package init(maxRows: Int, maxColumns: Int) {
    self.maxRows = maxRows
    self.maxColumns = maxColumns
    let tiles = (maxRows + Int(TK_TILE) - 1) / Int(TK_TILE)
    let padded = maxRows > Self.rowKernelLimit ? tiles * Int(TK_TILE) : maxRows
    let codes = tiles * Int(TK_TILE) * Self.stride(maxColumns)
    panelCodes = AlignedBuffer(count: codes)
    panelRaisedCodes = AlignedBuffer(count: codes)
    panelScales = AlignedBuffer(count: codes / 32)
    panelSums = AlignedBuffer(count: codes / 32 + codes / 16)
    panelCounts = AlignedBuffer(count: codes / 32 + codes / 16)
    q = AlignedBuffer(count: padded * maxColumns + 64)
    scales = AlignedBuffer(count: padded * (maxColumns / 32 + 1) + 16)
    sums = AlignedBuffer(
      count: maxRows > Self.rowKernelLimit ? padded * (maxColumns / 16 + 1) : 0)
    transposed = AlignedBuffer(count: maxRows > Self.floatRowLimit ? padded * maxColumns : 0)
  }

  /// All memory that a conversion may write and products read, as far as it is allocated.
  package var memory: [(start: UnsafeRawPointer, count: Int)] {
    func of<Element>(_ buffer: AlignedBuffer<Element>) -> (UnsafeRawPointer, Int) {
      (UnsafeRawPointer(buffer.pointer), buffer.count * MemoryLayout<Element>.stride)
    }
    return [
      of(q), of(scales), of(sums), of(transposed), of(panelCodes), of(panelRaisedCodes),
      of(panelScales), of(panelSums), of(panelCounts),
    ] + (rounded.map { [of($0)] } ?? [])
  }

  /// Columns of a row of panel activations.
  static func stride(_ columns: Int) -> Int { (columns + 63) / 64 * 64 }

  /// Where panel kernels find this input.
  var panelView: tk_panel_activations {
    let stride = Self.stride(columns)
    let groups = (rows + Int(TK_TILE) - 1) / Int(TK_TILE) * Int(TK_TILE) * stride / 32
    return tk_panel_activations(
      rows: rows, columns: columns, stride: stride, q: panelCodes.pointer,
      raised: panelRaisedCodes.pointer,
      scales: panelScales.pointer, minus32: panelCounts.pointer, sums32: panelSums.pointer,
      minus16: panelCounts.pointer + groups, sums16: panelSums.pointer + groups)
  }

  /// Inputs rounded to bfloat16: rows of float32, or tiles of pairs.
  ///
  /// Allocated when first asked for, because few configurations need it.
  var bfloats: UnsafeMutablePointer<Float> {
    if let rounded { return rounded.pointer }
    let fewRows = min(maxRows, Self.floatRowLimit) * maxColumns
    let tiles = (maxRows + Int(TK_TILE) - 1) / Int(TK_TILE)
    let pairs = tiles * Int(TK_TILE) * tk_bf16_columns(maxColumns) / 2
    let buffer = AlignedBuffer<Float>(count: max(fewRows, maxRows > Self.floatRowLimit ? pairs : 0))
    rounded = buffer
    return buffer.pointer
  }

  var floatTiled: Bool { rows > Self.floatRowLimit }
  var tiled: Bool { rows > Self.rowKernelLimit }
  var tiles: Int { (rows + Int(TK_TILE) - 1) / Int(TK_TILE) }

  func describe(_ source: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.source = source
    self.rows = rows
    self.columns = columns
  }
}
