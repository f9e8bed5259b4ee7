// SPDX-License-Identifier: Apache-2.0

/// A weight matrix where it lies (usually in a mapped file): `rows` outputs by `columns` inputs.
package struct WeightMatrix: @unchecked Sendable {
  package let pointer: UnsafeRawPointer
  package let type: ElementType
  package let rows: Int
  package let columns: Int
  /// Keeps the memory alive: the mapped file or a buffer.
  private let owner: AnyObject
  let slot = WeightPanels.Slot()

  /// Fails when `bytes` is not exactly the size that shape and type need.
  package init(
    bytes: UnsafeRawBufferPointer, type: ElementType, rows: Int, columns: Int, owner: AnyObject
  ) throws(KernelError) {
    guard let base = bytes.baseAddress, rows > 0, columns > 0, columns % type.blockCount == 0,
      bytes.count / rows == type.bytes(for: columns), bytes.count % rows == 0
    else {
      throw KernelError(
        code: .shape,
        message:
          "\(bytes.count) bytes do not hold \(rows) rows of \(columns) weights as \(type.name)")
    }
    pointer = base
    self.type = type
    self.rows = rows
    self.columns = columns
    self.owner = owner
  }

  /// The same weights repacked, once `Compute.repack` has done so.
  package var panels: WeightPanels? { slot.panels }

  /// Whether `other` is the same bytes, read the same way.
  func isSame(as other: WeightMatrix) -> Bool {
    pointer == other.pointer && type == other.type && rows == other.rows
      && columns == other.columns
  }

  package var rowBytes: Int { type.bytes(for: columns) }
  package var bytes: Int { rowBytes * rows }
}
