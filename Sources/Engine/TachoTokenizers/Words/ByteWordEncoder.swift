// SPDX-License-Identifier: Apache-2.0

/// BPE over bytes with ranked merges (GPT-2 and after).
struct ByteWordEncoder: WordEncoder, PairMerges {
  /// Tokens, then symbols that only occur on the way to one, by the raw bytes they stand for.
  private var symbols: SymbolTable
  private let tokenCount: Int
  private var merges: PairTable<PairMerge>
  /// The symbol of each byte.
  private var byteSymbols: [Int32] = []
  private let ignoresMerges: Bool
  private let unknown: Int32?
  private let fusesUnknown: Bool

  init(_ definition: TokenizerDefinition) {
    let tokens = definition.tokens
    symbols = SymbolTable(minimumCapacity: tokens.count + 256)
    tokenCount = tokens.count
    merges = PairTable(capacity: definition.merges.count, empty: .never)
    ignoresMerges = definition.ignoresMerges
    unknown = definition.wordUnknown
    fusesUnknown = definition.fusesUnknown
    // A token with characters outside the alphabet (an added token) is never a part of a word.
    for token in tokens { symbols.append(ByteAlphabet.decode(token) ?? []) }
    for byte in 0...255 { byteSymbols.append(symbols.intern([UInt8(byte)], 0..<1)) }
    addMerges(definition)
  }

  /// Fills the table of merges; parts and unions that are no tokens become symbols of their own.
  private mutating func addMerges(_ definition: TokenizerDefinition) {
    var union: [UInt8] = []
    for (rank, merge) in definition.merges.enumerated() {
      union.removeAll(keepingCapacity: true)
      guard ByteAlphabet.decode(merge.bytes[..<merge.leftEnd], into: &union) else { continue }
      let leftCount = union.count
      guard leftCount > 0, ByteAlphabet.decode(merge.bytes[merge.rightStart...], into: &union),
        union.count > leftCount
      else { continue }
      merges.insert(
        symbols.intern(union, 0..<leftCount), symbols.intern(union, leftCount..<union.count),
        PairMerge(
          rank: UInt32(truncatingIfNeeded: rank),
          symbol: symbols.intern(union, 0..<union.count)),
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
      let whole = symbols.find(word)
      if whole >= 0, whole < tokenCount {
        ids.append(whole)
        return
      }
    }
    merger.removeAll()
    for (index, byte) in word.enumerated() {
      merger.symbols.append(byteSymbols[Int(byte)])
      merger.starts.append(index)
    }
    merger.starts.append(word.count)
    merger.run(self)
    let first = ids.count
    for symbol in merger.symbols {
      if symbol < tokenCount {
        ids.append(symbol)
      } else {
        appendSpelled(symbol, after: first, into: &ids)
      }
    }
  }

  /// A symbol that is no token comes out as its bytes; bytes that are no token either as the
  /// unknown token, or not at all.
  private func appendSpelled(_ symbol: Int32, after first: Int, into ids: inout [Int32]) {
    for byte in symbols.bytes(Int(symbol)) {
      let id = byteSymbols[Int(byte)]
      if id < tokenCount {
        ids.append(id)
      } else if let unknown, !(fusesUnknown && ids.count > first && ids.last == unknown) {
        ids.append(unknown)
      }
    }
  }
}
