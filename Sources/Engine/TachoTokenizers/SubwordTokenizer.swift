// SPDX-License-Identifier: Apache-2.0

/// The tokenizer of every model kind here: added tokens are cut out, the text between them is
/// normalised and cut into words, and a word encoder merges each word.
package struct SubwordTokenizer: Tokenizer {
  package let special: SpecialTokens
  package let warnings: [String]
  package let stripsLeadingSpace: Bool

  private let prefix: [Int32]
  private let suffix: [Int32]
  private let normalizers: [Normalizer]
  private let steps: [PreTokenizerStep]
  private let rawFinder: AddedTokenFinder
  private let normalizedFinder: AddedTokenFinder
  private let encoder: any WordEncoder
  private let pieces: PieceTable

  /// Prepares the lookup tables; the definition must be consistent (see `validate`).
  package init(_ definition: TokenizerDefinition) throws {
    try definition.validate()
    special = definition.special
    warnings = definition.warnings
    stripsLeadingSpace = definition.stripsLeadingSpace
    prefix = definition.prefix
    suffix = definition.suffix
    normalizers = definition.normalizers
    steps = definition.preTokenizers
    let raw = definition.addedTokens.filter { !$0.isNormalized }
    rawFinder = AddedTokenFinder(
      raw, spellings: raw.map(\.content), order: definition.addedTokenOrder)
    let normalized = definition.addedTokens.filter(\.isNormalized)
    normalizedFinder = AddedTokenFinder(
      normalized,
      spellings: normalized.map { Self.normalize($0.content, definition.normalizers) },
      order: definition.addedTokenOrder)
    switch definition.model {
    case .byteLevelBPE: encoder = ByteWordEncoder(definition)
    case .characterBPE: encoder = CharacterWordEncoder(definition)
    case .sentencePiece: encoder = ScoreWordEncoder(definition)
    }
    pieces = PieceTable(definition)
  }

  package var vocabularySize: Int { pieces.count }

  package func piece(of id: Int32) -> [UInt8] { pieces.bytes(id) }

  package func isHidden(_ id: Int32) -> Bool { pieces.isHidden(id) }

  package func encode(bytes: [UInt8], addSpecial: Bool, parseSpecial: Bool) -> [Int32] {
    var ids = addSpecial ? prefix : []
    ids.reserveCapacity(bytes.count / 3 + 8)
    var scratch = Scratch()
    for fragment in rawFinder.fragments(bytes, parseSpecial: parseSpecial) {
      switch fragment {
      case .token(let id): ids.append(id)
      case .text(let range):
        let whole = range.count == bytes.count
        let text = Self.normalize(whole ? bytes : Array(bytes[range]), normalizers)
        appendNormalized(
          text, startsInput: range.lowerBound == 0, parseSpecial: parseSpecial, &scratch, &ids)
      }
    }
    if addSpecial { ids += suffix }
    return ids
  }

  /// Buffers shared by the words of one text.
  private struct Scratch {
    var merger = PairMerger()
    var cache = WordCache()
  }

  private static func normalize(_ bytes: [UInt8], _ normalizers: [Normalizer]) -> [UInt8] {
    normalizers.reduce(bytes) { $1.apply($0) }
  }

  private func appendNormalized(
    _ text: [UInt8], startsInput: Bool, parseSpecial: Bool, _ scratch: inout Scratch,
    _ ids: inout [Int32]
  ) {
    for fragment in normalizedFinder.fragments(text, parseSpecial: parseSpecial) {
      switch fragment {
      case .token(let id): ids.append(id)
      case .text(let range):
        let part = range.count == text.count ? text : Array(text[range])
        appendWords(part, startsInput: startsInput && range.lowerBound == 0, &scratch, &ids)
      }
    }
  }

  /// Positions within a word are 32 bits wide; nothing real comes near.
  private static let longestWord = 1 << 30

  private func appendWords(
    _ text: [UInt8], startsInput: Bool, _ scratch: inout Scratch, _ ids: inout [Int32]
  ) {
    if steps.isEmpty {
      text.withUnsafeBufferPointer { appendWord($0, &scratch, &ids) }
      return
    }
    var pieces = Pieces(text, startsInput: startsInput)
    for step in steps { pieces.apply(step) }
    pieces.bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      for end in pieces.ends {
        let byteEnd = pieces.text.offsets[end]
        appendWord(UnsafeBufferPointer(rebasing: bytes[start..<byteEnd]), &scratch, &ids)
        start = byteEnd
      }
    }
  }

  private func appendWord(
    _ word: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch, _ ids: inout [Int32]
  ) {
    var start = 0
    while start < word.count {
      let end = min(word.count, start + Self.longestWord)
      scratch.cache.encode(
        UnsafeBufferPointer(rebasing: word[start..<end]), with: encoder, &scratch.merger,
        into: &ids)
      start = end
    }
  }
}
