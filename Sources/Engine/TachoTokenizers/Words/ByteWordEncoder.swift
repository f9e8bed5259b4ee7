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
    for byte in 0...255 { byteSymbols.append(symbols.intern([UInt8(byte)])) }
    var rank: UInt32 = 0
    for merge in definition.merges {
      defer { rank &+= 1 }
      guard let left = ByteAlphabet.decode(merge.left), !left.isEmpty,
        let right = ByteAlphabet.decode(merge.right), !right.isEmpty
      else { continue }
      merges.insert(
        symbols.intern(left), symbols.intern(right),
        PairMerge(rank: rank, symbol: symbols.intern(left + right)),
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
