// SPDX-License-Identifier: Apache-2.0

/// How keys and values are stored in a page.
package enum KVFormat: String, Sendable, CaseIterable {
  case f16
  case f32

  /// Bytes of one element.
  package var elementBytes: Int { self == .f16 ? 2 : 4 }
}
