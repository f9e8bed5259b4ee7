// SPDX-License-Identifier: Apache-2.0

/// GPT-2's rule: contractions, then runs of letters, of numbers or of other symbols, each with at
/// most one space in front.
///
/// The regex is `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
struct GPT2PreTokenizer: PreTokenizer {
  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    let end = range.upperBound
    var position = range.lowerBound
    while position < end {
      position = pieceEnd(text, position, end)
      ends.append(position)
    }
  }

  private func pieceEnd(_ text: ScalarText, _ position: Int, _ end: Int) -> Int {
    let contraction = Contraction.length(text, position, end, folding: .exact)
    if contraction > 0 { return position + contraction }
    var start = position
    if text.values[position] == 0x20, position + 1 < end { start += 1 }
    switch text.classes[start] {
    case .letter: return text.runEnd(start, end, of: .letter)
    case .number: return text.runEnd(start, end, of: .number)
    case .punctuation, .other: return text.symbolRunEnd(start, end)
    case .space: return WhiteSpaceRun.end(text, position, end)
    }
  }
}

/// `\s+(?!\S)|\s+`: white space up to the last one before a word, which belongs to that word.
enum WhiteSpaceRun {
  /// The end of the piece of white space that starts at `position`.
  static func end(_ text: ScalarText, _ position: Int, _ end: Int) -> Int {
    let runEnd = text.runEnd(position, end, of: .space)
    return runEnd < end && runEnd - position > 1 ? runEnd - 1 : runEnd
  }
}

/// English contractions (`'s 't 're 've 'm 'll 'd`) that several rules cut off.
enum Contraction {
  /// Which letters count as the same.
  enum Folding: Sendable {
    case exact
    /// A to Z only, as llama.cpp does.
    case ascii
    /// Unicode simple folding, as `(?i:)` does in Hugging Face's regex engine: U+017F is an s too.
    case unicode
  }

  /// Scalars of the contraction at `position`; 0 if there is none.
  static func length(
    _ text: ScalarText, _ position: Int, _ end: Int, folding: Folding
  ) -> Int {
    guard text.values[position] == 0x27, position + 1 < end else { return 0 }
    let first = fold(text.values[position + 1], folding)
    switch first {
    case 0x73, 0x74, 0x6d, 0x64: return 2  // s t m d
    default: break
    }
    guard position + 2 < end else { return 0 }
    switch (first, fold(text.values[position + 2], folding)) {
    case (0x72, 0x65), (0x76, 0x65), (0x6c, 0x6c): return 3  // re ve ll
    default: return 0
    }
  }

  private static func fold(_ value: UInt32, _ folding: Folding) -> UInt32 {
    switch folding {
    case .exact: return value
    case .ascii: return (0x41...0x5a).contains(value) ? value + 0x20 : value
    case .unicode: return value == 0x17f ? 0x73 : fold(value, .ascii)
    }
  }
}

extension PreTokenizerFamily {
  /// GPT-2 and the many vocabularies that kept its rule.
  static let gpt2 = PreTokenizerFamily(
    names: [
      "gpt-2", "gpt2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
      "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert", "mpt", "olmo",
      "jais", "trillion", "granite-docling", "exaone4",
    ],
    patterns: [
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    ],
    steps: [.split(GPT2PreTokenizer())])
}
