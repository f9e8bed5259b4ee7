// SPDX-License-Identifier: Apache-2.0

/// BPE over characters with ranked merges, as Hugging Face runs converted SentencePiece models.
struct CharacterWordEncoder: WordEncoder, PairMerges {
  private var tokens: SymbolTable
  private var merges: PairTable<PairMerge>
  private let ignoresMerges: Bool
  private let unknown: Int32?
  private let fusesUnknown: Bool
  /// The `<0xNN>` token of each byte, -1 where there is none; empty without byte fallback.
  private var byteTokens: [Int32] = []

  init(_ definition: TokenizerDefinition) {
    tokens = SymbolTable(minimumCapacity: definition.tokens.count)
    merges = PairTable(capacity: definition.merges.count, empty: .never)
    ignoresMerges = definition.ignoresMerges
    unknown = definition.wordUnknown
    fusesUnknown = definition.fusesUnknown
    for token in definition.tokens { tokens.append(token) }
    if definition.fallsBackToBytes {
      byteTokens = (UInt8.min...UInt8.max).map { tokens.find(ByteToken.spelling($0)) }
    }
    var rank: UInt32 = 0
    for merge in definition.merges {
      defer { rank &+= 1 }
      let left = tokens.find(merge.left)
      let right = tokens.find(merge.right)
      let union = tokens.find(merge.left + merge.right)
      guard left >= 0, right >= 0, union >= 0 else { continue }
      merges.insert(
        left, right, PairMerge(rank: rank, symbol: union),
        replacing: definition.duplicateMerges == .lastWins)
    }
  }

  func merge(_ left: Int32, _ right: Int32, _ start: Int, _ end: Int) -> PairMerge {
    merges.find(left, right) ?? .never
  }

  func encode(
    _ word: UnsafeBufferPointer<UInt8>, _ merger: inout PairMerger, into ids: inout [Int32]
  ) {
    if ignoresMerges {
      let whole = tokens.find(word)
      if whole >= 0 {
        ids.append(whole)
        return
      }
    }
    merger.removeAll()
    var index = 0
    var lastWasUnknown = false
    while index < word.count {
      let length = UTF8Scalar.decode(word, at: index)?.1 ?? 1
      let character = UnsafeBufferPointer(rebasing: word[index..<index + length])
      lastWasUnknown = append(character, at: index, after: lastWasUnknown, to: &merger)
      index += length
    }
    merger.starts.append(index)
    merger.run(self)
    ids += merger.symbols
  }

  /// Adds the symbols of one character; tells whether it became the unknown token.
  private func append(
    _ character: UnsafeBufferPointer<UInt8>, at index: Int, after lastWasUnknown: Bool,
    to merger: inout PairMerger
  ) -> Bool {
    let token = tokens.find(character)
    if token >= 0 {
      merger.symbols.append(token)
      merger.starts.append(index)
      return false
    }
    if !byteTokens.isEmpty, character.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
      for (offset, byte) in character.enumerated() {
        merger.symbols.append(byteTokens[Int(byte)])
        merger.starts.append(index + offset)
      }
      return false
    }
    guard let unknown else { return false }
    if !(lastWasUnknown && fusesUnknown) {
      merger.symbols.append(unknown)
      merger.starts.append(index)
    }
    return true
  }
}
