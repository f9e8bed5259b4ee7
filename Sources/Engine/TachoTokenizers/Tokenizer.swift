// SPDX-License-Identifier: Apache-2.0

/// Turns text into token ids and back.
package protocol Tokenizer: Sendable {
  var vocabularySize: Int { get }
  var special: SpecialTokens { get }
  /// What the reader had to assume about the file, one sentence each.
  var warnings: [String] { get }

  /// Token ids of `bytes`, which need not be valid UTF-8.
  ///
  /// `addSpecial` puts the model's BOS and EOS around them where the model wants them;
  /// `parseSpecial` takes control tokens spelled out in the text for what they say.
  func encode(bytes: [UInt8], addSpecial: Bool, parseSpecial: Bool) -> [Int32]

  /// The bytes one token stands for; control tokens give their spelling, unknown ids nothing.
  func piece(of id: Int32) -> [UInt8]

  /// Whether `id` is skipped when text is shown to a reader (control and unknown tokens).
  func isHidden(_ id: Int32) -> Bool

  /// Whether the first text of a sequence carries a space that encoding put there.
  var stripsLeadingSpace: Bool { get }
}

extension Tokenizer {
  /// Token ids of `text`.
  package func encode(_ text: String, addSpecial: Bool = true, parseSpecial: Bool = false)
    -> [Int32]
  {
    encode(bytes: Array(text.utf8), addSpecial: addSpecial, parseSpecial: parseSpecial)
  }

  /// Whether generation ends at `id`.
  package func isEndOfGeneration(_ id: Int32) -> Bool {
    special.endOfGeneration.contains(id)
  }

  /// The bytes that `ids` stand for; control tokens are left out unless `includeSpecial`.
  package func decode(_ ids: [Int32], includeSpecial: Bool = false) -> [UInt8] {
    var output: [UInt8] = []
    var mayStrip = stripsLeadingSpace
    for id in ids where includeSpecial || !isHidden(id) {
      let piece = piece(of: id)
      output += mayStrip && piece.first == 0x20 ? piece.dropFirst() : piece[...]
      mayStrip = mayStrip && piece.isEmpty
    }
    return output
  }

  /// The text that `ids` stand for; bytes that are not UTF-8 become U+FFFD.
  package func decodeText(_ ids: [Int32], includeSpecial: Bool = false) -> String {
    String(decoding: decode(ids, includeSpecial: includeSpecial), as: UTF8.self)
  }
}
