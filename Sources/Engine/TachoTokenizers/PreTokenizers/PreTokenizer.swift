// SPDX-License-Identifier: Apache-2.0

/// Cuts text into the words that BPE merges within; never changes it.
///
/// To add one: write its file in this folder with a `PreTokenizerFamily` (names in GGUF files, regex
/// in `tokenizer.json`) and list that family in `PreTokenizers.swift`.
package protocol PreTokenizer: Sendable {
  /// Appends the end of every word in `range`, ascending, the last being `range.upperBound`.
  ///
  /// `range` is never empty; what lies outside it does not exist for the rule, as for a regex that
  /// is run on each piece by itself.
  func split(_ text: ScalarText, _ range: Range<Int>, into ends: inout [Int])
}

/// Pre-tokenization rules known under the names model files use.
package struct PreTokenizerFamily: Sendable {
  /// Names in `tokenizer.ggml.pre`, the usual one first.
  package var names: [String]
  /// Names whose vocabularies take whole words and put BOS first unless the file says otherwise.
  package var wholeWordNames: [String] = []
  /// Regexes of `Split` pre-tokenizers in `tokenizer.json` that mean this rule.
  package var patterns: [String] = []
  package var steps: [PreTokenizerStep]
  /// What `patterns` cut like where it differs from `steps`, which follow llama.cpp.
  package var patternSteps: [PreTokenizerStep]?
}

/// One step between normalised text and the words that are merged.
package enum PreTokenizerStep: Sendable {
  case split(any PreTokenizer)
  /// Puts a space before every piece that does not start with one.
  case prefixSpace
  /// SentencePiece's space mark, as Hugging Face applies it.
  case metaspace(Metaspace)
}

/// Hugging Face's `Metaspace`: spaces become a mark, which may be put in front and split before.
package struct Metaspace: Sendable, Equatable {
  /// Which pieces get a mark in front unless they start with one.
  package enum Prepend: String, Sendable { case always, first, never }

  package var mark: [UInt8]
  package var prepend: Prepend
  package var splits: Bool

  package init(mark: [UInt8], prepend: Prepend, splits: Bool) {
    self.mark = mark
    self.prepend = prepend
    self.splits = splits
  }
}
