// SPDX-License-Identifier: Apache-2.0

/// Cuts numbers off from the rest, one by one or in runs (Hugging Face's `Digits`).
struct DigitsPreTokenizer: PreTokenizer {
  let individually: Bool

  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int]) {
    for index in range.dropFirst() {
      let isNumber = text.classes[index] == .number
      let wasNumber = text.classes[index - 1] == .number
      if isNumber != wasNumber || isNumber && individually { ends.append(index) }
    }
    ends.append(range.upperBound)
  }
}

extension PreTokenizerFamily {
  /// GPT-2's rule after every number was set apart (SmolLM, StarCoder, Command R).
  static let smollm = PreTokenizerFamily(
    names: [
      "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2",
    ],
    steps: [.split(DigitsPreTokenizer(individually: true)), .split(GPT2PreTokenizer())])
}
