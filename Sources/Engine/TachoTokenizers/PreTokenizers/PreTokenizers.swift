// SPDX-License-Identifier: Apache-2.0

/// The pre-tokenization rules this build knows. The names are those of llama.cpp (llama-vocab.cpp).
package enum PreTokenizers {
  package static let all: [PreTokenizerFamily] = [
    .llama3,
    .qwen2,
    .gpt2,
    .smollm,
    .punctuated,
    .falcon,
  ]

  /// Every name a GGUF file may use.
  package static var names: [String] { all.flatMap { $0.names + $0.wholeWordNames } }

  /// The family a GGUF file names, and whether that name means whole words and a leading BOS.
  package static func named(_ name: String) -> (family: PreTokenizerFamily, wholeWords: Bool)? {
    for family in all {
      if family.wholeWordNames.contains(name) { return (family, true) }
      if family.names.contains(name) { return (family, false) }
    }
    return nil
  }

  /// The family whose rule is the regex `pattern`.
  package static func matching(pattern: String) -> PreTokenizerFamily? {
    all.first { $0.patterns.contains(pattern) }
  }
}
