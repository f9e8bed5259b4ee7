// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Synchronization

/// A quantised matrix once more, repacked for sixteen rows in the lanes of a vector: the layout that
/// panel kernels read, as `panel/panel.h` describes it.
package final class WeightPanels: @unchecked Sendable {
  package static let rowsPerPanel = Int(TK_PANEL_ROWS)

  /// Panels, of `panelBytes` bytes each.
  package let count: Int
  package let panelBytes: Int

  /// Bytes of all panels.
  package var bytes: Int { panelBytes * count }

  private let memory: AlignedBuffer<UInt8>
  private let offset: Int

  /// Panels of `weights`, not yet written, `offset` bytes into `memory`.
  init(of weights: WeightMatrix, in memory: AlignedBuffer<UInt8>, offset: Int) {
    panelBytes = Self.panelBytes(weights)
    count = Self.count(weights)
    self.memory = memory
    self.offset = offset
  }

  private static func panelBytes(_ weights: WeightMatrix) -> Int {
    tk_panel_bytes(weights.type.cFormat, weights.columns)
  }

  private static func count(_ weights: WeightMatrix) -> Int {
    (weights.rows + rowsPerPanel - 1) / rowsPerPanel
  }

  /// Whether the rows of `weights` fill a panel; fewer would take several times their bytes.
  static func fit(_ weights: WeightMatrix) -> Bool { weights.rows >= rowsPerPanel }

  /// Bytes that the panels of `weights` take; 0 for a format that has none.
  static func bytes(for weights: WeightMatrix) -> Int { panelBytes(weights) * count(weights) }

  package var pointer: UnsafeRawPointer { UnsafeRawPointer(memory.pointer + offset) }

  /// Writes one panel; different panels may be written at the same time.
  func repack(_ panel: Int, of weights: WeightMatrix) {
    let row = panel * Self.rowsPerPanel
    var args = tk_repack_args(
      format: weights.type.cFormat, rows: weights.pointer + row * weights.rowBytes,
      row_bytes: weights.rowBytes, count: min(Self.rowsPerPanel, weights.rows - row),
      columns: weights.columns, panel: memory.pointer + offset + panel * panelBytes)
    let status = tk_panel_repack(&args)
    assert(status == 0)
  }

  /// Holds a matrix's panels once all of them are written; copies of the matrix share it.
  final class Slot: Sendable {
    private let made = Mutex<WeightPanels?>(nil)

    var panels: WeightPanels? {
      get { made.withLock { $0 } }
      set { made.withLock { $0 = newValue } }
    }
  }
}
