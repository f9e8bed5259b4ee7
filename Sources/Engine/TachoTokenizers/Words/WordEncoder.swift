// SPDX-License-Identifier: Apache-2.0

/// Turns one word into tokens by merging its symbols.
protocol WordEncoder: Sendable {
  /// Appends the tokens of `word`; `merger` is scratch space.
  func encode(
    _ word: UnsafeBufferPointer<UInt8>, _ merger: inout PairMerger, into ids: inout [Int32])
}

/// Tokens of the words met so far in one text: most words of a text come again.
struct WordCache {
  private var words = SymbolTable(minimumCapacity: 1024)
  private var ends: [Int] = [0]
  private var ids: [Int32] = []

  /// Longer words rarely come twice; more words would only fill memory.
  private static let longestWord = 48
  private static let mostWords = 1 << 16

  /// Appends the tokens of `word`, from memory where possible.
  mutating func encode(
    _ word: UnsafeBufferPointer<UInt8>, with encoder: any WordEncoder,
    _ merger: inout PairMerger, into output: inout [Int32]
  ) {
    let found = Int(words.find(word))
    if found >= 0 {
      output += ids[ends[found]..<ends[found + 1]]
      return
    }
    let start = output.count
    encoder.encode(word, &merger, into: &output)
    guard word.count <= Self.longestWord, words.count < Self.mostWords else { return }
    words.append(Array(word))
    ids += output[start...]
    ends.append(ids.count)
  }
}
