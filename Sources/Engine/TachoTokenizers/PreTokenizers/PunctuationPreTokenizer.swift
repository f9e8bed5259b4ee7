// SPDX-License-Identifier: Apache-2.0

/// Cuts runs of punctuation and a few more symbols off from the rest: `[\p{P}$+<=>^~|...]+`.
struct PunctuationPreTokenizer: PreTokenizer {
  /// Symbols that count as punctuation here though Unicode says otherwise.
  let extra: Set<UInt32>

  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    var previous = matches(text, range.lowerBound)
    for index in range.dropFirst() {
      let current = matches(text, index)
      if current != previous { ends.append(index) }
      previous = current
    }
    ends.append(range.upperBound)
  }

  private func matches(_ text: ScalarText, _ index: Int) -> Bool {
    text.classes[index] == .punctuation || extra.contains(text.values[index])
  }

  static func extra(_ symbols: String) -> Set<UInt32> {
    Set(symbols.unicodeScalars.map(\.value))
  }
}

/// Cuts runs of ASCII digits into threes from the left: `[0-9][0-9][0-9]`.
struct DigitTriplesPreTokenizer: PreTokenizer {
  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    var index = range.lowerBound
    var start = index
    while index < range.upperBound {
      let tripleEnd = index + 3
      if tripleEnd <= range.upperBound,
        text.values[index..<tripleEnd].allSatisfy({ (0x30...0x39).contains($0) })
      {
        if index > start { ends.append(index) }
        ends.append(tripleEnd)
        index = tripleEnd
        start = tripleEnd
      } else {
        index += 1
      }
    }
    if start < range.upperBound { ends.append(range.upperBound) }
  }
}

extension PreTokenizerFamily {
  /// What llama.cpp falls back to when a file names no pre-tokenizer.
  static let punctuated = PreTokenizerFamily(
    names: ["default"],
    steps: [
      .split(PunctuationPreTokenizer(extra: PunctuationPreTokenizer.extra("$+<=>^~|"))),
      .split(GPT2PreTokenizer()),
      .split(DigitsPreTokenizer(individually: false)),
      .split(DigitTriplesPreTokenizer()),
    ])

  /// Falcon's rule.
  static let falcon = PreTokenizerFamily(
    names: ["falcon"],
    steps: [
      .split(PunctuationPreTokenizer(extra: PunctuationPreTokenizer.extra("$+<=>^~|`"))),
      .split(GPT2PreTokenizer()),
      .split(DigitTriplesPreTokenizer()),
    ])
}
