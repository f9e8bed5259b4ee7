// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// A quantised matrix once more, repacked for sixteen rows in the lanes of a vector: the layout that
/// panel kernels read, as `panel/panel.h` describes it.
package final class WeightPanels: @unchecked Sendable {
  package static let rowsPerPanel = Int(TK_PANEL_ROWS)

  package let count: Int
  package let panelBytes: Int
  private let memory: AlignedBuffer<UInt8>

  /// Room for the panels of `weights`, not yet written; nil for a format that has none.
  init?(for weights: WeightMatrix) {
    panelBytes = tk_panel_bytes(weights.type.cFormat, weights.columns)
    guard panelBytes > 0 else { return nil }
    count = (weights.rows + Self.rowsPerPanel - 1) / Self.rowsPerPanel
    // Whoever repacks a panel touches its pages first: neither zeroing nor page faults are serial.
    memory = AlignedBuffer(uninitializedCount: count * panelBytes)
  }

  package var pointer: UnsafeRawPointer { UnsafeRawPointer(memory.pointer) }
  package var bytes: Int { count * panelBytes }

  /// Writes one panel; different panels may be written at the same time.
  func repack(_ panel: Int, of weights: WeightMatrix) {
    let row = panel * Self.rowsPerPanel
    var args = tk_repack_args(
      format: weights.type.cFormat, rows: weights.pointer + row * weights.rowBytes,
      row_bytes: weights.rowBytes, count: min(Self.rowsPerPanel, weights.rows - row),
      columns: weights.columns, panel: memory.pointer + panel * panelBytes)
    let status = tk_panel_repack(&args)
    assert(status == 0)
  }

  /// Holds a matrix's panels once they are made; copies of the matrix share it.
  final class Slot: @unchecked Sendable {
    var panels: WeightPanels?
  }
}
