// SPDX-License-Identifier: Apache-2.0

/// A token that is looked for in the text itself instead of being merged from pieces.
package struct AddedToken: Sendable, Equatable {
  package var id: Int32
  package var content: [UInt8]
  /// Taken from the text only when the caller parses special tokens.
  package var isSpecial: Bool
  /// Swallows the white space before or after it.
  package var stripsLeft = false
  package var stripsRight = false
  /// Matches only where no word character touches it.
  package var isSingleWord = false
  /// Looked for after normalisation, in its own normalised spelling.
  package var isNormalized = false

  package init(id: Int32, content: [UInt8], isSpecial: Bool) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
  }
}
