// SPDX-License-Identifier: Apache-2.0

/// The rule of cl100k and its heirs: any one symbol may lead a word, numbers come in short groups,
/// line breaks end the symbols and the white space before them.
///
/// The regex is `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|`
/// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`; qwen2 has `\p{N}` for `\p{N}{1,3}`.
struct Llama3PreTokenizer: PreTokenizer {
  /// Most numbers in one word.
  let digits: Int
  let folding: Contraction.Folding

  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    let end = range.upperBound
    var position = range.lowerBound
    while position < end {
      position = pieceEnd(text, position, end)
      ends.append(position)
    }
  }

  private func pieceEnd(_ text: ScalarText, _ position: Int, _ end: Int) -> Int {
    let contraction = Contraction.length(text, position, end, folding: folding)
    if contraction > 0 { return position + contraction }

    let first = text.classes[position]
    if first == .letter { return text.runEnd(position, end, of: .letter) }
    if first == .number {
      return text.runEnd(position, min(end, position + digits), of: .number)
    }
    if position + 1 < end, text.classes[position + 1] == .letter, !text.isNewline(position) {
      return text.runEnd(position + 1, end, of: .letter)
    }

    var symbols = position
    if text.values[position] == 0x20, position + 1 < end { symbols += 1 }
    if text.isSymbol(symbols) {
      var index = text.symbolRunEnd(symbols, end)
      while index < end, text.isNewline(index) { index += 1 }
      return index
    }
    return whiteSpaceEnd(text, position, end)
  }

  private func whiteSpaceEnd(_ text: ScalarText, _ position: Int, _ end: Int) -> Int {
    var index = text.runEnd(position, end, of: .space)
    while index > position {
      if text.isNewline(index - 1) { return index }
      index -= 1
    }
    return WhiteSpaceRun.end(text, position, end)
  }
}

extension PreTokenizerFamily {
  /// Llama 3 and others with numbers in threes.
  static let llama3 = PreTokenizerFamily(
    names: ["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"],
    wholeWordNames: [
      "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
      "jina-v5-nano",
    ],
    patterns: [
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#,
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"#
        + #"|\s*[\r\n]|\s+(?!\S)|\s+"#,
    ],
    steps: [.split(Llama3PreTokenizer(digits: 3, folding: .ascii))],
    patternSteps: [.split(Llama3PreTokenizer(digits: 3, folding: .unicode))])
}
