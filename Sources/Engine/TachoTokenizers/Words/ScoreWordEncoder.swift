// SPDX-License-Identifier: Apache-2.0

/// SentencePiece BPE: merges the pair of neighbours whose union is the token of highest score
/// (Kudo and Richardson 2018, as llama.cpp does it: any token may be a union).
struct ScoreWordEncoder: WordEncoder {
  private var tokens: SymbolTable
  /// Ranks from scores: the higher the score, the lower the rank.
  private var ranks: [UInt32]
  /// The token of each byte: `<0xNN>`, else the byte itself, else the unknown token, else -1.
  private var byteTokens: [Int32] = []

  init(_ definition: TokenizerDefinition) {
    tokens = SymbolTable(minimumCapacity: definition.tokens.count)
    for token in definition.tokens { tokens.append(token) }
    let scores = definition.scores
    ranks = definition.tokens.indices.map { Self.rank($0 < scores.count ? scores[$0] : 0) }
    for byte in UInt8.min...UInt8.max {
      let spelled = tokens.find(ByteToken.spelling(byte))
      let plain = tokens.find([byte])
      byteTokens.append(spelled >= 0 ? spelled : plain >= 0 ? plain : definition.wordUnknown ?? -1)
    }
  }

  /// Floats in descending order as ascending integers; not-a-number comes last.
  private static func rank(_ score: Float) -> UInt32 {
    guard !score.isNaN else { return .max - 1 }
    let bits = (score + 0).bitPattern  // -0 and 0 are equal
    let ascending = bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
    return ~ascending
  }

  /// The merges within one word, found by its bytes.
  private struct Merges: PairMerges {
    let encoder: ScoreWordEncoder
    let word: UnsafeBufferPointer<UInt8>

    func merge(_ left: Int32, _ right: Int32, _ start: Int, _ end: Int) -> PairMerge {
      guard end - start <= encoder.tokens.longest else { return .never }
      let token = encoder.tokens.find(UnsafeBufferPointer(rebasing: word[start..<end]))
      return token < 0 ? .never : PairMerge(rank: encoder.ranks[Int(token)], symbol: token)
    }
  }

  func encode(
    _ word: UnsafeBufferPointer<UInt8>, _ merger: inout PairMerger, into ids: inout [Int32]
  ) {
    merger.removeAll()
    var index = 0
    while index < word.count {
      let length = UTF8Scalar.decode(word, at: index)?.1 ?? 1
      merger.starts.append(index)
      merger.symbols.append(
        tokens.find(UnsafeBufferPointer(rebasing: word[index..<index + length])))
      index += length
    }
    merger.starts.append(index)
    merger.run(Merges(encoder: self, word: word))
    for (position, symbol) in merger.symbols.enumerated() {
      if symbol >= 0 {
        ids.append(symbol)
      } else {
        for byte in word[merger.starts[position]..<merger.starts[position + 1]] {
          if byteTokens[Int(byte)] >= 0 { ids.append(byteTokens[Int(byte)]) }
        }
      }
    }
  }
}

/// The `<0xNN>` spelling of tokens for single bytes.
enum ByteToken {
  private static let digits = Array("0123456789ABCDEF".utf8)

  static func spelling(_ byte: UInt8) -> [UInt8] {
    Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x3e]
  }

  /// The byte that a token's spelling names; nil for any other spelling.
  static func byte(_ spelling: [UInt8]) -> UInt8? {
    guard spelling.count == 6, spelling.starts(with: Array("<0x".utf8)), spelling[5] == 0x3e
    else { return nil }
    return UInt8(String(decoding: spelling[3..<5], as: UTF8.self), radix: 16)
  }
}
