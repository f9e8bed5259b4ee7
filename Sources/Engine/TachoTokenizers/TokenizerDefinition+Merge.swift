// SPDX-License-Identifier: Apache-2.0

/// The three symbols that a merge names.
enum MergePart: CaseIterable { case left, right, union }

extension TokenizerDefinition.Merge {
  /// The spelling of one of the three symbols.
  func spelling(_ part: MergePart) -> [UInt8] {
    switch part {
    case .left: return left
    case .right: return right
    case .union: return left + right
    }
  }

  /// The id of one of the three symbols in `table`, or -1.
  func find(_ part: MergePart, in table: SymbolTable) -> Int32 {
    if part == .union, leftEnd != rightStart { return table.find(left + right) }
    return bytes.withUnsafeBufferPointer { bytes in
      switch part {
      case .left: return table.find(UnsafeBufferPointer(rebasing: bytes[..<leftEnd]))
      case .right: return table.find(UnsafeBufferPointer(rebasing: bytes[rightStart...]))
      case .union: return table.find(bytes)
      }
    }
  }
}
