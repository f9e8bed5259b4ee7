// SPDX-License-Identifier: Apache-2.0

/// Turns tokens into text as they come, holding back a character until its last byte is there.
package struct TokenStream: Sendable {
  private let tokenizer: any Tokenizer
  private var pending: [UInt8] = []
  private var mayStrip: Bool
  private let includesSpecial: Bool

  /// Starts at the beginning of a text; pass `continuing: true` after a prompt, where a leading
  /// space belongs to the text.
  package init(_ tokenizer: any Tokenizer, continuing: Bool = false, includeSpecial: Bool = false) {
    self.tokenizer = tokenizer
    mayStrip = tokenizer.stripsLeadingSpace && !continuing
    includesSpecial = includeSpecial
  }

  /// The text that `id` completes; empty while a character is still in pieces.
  package mutating func append(_ id: Int32) -> String {
    guard includesSpecial || !tokenizer.isHidden(id) else { return "" }
    let piece = tokenizer.piece(of: id)
    pending += mayStrip && piece.first == 0x20 ? piece.dropFirst() : piece[...]
    mayStrip = mayStrip && piece.isEmpty
    let end = pending.count - Self.unfinishedBytes(pending)
    let text = String(decoding: pending[..<end], as: UTF8.self)
    pending.removeFirst(end)
    return text
  }

  /// What is left at the end; bytes that never became a character turn into U+FFFD.
  package mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end may still grow into one character (0 to 3).
  private static func unfinishedBytes(_ bytes: [UInt8]) -> Int {
    for back in stride(from: 1, through: min(3, bytes.count), by: 1) {
      let byte = bytes[bytes.count - back]
      if byte & 0xc0 == 0x80 { continue }
      guard UTF8Scalar.couldGrow(bytes[(bytes.count - back)...]) else { return 0 }
      return back
    }
    return 0
  }
}
